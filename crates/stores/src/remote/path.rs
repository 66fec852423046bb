//! Names as parts of an address.

use std::fmt::Write;

/// A name or path as it stands in an address. `%` stays, so that what is escaped already is not escaped again.
pub(crate) fn escaped(text: &str) -> String {
    let mut address = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte) {
            address.push(byte.into());
        } else {
            // Writing to a text cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// Whether a path has parts, and none that would lead elsewhere.
pub(crate) fn is_well(path: &str) -> bool {
    path.split('/').all(|part| !part.is_empty() && !part.bytes().all(|byte| byte == b'.'))
}
