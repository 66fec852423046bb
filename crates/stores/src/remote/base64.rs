//! Base64, as Kubernetes and the clouds write bytes in JSON.

use data_encoding::BASE64;

pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes, in memory that is wiped; `None` where it is no base64.
pub(crate) fn decode(text: &str) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    BASE64.decode(text.as_bytes()).ok().map(zeroize::Zeroizing::new)
}
