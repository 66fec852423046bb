//! A ring that is named on the command line: a store's URL, or `-` for standard input.

use std::io::{IsTerminal, Read};

use keybaton_core::shell::quoted;
use keybaton_core::{Field, Reading, RingName, SecretText, Texts, read};
use keybaton_dotenv::{Document, Precedence};
use keybaton_handover::look;
use keybaton_stores::Guard;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::allowed::Allowed;
use crate::commands::here;
use crate::configuration::Located;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::opened;
use crate::store;

/// Where a ring is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Stdin,
    Store(Located),
}

impl Given {
    /// What stands on the command line. A path is relative to the working folder.
    pub(crate) fn of(word: &str) -> Result<Self, Failure> {
        if word == "-" {
            return Ok(Self::Stdin);
        }
        let at = Located { url: word.to_owned(), folder: here()? };
        // Before anything is read, and without repeating what may be a key in the wrong place.
        store::url(&at).map_err(|failure| failure.exiting(Exit::Usage))?;
        Ok(Self::Store(at))
    }

    /// How messages name it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Stdin => "standard input",
            Self::Store(at) => &at.url,
        }
    }

    /// What stood on the command line.
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Stdin => "-",
            Self::Store(at) => &at.url,
        }
    }

    /// How it is typed.
    pub(crate) fn typed(&self) -> String {
        quoted(self.word())
    }

    /// Whether a ring can be copied to where this one is.
    pub(crate) fn takes_a_ring(&self) -> bool {
        match self {
            Self::Stdin => false,
            Self::Store(at) => store::url(at).is_ok_and(|url| url.kind().can.guard != Guard::ReadOnly),
        }
    }

    /// Whoever wants keys from it has to be able to read them.
    pub(crate) fn must_be_readable(&self) -> Result<(), Failure> {
        match self {
            Self::Store(at) if !store::url(at)?.kind().can.read_back => Err(unreadable(&at.url)),
            Self::Stdin | Self::Store(_) => Ok(()),
        }
    }

    /// What it holds of the ring.
    pub(crate) fn reading(&self, ring: &RingName) -> Result<Reading, Failure> {
        match self {
            Self::Stdin => Ok(read(stdin(ring)?)),
            Self::Store(at) => {
                let place = opened(ring, at, Allowed::default())?;
                Ok(look(&place).map_err(Failure::of_store)?.reading)
            }
        }
    }
}

pub(crate) fn unreadable(url: &str) -> Failure {
    Failure::new(
        Exit::Refused,
        format!("{url} gives its keys to nobody who asks, so nothing can be copied from it"),
    )
    .hint("copy from the store whose mirror it is; `keybaton diff` tells by its record what it holds")
}

/// The texts on standard input: a bare key, three lines of a .env file, or a JSON object.
fn stdin(ring: &RingName) -> Result<Texts, Failure> {
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return Err(Failure::new(Exit::Usage, "standard input is a terminal, where a key would be seen")
            .hint("pipe it in, such as: keybaton generate | keybaton copy - dir:secrets"));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(LIMIT + 1));
    let limit = u64::try_from(LIMIT + 1).unwrap_or(u64::MAX);
    stdin
        .by_ref()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| unusable("cannot be read").because(error))?;
    if bytes.len() > LIMIT {
        return Err(unusable(&format!("holds more than {LIMIT} bytes, which no ring has")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| unusable("is not UTF-8 text"))?;
    texts(text, ring)
}

fn texts(text: &str, ring: &RingName) -> Result<Texts, Failure> {
    if text.contains('\0') {
        return Err(unusable("holds a NUL, which no key can hold"));
    }
    if let Some(texts) = of_json(text, ring)? {
        return Ok(texts);
    }
    if let Some(texts) = of_env_file(text, ring)? {
        return Ok(texts);
    }
    bare(text, ring)
}

/// The members of a JSON object. A text that is none may still be a key that begins like one.
fn of_json(text: &str, ring: &RingName) -> Result<Option<Texts>, Failure> {
    if !text.trim_start().starts_with('{') {
        return Ok(None);
    }
    let Ok(Value::Object(mut members)) = serde_json::from_str(text) else { return Ok(None) };
    let mut texts = Texts::default();
    for field in Field::ALL {
        match members.remove(&ring.of(field)) {
            Some(Value::String(text)) => texts.set(field, SecretText::new(text)),
            None | Some(Value::Null) => {}
            Some(_) => return Err(unusable(&format!("holds a {} that is no text", ring.of(field)))),
        }
    }
    match texts.is_absent() {
        true => Err(unusable(&format!("is a JSON object without {ring}"))),
        false => without_nul(texts).map(Some),
    }
}

fn of_env_file(text: &str, ring: &RingName) -> Result<Option<Texts>, Failure> {
    let document = Document::parse(text);
    let is_ours = |name: &str| Field::ALL.iter().any(|field| ring.of(*field) == name);
    let inherited = |name: &str| {
        let value = std::env::var_os(name).filter(|_| !is_ours(name))?;
        value.into_string().ok().map(Zeroizing::new)
    };
    let Ok(variables) = document.variables(&inherited, Precedence::Environment) else { return Ok(None) };
    let mut texts = Texts::default();
    for field in Field::ALL {
        if let Some(value) = variables.get(&ring.of(field)) {
            texts.set(field, SecretText::new(value));
        }
    }
    if texts.is_absent() { Ok(None) } else { without_nul(texts).map(Some) }
}

/// A key alone. One line end is not a part of it.
fn bare(text: &str, ring: &RingName) -> Result<Texts, Failure> {
    let key = text.strip_suffix('\n').map_or(text, |key| key.strip_suffix('\r').unwrap_or(key));
    if key.trim().is_empty() {
        return Err(unusable("is empty").hint("pipe a key in, or a ring as three lines NAME=…"));
    }
    if key.contains(['\n', '\r']) {
        return Err(unusable(&format!("has several lines, and none of them is {ring}=…")).hint(format!(
            "a key of several lines can be given as JSON: {{\"{ring}\": \"…\"}}; --ring names another variable"
        )));
    }
    Ok(Texts { signing: Some(SecretText::new(key)), ..Texts::default() })
}

/// JSON and quotes can spell one.
fn without_nul(texts: Texts) -> Result<Texts, Failure> {
    let has_nul = |field: &Field| texts.get(*field).is_some_and(|text| text.contains('\0'));
    if Field::ALL.iter().any(has_nul) {
        return Err(unusable("holds a NUL, which no key can hold"));
    }
    Ok(texts)
}

fn unusable(what: &str) -> Failure {
    Failure::new(Exit::Usage, format!("standard input {what}")).hint(
        "it takes a key, three lines NAME=…, NAME_FALLBACKS=…, NAME_RING=…, or a JSON object of the three",
    )
}

/// 24 keys of a thousand characters, a record, and much room besides.
const LIMIT: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Texts, String> {
        texts(text, &RingName::default()).map_err(|failure| failure.in_full())
    }

    fn key(text: &str) -> String {
        of(text).unwrap().signing.unwrap().expose().to_owned()
    }

    #[test]
    fn one_line_end_is_not_a_part_of_a_bare_key() {
        for text in ["made-up", "made-up\n", "made-up\r\n"] {
            assert_eq!(key(text), "made-up");
        }
        assert_eq!(key(" a=b{c} "), " a=b{c} ");
        assert_eq!(key("{\"no json"), "{\"no json");
    }

    #[test]
    fn a_ring_comes_as_a_env_file_or_as_json() {
        for text in [
            "# kept\nOTHER=x\nSECRET_KEY='a b'\nSECRET_KEY_FALLBACKS=c\n",
            r#"{"SECRET_KEY": "a b", "SECRET_KEY_FALLBACKS": "c", "SECRET_KEY_RING": null, "other": 1}"#,
        ] {
            let texts = of(text).unwrap();
            assert_eq!(texts.get(Field::Signing), Some("a b"));
            assert_eq!(texts.get(Field::Fallbacks), Some("c"));
            assert_eq!(texts.get(Field::Record), None);
        }
    }

    #[test]
    fn what_can_be_no_key_is_refused_without_being_shown() {
        let cases = [
            ("", "standard input is empty"),
            (" \n", "standard input is empty"),
            ("made\0up", "standard input holds a NUL, which no key can hold"),
            (r#"{"SECRET_KEY": "made\u0000up"}"#, "standard input holds a NUL, which no key can hold"),
            (r#"{"SECRET_KEY": 1}"#, "standard input holds a SECRET_KEY that is no text"),
            (r#"{"made-up": "x"}"#, "standard input is a JSON object without SECRET_KEY"),
            ("made\nup\n", "standard input has several lines, and none of them is SECRET_KEY=…"),
        ];
        for (text, told) in cases {
            assert_eq!(of(text).unwrap_err(), told);
        }
    }
}
