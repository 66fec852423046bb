//! The three texts of a ring, which is all that a store knows.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::SecretText;

/// What a store holds of one ring. Stores know texts only; what they mean is [`crate::Reading`]'s business.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// NAME: the signing key, as Django's SECRET_KEY wants it.
    pub signing: Option<SecretText>,
    /// NAME_FALLBACKS: every accepted key, newest first, comma-separated or a JSON list.
    pub fallbacks: Option<SecretText>,
    /// NAME_RING: the record, which holds no secret.
    pub record: Option<String>,
}

impl Texts {
    /// Whether none of the three is there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.signing.is_none() && self.fallbacks.is_none() && self.record.is_none()
    }

    /// One of the three.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        match field {
            Field::Signing => self.signing.as_ref().map(SecretText::expose),
            Field::Fallbacks => self.fallbacks.as_ref().map(SecretText::expose),
            Field::Record => self.record.as_deref(),
        }
    }

    /// Puts one text in its place.
    pub fn set(&mut self, field: Field, text: SecretText) {
        match field {
            Field::Signing => self.signing = Some(text),
            Field::Fallbacks => self.fallbacks = Some(text),
            Field::Record => self.record = Some(String::from(text.expose())),
        }
    }
}

/// One of the three texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// NAME.
    Signing,
    /// NAME_FALLBACKS.
    Fallbacks,
    /// NAME_RING.
    Record,
}

impl Field {
    /// All three, in the order in which a reader wants them.
    pub const ALL: [Self; 3] = [Self::Signing, Self::Fallbacks, Self::Record];
}

/// One text to be written.
pub struct FieldWrite {
    /// Which text.
    pub field: Field,
    /// Its new content.
    pub text: SecretText,
}

impl fmt::Debug for FieldWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldWrite({:?})", self.field)
    }
}

/// One guarded write: atomic stores take `whole` in one call, others carry out `steps` in their order.
///
/// After any number of steps the texts serve every reader, and the next writer can tell how to finish.
#[derive(Debug)]
pub struct Writes {
    /// All three texts as they stand at the end.
    pub whole: Texts,
    /// The texts that change, in the order in which they must be written.
    pub steps: Vec<FieldWrite>,
}
