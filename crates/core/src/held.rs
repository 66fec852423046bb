//! The keys that stand in a store, and what its record says of each.

use alloc::vec::Vec;

use crate::adopt::Adoption;
use crate::reading::Reading;
use crate::record::{Role, Row, rows};
use crate::ring::Head;
use crate::{KeyId, SecretText};

/// A key that stands in a store.
#[derive(Debug)]
pub struct HeldKey {
    /// Its id, where the record knows it.
    pub id: Option<KeyId>,
    /// What it does there; nothing where a key stands that no record knows.
    pub role: Option<Role>,
    /// The key itself; nothing where the store gives it to nobody.
    pub secret: Option<SecretText>,
}

impl Reading {
    /// Each key that stands in the texts, in whatever state they are. A record of a later format tells of none.
    #[must_use]
    pub fn held_keys(&self) -> Vec<HeldKey> {
        match self {
            Self::Absent | Self::Newer(_) => Vec::new(),
            Self::Bare(bare) => {
                core::iter::once(&bare.signing).chain(&bare.fallbacks).map(without_record).collect()
            }
            Self::Whole(ring) => {
                let known = rows(ring).into_iter();
                let known = known.filter_map(|row| Some((ring.key(row.facts.id)?, row.role)));
                known.map(|(key, role)| held(key.facts.id, role, &key.secret)).collect()
            }
            Self::Torn(torn) => {
                let known = torn.all_rows().into_iter();
                known.filter_map(|row| Some(held(row.facts.id, row.role, torn.key(&row)?))).collect()
            }
            Self::Edited(edited) => edited.found.held_keys(),
            Self::Sealed(sealed) => sealed.rows().iter().map(unseen).collect(),
        }
    }

    /// What the record says of the ring, where no write was cut short and nobody edited the texts, as far as can be seen.
    #[must_use]
    pub fn whole_head(&self) -> Option<&Head> {
        match self {
            Self::Whole(ring) => Some(&ring.head),
            Self::Sealed(sealed) if sealed.is_whole() => sealed.head(),
            _ => None,
        }
    }

    /// What the record says of the ring, where there is one that can be read.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        match self {
            Self::Absent | Self::Bare(_) | Self::Newer(_) => None,
            Self::Whole(ring) => Some(&ring.head),
            Self::Torn(torn) => Some(torn.head()),
            Self::Edited(edited) => edited.found.head(),
            Self::Sealed(sealed) => sealed.head(),
        }
    }
}

impl Adoption {
    fn held_keys(&self) -> Vec<HeldKey> {
        let salt = self.head().map(|head| head.salt);
        let known = |key: &SecretText| {
            let mark = salt?.mark(key);
            self.known_rows().iter().find(|row| row.facts.mark == mark)
        };
        let keys = self.all_keys().map(|key| match known(key) {
            Some(row) => held(row.facts.id, row.role, key),
            None => without_record(key),
        });
        keys.collect()
    }
}

fn held(id: KeyId, role: Role, secret: &SecretText) -> HeldKey {
    HeldKey { id: Some(id), role: Some(role), secret: Some(secret.duplicate()) }
}

fn without_record(secret: &SecretText) -> HeldKey {
    HeldKey { id: None, role: None, secret: Some(secret.duplicate()) }
}

fn unseen(row: &Row) -> HeldKey {
    HeldKey { id: Some(row.facts.id), role: Some(row.role), secret: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use crate::{Revision, Stamp, Texts, read};

    #[test]
    fn a_key_put_in_by_hand_has_no_id_and_the_others_keep_theirs() {
        let mut bytes = 0..=u8::MAX;
        let mut random = |into: &mut [u8]| into.fill_with(|| bytes.next().unwrap_or_default());
        let mut stamp =
            Stamp { now: Timestamp(1), floor: Revision::default(), reason: None, random: &mut random };
        let (ring, writes) = Adoption::keys(SecretText::new("a"), Vec::new()).begin(&mut stamp);
        let whole = read(writes.whole);
        let edited = read(Texts { fallbacks: Some(SecretText::new("b,a")), ..ring.texts() });
        let ids = |reading: &Reading| reading.held_keys().iter().map(|key| key.id).collect::<Vec<_>>();
        assert_eq!(ids(&whole), [Some(ring.signing.facts.id)]);
        assert_eq!(ids(&edited), [Some(ring.signing.facts.id), None]);
        assert_eq!(edited.head().unwrap().id, ring.head.id);
    }
}
