//! A value as Google sends it: bytes in base64, and their checksum.

use keybaton_core::SecretText;
use serde_json::{Value, json};

use crate::remote::base64::{decode, encode};
use crate::text::text_of;
use crate::{StoreError, StoreErrorKind};

pub(super) fn payload_of(text: &SecretText) -> Value {
    let bytes = text.expose().as_bytes();
    json!({ "payload": { "data": encode(bytes), "dataCrc32c": crc32c(bytes).to_string() } })
}

/// The text in the answer to an access. `place` names it to the user.
pub(super) fn text_in(answer: &Value, place: &str) -> Result<SecretText, StoreError> {
    let payload = &answer["payload"];
    // Google leaves out what is empty.
    let bytes = decode(payload["data"].as_str().unwrap_or_default());
    let told: Option<u64> = match &payload["dataCrc32c"] {
        Value::Null => None,
        Value::String(text) => Some(text.parse().unwrap_or(u64::MAX)),
        told => Some(told.as_u64().unwrap_or(u64::MAX)),
    };
    let is_whole = |bytes: &[u8]| told.is_none_or(|told| told == u64::from(crc32c(bytes)));
    let Some(bytes) = bytes.filter(|bytes| is_whole(bytes)) else {
        let sentence = format!("{place} was spoiled on its way: it does not match its checksum");
        return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint("read it again; where it stays so, see what stands between here and Google"));
    };
    text_of(&bytes, place).map(SecretText::new)
}

/// The Castagnoli checksum.
fn crc32c(bytes: &[u8]) -> u32 {
    let mut rest = u32::MAX;
    for byte in bytes {
        rest ^= u32::from(*byte);
        for _ in 0..8 {
            rest = (rest >> 1) ^ (0x82F6_3B78 * (rest & 1));
        }
    }
    !rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // RFC 3720, B.4, and the check value of the catalogue of checksums.
        assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
        assert_eq!(crc32c(&[0xFF; 32]), 0x62A8_AB43);
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
        assert_eq!(crc32c(b""), 0);
    }

    #[test]
    fn what_comes_back_is_what_was_sent() {
        let sent = payload_of(&SecretText::new("žluť\n"));
        assert_eq!(text_in(&sent, "it").unwrap().expose(), "žluť\n");
        assert_eq!(text_in(&json!({ "payload": {} }), "it").unwrap().expose(), "");
    }

    #[test]
    fn a_spoiled_value_is_told_and_not_shown() {
        for answer in [
            json!({ "payload": { "data": "cGxhbnRlZA==", "dataCrc32c": "1" } }),
            json!({ "payload": { "data": "cGxhbnRlZA", "dataCrc32c": "1" } }),
            json!({ "payload": { "data": "?" } }),
        ] {
            let error = text_in(&answer, "the secret shop").unwrap_err();
            assert_eq!(
                error.sentence,
                "the secret shop was spoiled on its way: it does not match its checksum"
            );
        }
    }
}
