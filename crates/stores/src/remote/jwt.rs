//! Claims that a key vouches for, as servers that give tokens want them.

use data_encoding::BASE64URL_NOPAD;
use rustls::SignatureScheme;
use rustls::sign::SigningKey;
use serde_json::Value;

/// The header and the claims with their signature, a JSON Web Token.
pub(crate) fn signed(
    key: &dyn SigningKey,
    scheme: SignatureScheme,
    header: &Value,
    claims: &Value,
) -> Result<String, rustls::Error> {
    let signer = key.choose_scheme(&[scheme]);
    let signer = signer.ok_or_else(|| rustls::Error::General("the key is not RSA".to_owned()))?;
    let text = [header, claims].map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes())).join(".");
    Ok(format!("{text}.{}", BASE64URL_NOPAD.encode(&signer.sign(text.as_bytes())?)))
}
