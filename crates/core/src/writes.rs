//! A ring as texts, and the order in which they are written.

use alloc::vec::Vec;

use crate::fallbacks;
use crate::record::{Intent, Record, Row, rows};
use crate::ring::Ring;
use crate::{Field, FieldWrite, SecretText, Texts, Writes};

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

/// What stood in the store before a write.
pub(crate) struct Before {
    pub(crate) rows: Vec<Row>,
    /// NAME and NAME_FALLBACKS, where they are known to be in order.
    texts: Option<(SecretText, SecretText)>,
}

impl Before {
    pub(crate) fn of(ring: &Ring) -> Self {
        Self { rows: rows(ring), texts: Some((ring.signing.secret.duplicate(), ring.fallbacks())) }
    }

    /// Texts that are not in order: each of them is written anew.
    pub(crate) fn disorder(rows: Vec<Row>) -> Self {
        Self { rows, texts: None }
    }

    pub(crate) fn knows(&self, key: &crate::ring::Key) -> bool {
        self.rows.iter().any(|row| row.facts.id == key.facts.id)
    }

    fn holds(&self, field: Field, text: &SecretText) -> bool {
        self.texts.as_ref().is_some_and(|(signing, fallbacks)| match field {
            Field::Signing => signing == text,
            Field::Fallbacks => fallbacks == text,
            Field::Record => false,
        })
    }
}

/// The one order of writes for everything: the record with the intent, NAME_FALLBACKS, NAME, the record without the intent.
///
/// A reader that takes the texts while they are written holds every key that is in use; a writer that comes after a crash
/// finds in the record what was under way. `fresh`: the signing key was drawn for this write, so where it never came to
/// stand in a text, another one does as well.
pub(crate) fn writes(before: Before, after: &Ring, fresh: bool) -> Writes {
    let record = Record::of(after);
    let intent = Intent { at: after.head.written, fresh, keys: record.keys.clone() };
    let announced = Record { keys: before.rows.clone(), intent: Some(intent), ..record.clone() };
    let texts = [
        (Field::Record, SecretText::new(announced.encode())),
        (Field::Fallbacks, after.fallbacks()),
        (Field::Signing, after.signing.secret.duplicate()),
        (Field::Record, SecretText::new(record.encode())),
    ];
    let changed = texts.into_iter().filter(|(field, text)| !before.holds(*field, text));
    Writes { whole: after.texts(), steps: changed.map(|(field, text)| FieldWrite { field, text }).collect() }
}
