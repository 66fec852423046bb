//! Random names for keys, rings and writes. None is derived from a secret.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Random;

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadId;

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is written in lower-case hexadecimal digits")
    }
}

impl core::error::Error for BadId {}

macro_rules! id {
    ($(#[$about:meta])* $name:ident, $length:literal) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// A new one.
            pub fn draw(random: Random<'_>) -> Self {
                let mut bytes = [0; $length];
                random(&mut bytes);
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| BadId)?;
                bytes.try_into().map(Self).map_err(|_| BadId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

id! {
    /// Names one key of a ring.
    KeyId, 5
}
id! {
    /// Names one ring for its whole life.
    RingId, 10
}
id! {
    /// Names one write, so that a writer whose answer was lost can tell whether the write was its own.
    WriteId, 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn an_id_is_read_back_as_it_is_shown() {
        let id = KeyId::draw(&mut |bytes| bytes.fill(0xa7));
        assert_eq!(id.to_string(), "a7a7a7a7a7");
        assert_eq!("a7a7a7a7a7".parse(), Ok(id));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "a7", "A7A7A7A7A7", "a7a7a7a7a7a7", "a7a7a7a7ag"] {
            assert_eq!(text.parse::<KeyId>(), Err(BadId), "{text}");
        }
    }
}
