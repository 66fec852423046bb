//! NAME_FALLBACKS: a list of keys in one text.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::SecretText;

/// Joins keys with commas, or as a JSON list where a key would not survive that.
pub(crate) fn join<'a>(keys: impl Iterator<Item = &'a SecretText> + Clone) -> SecretText {
    if keys.clone().any(|key| needs_json(key.expose())) {
        return json(keys);
    }
    let length = keys.clone().map(|key| key.expose().len() + 1).sum();
    let mut text = String::with_capacity(length);
    for key in keys {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(key.expose());
    }
    SecretText::new(text)
}

/// Splits a list of keys. What is empty or white space is no key and is left out: Django would take it for one, and
/// anybody can sign with it.
///
/// `None`: it begins like a JSON list and is none.
pub(crate) fn split(text: &SecretText) -> Option<Vec<SecretText>> {
    let text = text.expose();
    let mut keys = if text.starts_with('[') {
        let list: Vec<String> = serde_json::from_str(text).ok()?;
        list.into_iter().map(SecretText::new).collect()
    } else {
        text.split(',').map(|key| SecretText::new(key.to_owned())).collect::<Vec<_>>()
    };
    keys.retain(|key| !key.expose().trim().is_empty());
    Some(keys)
}

/// Whether a key can stand in a list that is split at its commas, as settings without keybaton split it.
#[must_use]
pub fn survives_commas(key: &SecretText) -> bool {
    !needs_json(key.expose())
}

fn needs_json(key: &str) -> bool {
    key.contains(',') || key.starts_with('[')
}

fn json<'a>(keys: impl Iterator<Item = &'a SecretText>) -> SecretText {
    let keys: Vec<&str> = keys.map(SecretText::expose).collect();
    let text = Zeroizing::new(serde_json::to_string(&keys).expect("a list of texts"));
    SecretText::new(text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn shown(keys: &[&str]) -> String {
        let keys: Vec<SecretText> = keys.iter().map(|key| SecretText::new(*key)).collect();
        join(keys.iter()).expose().to_owned()
    }

    fn read(text: &str) -> Option<Vec<String>> {
        let keys = split(&SecretText::new(text))?;
        Some(keys.iter().map(|key| key.expose().to_owned()).collect())
    }

    #[test]
    fn plain_keys_are_joined_with_commas() {
        assert_eq!(shown(&["new", "old"]), "new,old");
        assert_eq!(read("new,old").unwrap(), ["new", "old"]);
    }

    #[test]
    fn a_key_with_a_comma_or_a_bracket_in_front_makes_the_list_json() {
        assert_eq!(shown(&["a,b", "c"]), r#"["a,b","c"]"#);
        assert_eq!(shown(&["[a", "c"]), r#"["[a","c"]"#);
        assert_eq!(read(r#"["a,b","[c"]"#).unwrap(), ["a,b", "[c"]);
    }

    #[test]
    fn an_empty_key_is_no_key() {
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(read("a,,b, ,\t").unwrap(), ["a", "b"]);
        assert_eq!(read(r#"["", " ", "a"]"#).unwrap(), ["a"]);
    }

    #[test]
    fn a_broken_json_list_is_not_guessed_at() {
        for text in ["[", "[1]", r#"["a""#, r#"["a"] x"#] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
