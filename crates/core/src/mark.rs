//! Marks: they find copies of a key without showing it.

use alloc::string::String;
use core::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{Random, SecretText};

/// A ring's own random salt: without it a mark says nothing, and marks of two rings cannot be compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A new one.
    pub fn draw(random: Random<'_>) -> Self {
        let mut bytes = [0; 16];
        random(&mut bytes);
        Self(bytes)
    }

    /// The mark of a key in this ring: the first 16 bytes of HMAC-SHA256 under the salt.
    #[must_use]
    pub fn mark(&self, secret: &SecretText) -> Mark {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length will do");
        mac.update(secret.expose().as_bytes());
        let mut mark = [0; 16];
        mark.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Mark(mark)
    }
}

/// A keyed fingerprint of a key. It is compared in constant time.
#[derive(Clone, Copy, Eq)]
pub struct Mark([u8; 16]);

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

macro_rules! as_base64url {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&BASE64URL_NOPAD.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
                let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
                bytes.map(Self).ok_or_else(|| de::Error::custom("not 16 bytes in unpadded base64url"))
            }
        }
    };
}

as_base64url!(Salt);
as_base64url!(Mark);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_mark_is_the_first_half_of_an_hmac_sha256() {
        // printf made-up | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07 -binary | head -c 16 | basenc --base64url
        let salt = Salt([7; 16]);
        assert_eq!(salt.mark(&SecretText::new("made-up")).to_string(), "mQlR8N5bko6HYuHYL7mQxA");
    }

    #[test]
    fn the_same_key_has_another_mark_in_another_ring() {
        let key = SecretText::new("made-up");
        assert_ne!(Salt([1; 16]).mark(&key), Salt([2; 16]).mark(&key));
    }
}
