//! Keys by their marks, and by the roles that a record gives them.

use alloc::vec::Vec;

use crate::change::{Stamp, fresh_key};
use crate::record::{Record, Role, Row};
use crate::ring::{Head, Key, Retiring, Ring, Why};
use crate::{Mark, Salt, SecretText};

/// Keys by their marks.
pub(super) struct Pool(Vec<(Mark, SecretText)>);

impl Pool {
    pub(super) fn of<'a>(salt: Salt, keys: impl Iterator<Item = &'a SecretText>) -> Self {
        Self(keys.map(|key| (salt.mark(key), key.duplicate())).collect())
    }

    pub(super) fn get(&self, row: &Row) -> Option<&SecretText> {
        self.0.iter().find(|(mark, _)| *mark == row.facts.mark).map(|(_, key)| key)
    }

    pub(super) fn holds(&self, secret: &SecretText) -> bool {
        self.0.iter().any(|(_, key)| key == secret)
    }

    pub(super) fn have_all(&self, rows: &[Row]) -> bool {
        rows.iter().all(|row| self.get(row).is_some())
    }

    pub(super) fn have_signing(&self, rows: &[Row]) -> bool {
        rows.iter().any(|row| row.role == Role::Signing && self.get(row).is_some())
    }

    pub(super) fn are_all_in(&self, record: &Record) -> bool {
        let intended = record.intent.iter().flat_map(|intent| &intent.keys);
        let rows: Vec<&Row> = record.keys.iter().chain(intended).collect();
        self.0.iter().all(|(mark, _)| rows.iter().any(|row| row.facts.mark == *mark))
    }
}

/// Keys sorted by the roles that a record gives them.
#[derive(Default)]
pub(super) struct Parts {
    next: Option<Key>,
    signing: Option<Key>,
    retiring: Vec<Retiring>,
    number: u32,
}

impl Parts {
    /// Rows whose key stands in no text are left out.
    pub(super) fn of(rows: &[Row], keys: &Pool) -> Self {
        let mut parts = Self::default();
        for row in rows {
            parts.number = parts.number.max(row.facts.number);
            if let Some(secret) = keys.get(row) {
                parts.take(row, Key { facts: row.facts.clone(), secret: secret.duplicate() });
            }
        }
        parts
    }

    fn take(&mut self, row: &Row, key: Key) {
        match row.role {
            Role::Next => self.next = Some(key),
            Role::Signing => self.signing = Some(key),
            Role::Retiring => {
                self.retiring.push(Retiring { key, why: row.why.clone().unwrap_or(Why::Replaced) });
            }
        }
    }

    pub(super) fn into_ring(self, head: Head) -> Option<Ring> {
        let Self { next, signing, retiring, .. } = self;
        signing.map(|signing| Ring { head, next, signing, retiring })
    }

    pub(super) fn into_ring_or_draw(self, head: Head, stamp: &mut Stamp<'_>) -> Ring {
        let Self { next, signing, retiring, number } = self;
        let signing = signing.unwrap_or_else(|| fresh_key(&head, number + 1, stamp));
        Ring { head, next, signing, retiring }
    }
}
