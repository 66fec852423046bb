//! The name a ring lives under.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The variable a ring lives under: `SECRET_KEY` unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RingName(Box<str>);

impl RingName {
    /// The name itself, which is where the signing key stands.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where every accepted key stands.
    #[must_use]
    pub fn fallbacks(&self) -> String {
        format!("{}_FALLBACKS", self.0)
    }

    /// Where the record stands.
    #[must_use]
    pub fn record(&self) -> String {
        format!("{}_RING", self.0)
    }

    /// The name of one of the three texts.
    #[must_use]
    pub fn of(&self, field: crate::Field) -> String {
        match field {
            crate::Field::Signing => String::from(self.as_str()),
            crate::Field::Fallbacks => self.fallbacks(),
            crate::Field::Record => self.record(),
        }
    }
}

impl Default for RingName {
    fn default() -> Self {
        Self("SECRET_KEY".into())
    }
}

impl Serialize for RingName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RingName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for RingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot name a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// It is not a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters.
    NotAVariable,
    /// It ends in `_FALLBACKS` or `_RING`, which name a ring's other texts.
    Reserved,
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAVariable => {
                "a ring name is a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters"
            }
            Self::Reserved => {
                "a ring name must not end in _FALLBACKS or _RING, which name a ring's other texts"
            }
        })
    }
}

impl core::error::Error for BadName {}

impl FromStr for RingName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let mut bytes = text.bytes();
        let begins = bytes.next().is_some_and(|b| b == b'_' || b.is_ascii_alphabetic());
        if !begins || text.len() > 64 || !bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric()) {
            return Err(BadName::NotAVariable);
        }
        if text.ends_with("_FALLBACKS") || text.ends_with("_RING") {
            return Err(BadName::Reserved);
        }
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_texts_are_named_after_the_ring() {
        let name: RingName = "DJANGO_SECRET_KEY".parse().unwrap();
        assert_eq!(name.as_str(), "DJANGO_SECRET_KEY");
        assert_eq!(name.fallbacks(), "DJANGO_SECRET_KEY_FALLBACKS");
        assert_eq!(name.record(), "DJANGO_SECRET_KEY_RING");
    }

    #[test]
    fn what_is_no_variable_name_is_no_ring_name() {
        for text in ["", "1KEY", "A-B", "A B", "A=B", "É", &"A".repeat(65)] {
            assert_eq!(text.parse::<RingName>(), Err(BadName::NotAVariable));
        }
    }

    #[test]
    fn a_name_of_another_text_is_reserved() {
        for text in ["SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"] {
            assert_eq!(text.parse::<RingName>(), Err(BadName::Reserved));
        }
    }
}
