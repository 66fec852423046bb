//! Between a value and the text that stands for it in the file.

use alloc::borrow::Cow;
use alloc::string::String;

use zeroize::Zeroizing;

use crate::document::Quote;

/// What python-dotenv makes of the text between the quotes.
pub(crate) fn decode(raw: &str, quote: Quote) -> Zeroizing<String> {
    // Decoding only ever shortens, so no half-filled buffer is left behind unwiped.
    let mut value = Zeroizing::new(String::with_capacity(raw.len()));
    let mut rest = raw;
    while let Some(at) = rest.find(['\\', '\r']) {
        value.push_str(&rest[..at]);
        let (read, taken) = decode_one(&rest[at..], quote);
        value.push(read);
        rest = &rest[at + taken..];
    }
    value.push_str(rest);
    value
}

/// The character that a backslash or carriage return begins, and how many bytes it takes.
fn decode_one(text: &str, quote: Quote) -> (char, usize) {
    let next = text[1..].chars().next();
    if text.starts_with('\r') {
        return ('\n', if next == Some('\n') { 2 } else { 1 });
    }
    match next.and_then(|letter| escaped(letter, quote)) {
        Some(read) => (read, 2),
        None => ('\\', 1),
    }
}

fn escaped(letter: char, quote: Quote) -> Option<char> {
    let known = match quote {
        Quote::Bare => &[],
        Quote::Single => &DOUBLE_QUOTED[..2],
        Quote::Double => &DOUBLE_QUOTED[..],
    };
    known.iter().find(|(written, _)| *written == letter).map(|&(_, read)| read)
}

/// Text between quotes as Python reads it from a file: every line end is `\n`.
pub(crate) fn unify_line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// A text that python-dotenv reads as this value, in the form that most other readers of .env files share.
pub(crate) fn encode(value: &str) -> Zeroizing<String> {
    // Every byte may need a backslash, and the quotes come on top.
    let mut text = Zeroizing::new(String::with_capacity(2 * value.len() + 2));
    match quote_for(value) {
        Quote::Bare => text.push_str(value),
        Quote::Single => encode_single(value, &mut text),
        Quote::Double => encode_double(value, &mut text),
    }
    text
}

/// Bare where nobody gives a character a meaning; else single quotes, in which most shells, Compose, Node and Ruby read
/// `$` and `#` as they are; double quotes for what single ones hold badly.
fn quote_for(value: &str) -> Quote {
    if value.chars().all(|c| c.is_ascii_alphanumeric() || PLAIN.contains(c)) {
        Quote::Bare
    } else if value.contains(['\'', '\n', '\r']) {
        Quote::Double
    } else {
        Quote::Single
    }
}

/// A backslash is doubled only where python-dotenv would read it otherwise: others take it as it is in single quotes.
fn encode_single(value: &str, text: &mut String) {
    text.push('\'');
    let mut characters = value.chars().peekable();
    while let Some(c) = characters.next() {
        text.push(c);
        if c == '\\' && matches!(characters.peek(), None | Some('\\')) {
            text.push('\\');
        }
    }
    text.push('\'');
}

fn encode_double(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '\\' | '"' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// What may stand bare beside letters and digits: the alphabets of base64, base64url and percent-encoding, and what
/// joins several keys. Not `~`, which shells expand.
const PLAIN: &str = "_-.,+/=:@%^";

/// The escapes of double quotes; single quotes know the first two.
const DOUBLE_QUOTED: [(char, char); 10] = [
    ('\\', '\\'),
    ('\'', '\''),
    ('"', '"'),
    ('a', '\x07'),
    ('b', '\x08'),
    ('f', '\x0c'),
    ('n', '\n'),
    ('r', '\r'),
    ('t', '\t'),
    ('v', '\x0b'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_letters_and_base64_stand_bare() {
        for value in ["", "abcXYZ019", "a,b", "q+/w==", "-_-", "a.b:c@d%e^f"] {
            assert_eq!(*encode(value), value);
        }
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_in_single_quotes() {
        assert_eq!(*encode("a$b#c(d)"), "'a$b#c(d)'");
        assert_eq!(*encode("~a"), "'~a'");
        assert_eq!(*encode("é "), "'é '");
        assert_eq!(*encode("say \"a\""), "'say \"a\"'");
    }

    #[test]
    fn single_quotes_and_line_ends_need_double_quotes() {
        assert_eq!(*encode("it's"), "\"it's\"");
        assert_eq!(*encode("a\nb\r\\'\""), r#""a\nb\r\\'\"""#);
    }

    #[test]
    fn a_backslash_is_doubled_only_where_it_would_be_lost() {
        assert_eq!(*encode(r"a\b"), r"'a\b'");
        assert_eq!(*encode(r"a\\b"), r"'a\\\b'");
        assert_eq!(*encode(r"a b\"), r"'a b\\'");
    }
}
