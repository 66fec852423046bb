//! The keys that stand in the texts, and what they are beside a record.

use alloc::vec::Vec;

use super::pool::{Parts, Pool};
use super::torn::Target;
use super::{Bare, Edit, Edited, Reading, Torn};
use crate::adopt::Adoption;
use crate::fallbacks;
use crate::record::{Record, Role, Row};
use crate::ring::Ring;
use crate::{SecretText, Texts};

/// The keys that stand in the texts.
pub(super) struct Found {
    pub(super) signing: Option<SecretText>,
    pub(super) fallbacks: Vec<SecretText>,
    /// The fallbacks could not be read.
    pub(super) broken: bool,
}

impl Found {
    pub(super) fn of(texts: &Texts) -> Self {
        let filled = |text: &&SecretText| !text.expose().trim().is_empty();
        let signing = texts.signing.as_ref().filter(filled).map(SecretText::duplicate);
        let list = texts.fallbacks.as_ref().map(fallbacks::split);
        let broken = matches!(list, Some(None));
        let mut keys: Vec<SecretText> = Vec::new();
        for key in list.flatten().into_iter().flatten() {
            if signing.as_ref() != Some(&key) && !keys.contains(&key) {
                keys.push(key);
            }
        }
        Self { signing, fallbacks: keys, broken }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.signing.is_none() && self.fallbacks.is_empty() && !self.broken
    }

    pub(super) fn without_record(self) -> Reading {
        match self {
            Self { broken: true, .. } => self.edited(Edit::Fallbacks, None),
            Self { signing: Some(signing), fallbacks, .. } => Reading::Bare(Bare { signing, fallbacks }),
            _ if self.is_empty() => Reading::Absent,
            _ => self.edited(Edit::NoSigningKey, None),
        }
    }

    pub(super) fn edited(self, why: Edit, record: Option<Record>) -> Reading {
        let found = Adoption::known(self.signing, self.fallbacks, record);
        Reading::Edited(Edited { why, found })
    }

    /// Holds the keys against a record.
    pub(super) fn against(self, record: Record, texts: &Texts) -> Reading {
        let keys = Pool::of(record.head.salt, self.signing.iter().chain(&self.fallbacks));
        if !keys.are_all_in(&record) {
            return self.edited(Edit::UnknownKey, Some(record));
        }
        match Target::of(&record, &keys) {
            None => self.edited(Edit::NoSigningKey, Some(record)),
            Some(_) if record.intent.is_none() && !self.agrees_with(&record, &keys) => {
                self.edited(Edit::Rearranged, Some(record))
            }
            Some(target) => match in_order(&record, &keys, texts) {
                Some(ring) => Reading::Whole(ring),
                None => Reading::Torn(Torn::new(record, keys, target, texts)),
            },
        }
    }

    /// Whether each key is there, and the one that signs is the record's, if any: then the texts are untidy at most.
    fn agrees_with(&self, record: &Record, keys: &Pool) -> bool {
        let signs = |row: &Row| row.role == Role::Signing && keys.get(row) == self.signing.as_ref();
        keys.have_all(&record.keys) && (self.signing.is_none() || record.keys.iter().any(signs))
    }
}

/// The ring of a record, where the texts are just those of that ring.
fn in_order(record: &Record, keys: &Pool, texts: &Texts) -> Option<Ring> {
    let is_final = record.intent.is_none() && keys.have_all(&record.keys);
    let parts = is_final.then(|| Parts::of(&record.keys, keys))?;
    let ring = parts.into_ring(record.head.clone())?;
    let same = texts.signing.as_ref() == Some(&ring.signing.secret)
        && texts.fallbacks.as_ref() == Some(&ring.fallbacks());
    same.then_some(ring)
}
