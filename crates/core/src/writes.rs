//! A ring as texts, and the order in which they are written.

use alloc::vec::Vec;
use core::fmt;

use crate::fallbacks;
use crate::reading::Reading;
use crate::record::{Intent, Record, Role, Row, rows};
use crate::ring::{Facts, Head, Revision, Ring};
use crate::time::Timestamp;
use crate::{Field, FieldWrite, KeyId, RingId, SecretText, Texts, Writes};

impl Ring {
    /// The three texts of the ring.
    #[must_use]
    pub fn texts(&self) -> Texts {
        Texts {
            signing: Some(self.signing.secret.duplicate()),
            fallbacks: Some(self.fallbacks()),
            record: Some(Record::of(self).encode()),
        }
    }

    /// NAME_FALLBACKS: every accepted key.
    pub(crate) fn fallbacks(&self) -> SecretText {
        let keys = self.accepted();
        fallbacks::join(keys.iter().map(|key| &key.secret))
    }
}

/// Why a store cannot become a mirror of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAMirror {
    /// It holds another ring.
    AnotherRing(RingId),
    /// It holds a key that nobody looks after, or texts that were edited by hand.
    UnknownKeys,
    /// It holds keys that cannot be read, and no record tells which.
    Unreadable,
    /// It was changed apart from the store, which knows nothing of this key.
    Apart(KeyId),
    /// It holds a record of a later format.
    Newer,
    /// It holds a write of this ring that the store does not know: the store was put back to an older state, perhaps.
    Ahead(Revision),
}

impl fmt::Display for NotAMirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnotherRing(id) => write!(f, "it holds another ring, {id}"),
            Self::UnknownKeys => f.write_str("it holds keys that do not belong to this ring"),
            Self::Unreadable => f.write_str("it holds keys that cannot be read, and no record of them"),
            Self::Apart(id) => {
                write!(f, "it was changed apart: the store knows nothing of its key {id}")
            }
            Self::Newer => f.write_str("its record was written by a later version of keybaton"),
            Self::Ahead(revision) => {
                write!(f, "it holds revision {revision} of this ring, of which the store knows nothing")
            }
        }
    }
}

impl core::error::Error for NotAMirror {}

impl Ring {
    /// What has to be written to make a mirror of this ring out of what another store holds.
    ///
    /// # Errors
    /// The other store holds something that must not be written over.
    pub fn mirror_over(&self, held: &Reading, now: Timestamp) -> Result<Writes, NotAMirror> {
        let rows = match held {
            Reading::Absent => Vec::new(),
            Reading::Whole(ring) => {
                self.must_know(&ring.head, &rows(ring))?;
                rows(ring)
            }
            Reading::Torn(torn) => {
                self.must_know(torn.head(), &torn.standing_rows())?;
                torn.former().to_vec()
            }
            Reading::Sealed(sealed) => {
                let (head, former) = sealed.head().zip(sealed.former()).ok_or(NotAMirror::Unreadable)?;
                self.must_know(head, &sealed.rows())?;
                former.to_vec()
            }
            Reading::Bare(_) | Reading::Edited(_) => return Err(NotAMirror::UnknownKeys),
            Reading::Newer(_) => return Err(NotAMirror::Newer),
        };
        let record = Record::of(self);
        let head = Head { written: now, ..record.head.clone() };
        Ok(written(Before::disorder(rows), self, Record { head, ..record }, false))
    }

    /// Refuses a ring that is another one, or knows more than this one.
    fn must_know(&self, other: &Head, rows: &[Row]) -> Result<(), NotAMirror> {
        if other.id != self.head.id {
            return Err(NotAMirror::AnotherRing(other.id));
        }
        let is_ours = (other.revision, other.write) == (self.head.revision, self.head.write);
        if other.revision >= self.head.revision && !is_ours {
            return Err(NotAMirror::Ahead(other.revision));
        }
        // Two stores of one ring that were changed apart: a key that signs there, or would, is in no other place.
        let mut signing = rows.iter().filter(|row| row.role != Role::Retiring);
        match signing.find(|row| !self.knows(&row.facts)) {
            Some(row) => Err(NotAMirror::Apart(row.facts.id)),
            None => Ok(()),
        }
    }

    /// Whether a key is in the ring, or was.
    fn knows(&self, facts: &Facts) -> bool {
        let is_gone = self.head.gone.iter().any(|tomb| tomb.id == facts.id);
        let is_forgotten = self.head.forgot.is_some_and(|youngest| facts.made <= youngest);
        is_gone || is_forgotten || self.key(facts.id).is_some()
    }
}

/// What stood in the store before a write.
pub(crate) struct Before {
    pub(crate) rows: Vec<Row>,
    /// NAME and NAME_FALLBACKS, where it is known what stands there.
    texts: Texts,
}

impl Before {
    pub(crate) fn of(ring: &Ring) -> Self {
        Self { rows: rows(ring), texts: Texts { record: None, ..ring.texts() } }
    }

    /// Texts that are not in order: each of them is written anew.
    pub(crate) fn disorder(rows: Vec<Row>) -> Self {
        Self { rows, texts: Texts::default() }
    }

    /// Texts in the midst of a write: one that is as it is to be stays, so that nothing can refuse it once more.
    pub(crate) fn torn(rows: Vec<Row>, signing: Option<SecretText>, fallbacks: Option<SecretText>) -> Self {
        Self { rows, texts: Texts { signing, fallbacks, record: None } }
    }

    pub(crate) fn knows(&self, key: &crate::ring::Key) -> bool {
        self.rows.iter().any(|row| row.facts.id == key.facts.id)
    }

    fn holds(&self, field: Field, text: &SecretText) -> bool {
        match field {
            Field::Signing => self.texts.signing.as_ref() == Some(text),
            Field::Fallbacks => self.texts.fallbacks.as_ref() == Some(text),
            Field::Record => false,
        }
    }
}

/// The one order of writes for everything: the record with the intent, NAME_FALLBACKS, NAME, the record without the intent.
///
/// A reader that takes the texts while they are written holds every key that is in use; a writer that comes after a crash
/// finds in the record what was under way. `fresh`: the signing key was drawn for this write, so where it never came to
/// stand in a text, another one does as well.
pub(crate) fn writes(before: Before, after: &Ring, fresh: bool) -> Writes {
    written(before, after, Record::of(after), fresh)
}

fn written(before: Before, after: &Ring, record: Record, fresh: bool) -> Writes {
    let intent = Intent { at: record.head.written, fresh, keys: record.keys.clone() };
    let announced = Record { keys: before.rows.clone(), intent: Some(intent), ..record.clone() };
    let record = record.encode();
    let texts = [
        (Field::Record, SecretText::new(announced.encode())),
        (Field::Fallbacks, after.fallbacks()),
        (Field::Signing, after.signing.secret.duplicate()),
        (Field::Record, SecretText::new(record.as_str())),
    ];
    let changed = texts.into_iter().filter(|(field, text)| !before.holds(*field, text));
    let steps = changed.map(|(field, text)| FieldWrite { field, text }).collect();
    Writes { whole: Texts { record: Some(record), ..after.texts() }, steps }
}
