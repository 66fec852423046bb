//! How a write that was cut short is finished.

use alloc::vec::Vec;
use core::fmt;

use super::pool::{Parts, Pool};
use crate::change::Stamp;
use crate::history::{Left, What};
use crate::record::{Record, Row};
use crate::ring::{Head, Ring};
use crate::time::Timestamp;
use crate::writes::{Before, writes};
use crate::{Field, KeyId, SecretText, Texts, Writes};

/// Texts in the midst of a write that the record announces; each key in them is known.
pub struct Torn {
    record: Record,
    keys: Pool,
    target: Target,
    /// NAME and NAME_FALLBACKS.
    signing: Option<SecretText>,
    fallbacks: Option<SecretText>,
}

impl Torn {
    pub(super) fn new(record: Record, keys: Pool, target: Target, texts: &Texts) -> Self {
        let of = |field| texts.get(field).map(SecretText::new);
        let (signing, fallbacks) = (of(Field::Signing), of(Field::Fallbacks));
        Self { record, keys, target, signing, fallbacks }
    }

    /// When the write that was cut short began; it may still be under way.
    #[must_use]
    pub fn begun(&self) -> Option<Timestamp> {
        self.record.intent.as_ref().map(|intent| intent.at)
    }

    /// What the record says besides the keys.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.record.head
    }

    /// The keys that were accepted before the write.
    pub fn before(&self) -> impl Iterator<Item = KeyId> {
        self.former().iter().map(|row| row.facts.id)
    }

    /// The key of a row, where it stands in a text.
    pub(crate) fn key(&self, row: &Row) -> Option<&SecretText> {
        self.keys.get(row)
    }

    /// The keys of the record, as they were and as they were to be.
    pub(crate) fn all_rows(&self) -> Vec<Row> {
        self.record.all_rows()
    }

    /// The keys as they were before the write, and those of the write that stand in a text already.
    pub(crate) fn standing_rows(&self) -> Vec<Row> {
        let stands = |row: &Row| {
            let was = self.former().iter().any(|old| old.facts.id == row.facts.id);
            was || self.key(row).is_some()
        };
        self.all_rows().into_iter().filter(stands).collect()
    }

    /// The keys as they were before the write.
    pub(crate) fn former(&self) -> &[Row] {
        &self.record.keys
    }

    /// Finishes the write that was cut short, or takes it back where its key was never written.
    ///
    /// A role that a key takes by this counts from now: whoever waits, waits from the end of the write.
    #[must_use]
    pub fn finish(self, stamp: &mut Stamp<'_>) -> (Ring, Writes) {
        let Self { record, keys, target, signing, fallbacks } = self;
        let Record { head, keys: former, intent, .. } = record;
        let intended = intent.map(|intent| intent.keys).filter(|_| target == Target::Intended);
        let mut rows = intended.unwrap_or_else(|| former.clone());
        restart_clocks(&mut rows, &former, stamp.now);
        let before = Before::torn(former, signing, fallbacks);
        let ring = Parts::of(&rows, &keys).into_ring_or_draw(head, stamp);
        let ring = bury_missing(ring, &before.rows, stamp.now).log(What::Mended, None, stamp).turn(&[]);
        let fresh = !keys.holds(&ring.signing.secret);
        let writes = writes(before, &ring, fresh);
        (ring, writes)
    }
}

/// Roles that are new since the last whole record begin now.
fn restart_clocks(rows: &mut [Row], former: &[Row], now: Timestamp) {
    for row in rows {
        let same = |old: &Row| old.facts.id == row.facts.id && old.role == row.role;
        if !former.iter().any(same) {
            row.facts.since = now;
        }
    }
}

/// Remembers keys that are gone from the texts, and forgets that those left which are there.
pub(crate) fn bury_missing(mut ring: Ring, former: &[Row], now: Timestamp) -> Ring {
    ring.forget_return();
    for row in former {
        let remembered = ring.head.gone.iter().any(|tomb| tomb.id == row.facts.id);
        if !remembered && ring.key(row.facts.id).is_none() {
            ring.head.bury(&row.facts, Left::Dropped, now);
        }
    }
    ring
}

/// What a torn ring is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// What the writer was about to make; with another signing key where the one it drew stands in no text.
    Intended,
    /// What it was before.
    Former,
}

impl Target {
    /// `None`: no key is there that could sign.
    pub(super) fn of(record: &Record, keys: &Pool) -> Option<Self> {
        let Some(intent) = &record.intent else {
            return keys.have_signing(&record.keys).then_some(Self::Former);
        };
        if intent.fresh || keys.have_all(&intent.keys) {
            return Some(Self::Intended);
        }
        if keys.have_signing(&record.keys) {
            return Some(Self::Former);
        }
        keys.have_signing(&intent.keys).then_some(Self::Intended)
    }
}

impl fmt::Debug for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Torn")
            .field("record", &self.record)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
