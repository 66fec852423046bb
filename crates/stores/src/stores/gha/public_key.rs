//! GitHub's public key, to which a secret is sealed before it is sent: nobody but GitHub can open it.

use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use keybaton_core::SecretText;
use serde_json::Value;

use crate::remote::base64;

/// The key that was read last; GitHub may have another one by now.
#[derive(Default)]
pub(super) struct Sealer(pub(super) Option<Key>);

pub(super) struct Key {
    pub(super) id: String,
    key: PublicKey,
}

impl Key {
    pub(super) fn of(told: &Value) -> Option<Self> {
        let bytes = base64::decode(told["key"].as_str()?)?;
        let key = PublicKey::from(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
        Some(Self { id: told["key_id"].as_str()?.to_owned(), key })
    }

    /// The text in libsodium's sealed box, in base64; nothing where it cannot be sealed.
    pub(super) fn seal(&self, text: &SecretText) -> Option<String> {
        let sealed = self.key.seal(&mut OsRng, text.expose().as_bytes()).ok()?;
        Some(base64::encode(&sealed))
    }
}
