//! A JSON object as text: some members are replaced, and every other byte stays as it is.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use keybaton_core::SecretText;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object, and where the value of each member stands in its text.
pub(crate) struct Object<'a> {
    text: &'a str,
    members: Vec<(Cow<'a, str>, Range<usize>)>,
}

/// Why a member cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    NotAText,
    Twice,
}

impl<'a> Object<'a> {
    /// `None` where the text is no JSON object.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut source = serde_json::Deserializer::from_str(text);
        let members = source.deserialize_map(Members { text }).ok()?;
        source.end().ok()?;
        Some(Self { text, members })
    }

    /// One without members.
    pub(crate) fn empty() -> Self {
        Self { text: "{}", members: Vec::new() }
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<SecretText>, Unreadable> {
        let Some(raw) = self.raw(name)? else { return Ok(None) };
        let value = serde_json::from_str(raw);
        value.map(|text: String| Some(SecretText::new(text))).map_err(|_| Unreadable::NotAText)
    }

    /// A member as it is written.
    pub(crate) fn raw(&self, name: &str) -> Result<Option<&'a str>, Unreadable> {
        let mut places = self.members.iter().filter(|(known, _)| known == name).map(|(_, place)| place);
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => Err(Unreadable::Twice),
            (place, _) => Ok(place.map(|place| &self.text[place.clone()])),
        }
    }

    /// The text with these members: in their places where they have one, else behind the last.
    pub(crate) fn with(&self, members: &[(String, &str)]) -> SecretText {
        let mut new = String::with_capacity(
            self.text.len() + 4 * members.iter().map(|(_, text)| text.len()).sum::<usize>(),
        );
        let mut done = 0;
        for (name, place) in &self.members {
            if let Some((_, value)) = members.iter().find(|(known, _)| known == name) {
                new.push_str(&self.text[done..place.start]);
                push_quoted(&mut new, value);
                done = place.end;
            }
        }
        let end = self.end();
        new.push_str(&self.text[done..end]);
        let mut is_first = self.members.is_empty();
        for (name, value) in members.iter().filter(|(name, _)| !self.has(name)) {
            if !std::mem::take(&mut is_first) {
                new.push(',');
            }
            push_quoted(&mut new, name);
            new.push(':');
            push_quoted(&mut new, value);
        }
        new.push_str(&self.text[end..]);
        SecretText::new(new)
    }

    fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(known, _)| known == name)
    }

    /// Where a further member goes.
    fn end(&self) -> usize {
        let behind_brace = || self.text.find('{').map_or(0, |brace| brace + 1);
        self.members.last().map_or_else(behind_brace, |(_, place)| place.end)
    }
}

fn push_quoted(text: &mut String, value: &str) {
    text.push('"');
    for char in value.chars() {
        match char {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if control < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    text.push('"');
}

struct Members<'a> {
    text: &'a str,
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Vec<(Cow<'de, str>, Range<usize>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
            // A raw value is a part of the text it was read from.
            let start = value.get().as_ptr().addr() - self.text.as_ptr().addr();
            members.push((name, start..start + value.get().len()));
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, members: &[(&str, &str)]) -> String {
        let members: Vec<_> = members.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        Object::parse(text).unwrap().with(&members).expose().to_owned()
    }

    #[test]
    fn only_what_is_named_changes() {
        let text = "\n{ \"a\" : 1.50e0,\"K\":\"old\" ,\n\t\"b\":[ {\"K\":1} ] } ";
        assert_eq!(
            with(text, &[("K", "new\"")]),
            "\n{ \"a\" : 1.50e0,\"K\":\"new\\\"\" ,\n\t\"b\":[ {\"K\":1} ] } "
        );
        assert_eq!(
            with(text, &[("L", "x")]),
            "\n{ \"a\" : 1.50e0,\"K\":\"old\" ,\n\t\"b\":[ {\"K\":1} ],\"L\":\"x\" } "
        );
        assert_eq!(with("{ }", &[("K", "x"), ("L", "y\n\u{1}")]), r#"{"K":"x","L":"y\n\u0001" }"#);
    }

    #[test]
    fn escaped_names_are_the_same_names() {
        assert_eq!(with(r#"{"\u004b":"old"}"#, &[("K", "new")]), r#"{"\u004b":"new"}"#);
        assert_eq!(Object::parse(r#"{"\u004b":"\u00e9"}"#).unwrap().get("K").unwrap().unwrap().expose(), "é");
    }

    #[test]
    fn what_is_no_object_or_no_text_is_told() {
        for text in ["", "abc", "[]", "\"a\"", "{\"a\":1", "{} x", "{\"a\":1}}"] {
            assert!(Object::parse(text).is_none(), "{text}");
        }
        let object = Object::parse(r#"{"a":1,"b":"x","b":"y"}"#).unwrap();
        assert_eq!(object.get("a").unwrap_err(), Unreadable::NotAText);
        assert_eq!(object.get("b").unwrap_err(), Unreadable::Twice);
        assert_eq!(object.get("c").unwrap(), None);
    }
}
