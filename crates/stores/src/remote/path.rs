//! Names as parts of an address.

use std::fmt::Write;

/// A name or path as it stands in an address.
pub(crate) fn escaped(text: &str) -> String {
    let mut address = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(byte.into());
        } else {
            // Writing to a text cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// The name or path that an address means; `None` where a % is followed by nothing that it could stand for.
#[cfg(any(feature = "gha", feature = "vault"))]
pub(crate) fn unescaped(address: &str) -> Option<String> {
    let mut parts = address.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

/// Whether a path has parts, and none that would lead elsewhere.
#[cfg(any(feature = "gitlab", feature = "vault"))]
pub(crate) fn is_well(path: &str) -> bool {
    let is_well = |part: &str| !part.is_empty() && !part.bytes().all(|byte| byte == b'.');
    path.split('/').all(is_well) && !path.chars().any(char::is_control)
}

#[cfg(all(test, feature = "vault"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_means_what_it_was() {
        for text in ["shop/django", "a b", "50%", "%2e%2e", "é?#\\", "a%"] {
            assert_eq!(unescaped(&escaped(text)).as_deref(), Some(text));
        }
        assert_eq!(escaped("a b/%2f"), "a%20b/%252f");
        assert_eq!(unescaped("a%2Fb%2fc%20").as_deref(), Some("a/b/c "));
    }

    #[test]
    fn an_escape_that_is_none_is_refused() {
        for address in ["%", "a%2", "%zz", "%+1", "%é", "%ff"] {
            assert_eq!(unescaped(address), None, "{address}");
        }
    }

    #[test]
    fn a_path_leads_nowhere_else() {
        assert!(is_well("a/b.c/..d"));
        for path in ["", "/a", "a/", "a//b", ".", "a/../b", "a/..", "a\nb"] {
            assert!(!is_well(path), "{path}");
        }
    }
}
