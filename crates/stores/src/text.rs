//! Bytes that must be text.

use keybaton_core::{Field, Texts};

use crate::{StoreError, StoreErrorKind};

/// The text of `bytes`; `place` says where they stand, and nothing of them is repeated.
pub(crate) fn text_of<'a>(bytes: &'a [u8], place: &str) -> Result<&'a str, StoreError> {
    if bytes.starts_with(UTF_16) {
        return Err(StoreError::new(StoreErrorKind::Malformed, format!("{place} is UTF-16, not UTF-8 text"))
            .hint("save it as UTF-8; > and Out-File of Windows PowerShell write UTF-16, Set-Content -Encoding ascii does not"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let sentence = format!("{place} is not UTF-8 text (see byte {})", error.valid_up_to() + 1);
        StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint("write it as UTF-8, or restore the copy you know to be good")
    })
}

/// Texts without NUL, which no environment can hold; `place` says where a text stands.
pub(crate) fn without_nul(texts: Texts, place: impl Fn(Field) -> String) -> Result<Texts, StoreError> {
    for field in Field::ALL {
        if texts.get(field).is_some_and(|text| text.contains('\0')) {
            let sentence = format!("{} holds a NUL, which no key can hold", place(field));
            return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
                .hint("restore the copy you know to be good"));
        }
    }
    Ok(texts)
}

/// Splits off the one line end that is not part of a key.
pub(crate) fn without_line_end(text: &str) -> (&str, &str) {
    let body = text.strip_suffix('\n').map_or(text, |body| body.strip_suffix('\r').unwrap_or(body));
    text.split_at(body.len())
}

/// The mark at the beginning of what Windows calls Unicode.
const UTF_16: &[u8] = b"\xff\xfe";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_powershell_writes_with_an_arrow_is_told_from_other_bytes() {
        let error = text_of(b"\xff\xfeA\0=\0", ".env").unwrap_err();
        assert_eq!(error.to_string(), ".env is UTF-16, not UTF-8 text");
        let error = text_of(b"\xffA=", ".env").unwrap_err();
        assert_eq!(error.to_string(), ".env is not UTF-8 text (see byte 1)");
    }

    #[test]
    fn one_line_end_is_not_part_of_a_text() {
        let cases = [
            ("a", ("a", "")),
            ("a\n", ("a", "\n")),
            ("a\r\n", ("a", "\r\n")),
            ("a\n\n", ("a\n", "\n")),
            ("a\r", ("a\r", "")),
        ];
        for (text, split) in cases {
            assert_eq!(without_line_end(text), split);
        }
    }
}
