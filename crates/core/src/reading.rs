//! What the three texts mean.

use alloc::vec::Vec;

use crate::adopt::Adoption;
use crate::record::{Decoded, Record, Role, rows};
use crate::ring::Ring;
use crate::{KeyId, SecretText, Texts};

mod found;
mod pool;
mod sealed;
mod torn;

use found::Found;
pub use sealed::{Sealed, Unseen, read_sealed};
pub use torn::Torn;
pub(crate) use torn::bury_missing;

/// What the three texts of a ring mean.
#[derive(Debug)]
pub enum Reading {
    /// Nothing is there.
    Absent,
    /// Keys without a record: nobody looks after them yet.
    Bare(Bare),
    /// A ring in order.
    Whole(Ring),
    /// A write was cut short or is under way: the record says which. The next writer finishes it.
    Torn(Torn),
    /// Somebody edited the texts by hand. No writer touches them but an adoption or a revocation. A reader that took the
    /// texts one after another, on two sides of a write, may find this as well: it looks again before it believes it.
    Edited(Edited),
    /// A later version wrote the record: it can be looked at and not written.
    Newer(Newer),
    /// The store gives its keys to nobody, so the record alone tells: a mirror, and nothing that a program starts with.
    Sealed(Sealed),
}

/// Keys without a record.
#[derive(Debug)]
pub struct Bare {
    /// NAME.
    pub signing: SecretText,
    /// The other keys of NAME_FALLBACKS, in their order.
    pub fallbacks: Vec<SecretText>,
}

/// Texts that do not belong to their record.
#[derive(Debug)]
pub struct Edited {
    /// What is wrong.
    pub why: Edit,
    /// What can be taken in.
    pub found: Adoption,
}

/// How texts were edited by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The record cannot be read.
    Record,
    /// The fallbacks begin like a JSON list and are none.
    Fallbacks,
    /// A key is there that the record does not know.
    UnknownKey,
    /// The signing key is gone.
    NoSigningKey,
    /// Each key is known, but stands elsewhere than the record says, or is gone; and no write was under way.
    Rearranged,
}

/// A record of a later format.
#[derive(Debug)]
pub struct Newer {
    /// Its format; this version knows 1.
    pub format: u32,
}

/// Reads the three texts.
#[must_use]
pub fn read(texts: Texts) -> Reading {
    let found = Found::of(&texts);
    let record = match texts.record.as_deref().map(Record::decode) {
        None => return found.without_record(),
        Some(Decoded::Newer(format)) => return Reading::Newer(Newer { format }),
        Some(Decoded::Garbage) => return found.edited(Edit::Record, None),
        Some(Decoded::Record(record)) => *record,
    };
    if found.is_empty() && record.keys.is_empty() {
        return Reading::Absent;
    }
    if found.broken {
        return found.edited(Edit::Fallbacks, Some(record));
    }
    found.against(record, &texts)
}

impl Reading {
    /// The keys that the record knows, and their roles, whatever became of the texts.
    #[must_use]
    pub fn known_keys(&self) -> Vec<(KeyId, Role)> {
        let rows = match self {
            Self::Whole(ring) => rows(ring),
            Self::Torn(torn) => torn.all_rows(),
            Self::Edited(edited) => edited.found.known_rows().to_vec(),
            Self::Sealed(sealed) => sealed.rows(),
            Self::Absent | Self::Bare(_) | Self::Newer(_) => Vec::new(),
        };
        rows.iter().map(|row| (row.facts.id, row.role)).collect()
    }
}

impl Texts {
    /// Every key that stands in the texts, the signing one first, each once.
    #[must_use]
    pub fn keys(&self) -> Vec<SecretText> {
        let Found { signing, fallbacks, .. } = Found::of(self);
        signing.into_iter().chain(fallbacks).collect()
    }
}
