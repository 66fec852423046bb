//! Words where random characters should be.

use alloc::collections::BTreeSet;
use alloc::string::String;

use zeroize::Zeroizing;

/// Whether the key is, or holds, what people write instead of a key. `letters` are its [`letters`].
pub(super) fn is_placeholder(key: &str, letters: &str) -> bool {
    is_unfilled(key.trim()) || PLACEHOLDERS.iter().any(|word| letters.contains(word))
}

/// Whether the key is a phrase of fewer than twelve different plain words: a dozen drawn at random hold 128 bits, and people
/// who choose words do not draw them.
pub(super) fn is_phrase(key: &str) -> bool {
    if !key.chars().all(|c| c.is_alphabetic() || is_separator(c)) {
        return false;
    }
    let words = || key.split(is_separator).filter(|word| !word.is_empty());
    words().count() >= 3 && words().all(is_plain) && words().collect::<BTreeSet<_>>().len() < 12
}

/// The letters and digits of a text in lower case, so that `Change-Me` and `change_me` are one.
pub(super) fn letters(text: &[char]) -> Zeroizing<String> {
    let mut letters = Zeroizing::new(String::with_capacity(text.len()));
    letters.extend(text.iter().filter(|c| c.is_ascii_alphanumeric()).map(char::to_ascii_lowercase));
    letters
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '_' | '.' | ',' | '!' | '?' | '\'')
}

/// `shop`, `Shop` and `SHOP` are plain, `sHoP` is not.
fn is_plain(word: &str) -> bool {
    let mut rest = word.chars();
    rest.next();
    let rest = rest.as_str();
    word.chars().all(char::is_uppercase) || !rest.chars().any(char::is_uppercase)
}

/// Whether a template's place was never filled in.
fn is_unfilled(key: &str) -> bool {
    [("{{", "}}"), ("${", "}"), ("{%", "%}"), ("<your", ">")]
        .iter()
        .any(|(open, close)| key.starts_with(open) && key.ends_with(close))
}

/// Each is long enough that no random key of this world holds it by chance.
const PLACEHOLDERS: [&str; 29] = [
    "changeme",
    "changethis",
    "changeit",
    "replaceme",
    "replacethis",
    "replacewith",
    "secretkey",
    "yoursecret",
    "mysecret",
    "supersecret",
    "topsecret",
    "verysecret",
    "notsecret",
    "notasecret",
    "nosecret",
    "notsosecret",
    "notverysecret",
    "notneeded",
    "secretgoeshere",
    "keygoeshere",
    "placeholder",
    "password",
    "letmein",
    "setdjangosecret",
    "djangosecret",
    "yourkey",
    "dummykey",
    "testkey",
    "example",
];
