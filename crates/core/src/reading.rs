//! What the three texts mean, and how a write that was cut short is finished.

use alloc::vec::Vec;

use crate::adopt::Adoption;
use crate::change::{Stamp, fresh_key};
use crate::fallbacks;
use crate::record::{Decoded, Record, Role, Row, rows};
use crate::ring::{Head, Key, Left, Retiring, Ring, What, Why};
use crate::time::Timestamp;
use crate::writes::{Before, writes};
use crate::{KeyId, Mark, Salt, SecretText, Texts, Writes};

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
}

/// Keys without a record.
#[derive(Debug)]
pub struct Bare {
    /// NAME.
    pub signing: SecretText,
    /// The other keys of NAME_FALLBACKS, in their order.
    pub fallbacks: Vec<SecretText>,
}

/// Texts in the midst of a write that the record announces; each key in them is known.
pub struct Torn {
    record: Record,
    keys: Pool,
    target: Target,
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

/// The keys that stand in the texts.
struct Found {
    signing: Option<SecretText>,
    fallbacks: Vec<SecretText>,
    /// The fallbacks could not be read.
    broken: bool,
}

impl Found {
    fn of(texts: &Texts) -> Self {
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

    fn is_empty(&self) -> bool {
        self.signing.is_none() && self.fallbacks.is_empty() && !self.broken
    }

    fn without_record(self) -> Reading {
        match self {
            Self { broken: true, .. } => self.edited(Edit::Fallbacks, None),
            Self { signing: Some(signing), fallbacks, .. } => Reading::Bare(Bare { signing, fallbacks }),
            _ if self.is_empty() => Reading::Absent,
            _ => self.edited(Edit::NoSigningKey, None),
        }
    }

    fn edited(self, why: Edit, record: Option<Record>) -> Reading {
        let found = Adoption::known(self.signing, self.fallbacks, record);
        Reading::Edited(Edited { why, found })
    }

    /// Holds the keys against a record.
    fn against(self, record: Record, texts: &Texts) -> Reading {
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
                None => Reading::Torn(Torn { record, keys, target }),
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

/// Keys by their marks.
pub(crate) struct Pool(Vec<(Mark, SecretText)>);

impl Pool {
    pub(crate) fn of<'a>(salt: Salt, keys: impl Iterator<Item = &'a SecretText>) -> Self {
        Self(keys.map(|key| (salt.mark(key), key.duplicate())).collect())
    }

    pub(crate) fn get(&self, row: &Row) -> Option<&SecretText> {
        self.0.iter().find(|(mark, _)| *mark == row.facts.mark).map(|(_, key)| key)
    }

    fn holds(&self, secret: &SecretText) -> bool {
        self.0.iter().any(|(_, key)| key == secret)
    }

    fn have_all(&self, rows: &[Row]) -> bool {
        rows.iter().all(|row| self.get(row).is_some())
    }

    fn have_signing(&self, rows: &[Row]) -> bool {
        rows.iter().any(|row| row.role == Role::Signing && self.get(row).is_some())
    }

    fn are_all_in(&self, record: &Record) -> bool {
        let intended = record.intent.iter().flat_map(|intent| &intent.keys);
        let rows: Vec<&Row> = record.keys.iter().chain(intended).collect();
        self.0.iter().all(|(mark, _)| rows.iter().any(|row| row.facts.mark == *mark))
    }
}

/// What a torn ring is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// What the writer was about to make; with another signing key where the one it drew stands in no text.
    Intended,
    /// What it was before.
    Former,
}

impl Target {
    /// `None`: no key is there that could sign.
    fn of(record: &Record, keys: &Pool) -> Option<Self> {
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

impl Torn {
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
        let intended = self.record.intent.iter().flat_map(|intent| &intent.keys);
        let mut rows: Vec<Row> = self.record.keys.clone();
        rows.extend(
            intended.filter(|new| self.former().iter().all(|old| old.facts.id != new.facts.id)).cloned(),
        );
        rows
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
        let Self { record, keys, target } = self;
        let Record { head, keys: former, intent, .. } = record;
        let intended = intent.map(|intent| intent.keys).filter(|_| target == Target::Intended);
        let mut rows = intended.unwrap_or_else(|| former.clone());
        restart_clocks(&mut rows, &former, stamp.now);
        let before = Before::disorder(former);
        let ring = Parts::of(&rows, &keys).into_ring_or_draw(head, stamp);
        let ring = bury_missing(ring, &before.rows, stamp.now).log(What::Mended, None, stamp);
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

/// Keys sorted by the roles that a record gives them.
#[derive(Default)]
struct Parts {
    next: Option<Key>,
    signing: Option<Key>,
    retiring: Vec<Retiring>,
    number: u32,
}

impl Parts {
    /// Rows whose key stands in no text are left out.
    fn of(rows: &[Row], keys: &Pool) -> Self {
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

    fn into_ring(self, head: Head) -> Option<Ring> {
        let Self { next, signing, retiring, .. } = self;
        signing.map(|signing| Ring { head, next, signing, retiring })
    }

    fn into_ring_or_draw(self, head: Head, stamp: &mut Stamp<'_>) -> Ring {
        let Self { next, signing, retiring, number } = self;
        let signing = signing.unwrap_or_else(|| fresh_key(&head, number + 1, stamp));
        Ring { head, next, signing, retiring }
    }
}

impl core::fmt::Debug for Torn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Torn")
            .field("record", &self.record)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
