//! How a ring begins: with a fresh key, or with keys that are there.

use alloc::vec::Vec;
use core::fmt;

use crate::change::{Stamp, facts, fresh_key};
use crate::fallbacks::survives_commas;
use crate::history::What;
use crate::reading::{Bare, bury_missing};
use crate::record::{MOST_KEYS, Record, Role, Row};
use crate::ring::{Head, Key, Retiring, Revision, Ring, Unknown, Why};
use crate::writes::{Before, writes};
use crate::{RingId, RingName, Salt, SecretText, WriteId, Writes};

/// Keys to begin a ring with. None at all is well: a fresh key signs then.
#[derive(Default)]
pub struct Adoption {
    signing: Option<SecretText>,
    fallbacks: Vec<SecretText>,
    record: Option<Record>,
    exposed: Exposed,
    fallback: Fallback,
    stage: bool,
    from: Option<RingName>,
}

/// Which keys stood in source control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Exposed {
    #[default]
    None,
    Signing,
    All,
}

/// What the fallbacks of a rotation by hand are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// Former keys: they retire from now on.
    #[default]
    Old,
    /// The first of them is to sign next; the others are former keys.
    Next,
}

impl Adoption {
    /// Begins with a fresh key.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Begins with keys that are there: the one that signs, and those that are accepted besides.
    #[must_use]
    pub fn keys(signing: SecretText, fallbacks: Vec<SecretText>) -> Self {
        Self::known(Some(signing), fallbacks, None)
    }

    /// Begins with the keys of another ring, for a use that leaves it: what was signed so far stays valid, and processes
    /// that still use the other ring are understood. Its next key comes along only where it signs.
    #[must_use]
    pub fn like(name: RingName, ring: &Ring) -> Self {
        let retiring = ring.retiring.iter().map(|retiring| retiring.key.secret.duplicate());
        let exposed = if ring.signing.facts.exposed { Exposed::Signing } else { Exposed::None };
        let keys = Self::keys(ring.signing.secret.duplicate(), retiring.collect());
        Self { from: Some(name), exposed, ..keys }
    }

    /// Each key once: a key that stood in a ring twice would still be accepted after it was cut off.
    pub(crate) fn known(
        signing: Option<SecretText>,
        mut fallbacks: Vec<SecretText>,
        record: Option<Record>,
    ) -> Self {
        let mut seen: Vec<SecretText> = signing.iter().map(SecretText::duplicate).collect();
        fallbacks.retain(|key| {
            let is_new = !key.expose().trim().is_empty() && !seen.contains(key);
            if is_new {
                seen.push(key.duplicate());
            }
            is_new
        });
        Self { signing, fallbacks, record, ..Self::default() }
    }

    /// Marks the signing key as one that stood in source control.
    #[must_use]
    pub fn exposed(self) -> Self {
        Self { exposed: Exposed::Signing, ..self }
    }

    /// Marks all keys so, a successor among them too.
    #[must_use]
    pub fn all_exposed(self) -> Self {
        Self { exposed: Exposed::All, ..self }
    }

    /// Stages a fresh key beside the signing one, where no fallback stands in the way.
    #[must_use]
    pub fn staged(self) -> Self {
        Self { stage: true, ..self }
    }

    /// Says what fallbacks that no record knows are.
    #[must_use]
    pub fn with_fallback(self, fallback: Fallback) -> Self {
        Self { fallback, ..self }
    }

    /// Whether a fresh key is drawn to sign, as there is none.
    #[must_use]
    pub fn draws_the_signing_key(&self) -> bool {
        self.signing.is_none()
    }

    /// How many fallbacks are there whose role no record tells.
    #[must_use]
    pub fn unknown_fallbacks(&self) -> usize {
        let Some(record) = &self.record else { return self.fallbacks.len() };
        let keys = self.fallbacks.iter();
        let known =
            |key: &&SecretText| record.keys.iter().any(|row| row.facts.mark == record.head.salt.mark(key));
        keys.filter(|key| !known(key)).count()
    }

    /// How many keys there are, where they are more than a ring can have: [`MOST_KEYS`].
    #[must_use]
    pub fn too_many(&self) -> Option<usize> {
        let keys = self.signing.iter().chain(&self.fallbacks).count();
        (keys > MOST_KEYS).then_some(keys)
    }

    /// Whether each key can stand in a list that is split at its commas.
    #[must_use]
    pub fn survives_commas(&self) -> bool {
        self.signing.iter().chain(&self.fallbacks).all(survives_commas)
    }

    /// What the record says besides the keys.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.record.as_ref().map(|record| &record.head)
    }

    /// The signing key, then the others.
    pub(crate) fn all_keys(&self) -> impl Iterator<Item = &SecretText> {
        self.signing.iter().chain(&self.fallbacks)
    }

    /// The keys that a record knows.
    pub(crate) fn known_rows(&self) -> &[Row] {
        self.record.as_ref().map_or(&[], |record| &record.keys)
    }

    /// Makes the ring, and what has to be written for it. What was in the store may be anything.
    #[must_use]
    pub fn begin(self, stamp: &mut Stamp<'_>) -> (Ring, Writes) {
        let before = self.record.as_ref().map(|record| record.keys.clone()).unwrap_or_default();
        let fresh = self.signing.is_none();
        let what = if fresh && self.fallbacks.is_empty() { What::Created } else { What::Adopted };
        let ring = bury_missing(self.ring(stamp), &before, stamp.now).log(what, None, stamp).turn(&before);
        let writes = writes(Before::disorder(before), &ring, fresh);
        (ring, writes)
    }

    fn ring(self, stamp: &mut Stamp<'_>) -> Ring {
        let Self { signing, fallbacks, record, exposed, fallback, stage, from } = self;
        let (mut head, rows) = record.map_or_else(|| (new_head(stamp), Vec::new()), |r| (r.head, r.keys));
        head.from = from.or(head.from);
        let mut signing = match signing {
            Some(secret) => take_in(secret, Role::Signing, &head, &rows, stamp).0,
            None => fresh_key(&head, 0, stamp),
        };
        signing.facts.exposed |= exposed != Exposed::None;
        let mut ring = Ring { head, next: None, signing, retiring: Vec::new() };
        for secret in fallbacks {
            ring.accept(secret, fallback, &rows, stamp);
        }
        if exposed == Exposed::All {
            ring.expose();
        }
        if stage && ring.next.is_none() && ring.retiring.is_empty() {
            ring.next = Some(fresh_key(&ring.head, 0, stamp));
        }
        ring.number();
        ring
    }
}

/// A key that comes into a ring, with what the record says of it where it is known.
fn take_in(
    secret: SecretText,
    role: Role,
    head: &Head,
    rows: &[Row],
    stamp: &mut Stamp<'_>,
) -> (Key, Option<Row>) {
    let mark = head.salt.mark(&secret);
    let known = rows.iter().find(|row| row.facts.mark == mark).cloned();
    let mut facts = match &known {
        Some(row) => row.facts.clone(),
        None => facts(head, &secret, 0, stamp),
    };
    if known.as_ref().is_none_or(|row| row.role != role) {
        facts.since = stamp.now;
    }
    (Key { facts, secret }, known)
}

impl Ring {
    /// Takes a fallback in, in the role that the record or the operator gives it.
    fn accept(&mut self, secret: SecretText, unknown: Fallback, rows: &[Row], stamp: &mut Stamp<'_>) {
        let (mut key, known) = take_in(secret, Role::Retiring, &self.head, rows, stamp);
        let is_next = match &known {
            Some(row) => row.role == Role::Next,
            None => unknown == Fallback::Next,
        };
        if is_next && self.next.is_none() {
            key.facts.since = known.map_or(stamp.now, |row| row.facts.since);
            self.next = Some(key);
        } else {
            let why = known.and_then(|row| row.why).unwrap_or(Why::Adopted);
            self.retiring.push(Retiring { key, why });
        }
    }

    fn expose(&mut self) {
        let others = self.retiring.iter_mut().map(|retiring| &mut retiring.key);
        others.chain(&mut self.next).for_each(|key| key.facts.exposed = true);
    }

    /// A key that is here is not gone.
    pub(crate) fn forget_return(&mut self) {
        let mut gone = core::mem::take(&mut self.head.gone);
        gone.retain(|tomb| self.key(tomb.id).is_none());
        self.head.gone = gone;
    }

    /// Counts the keys anew, the newest first: next, signing, retiring in their order.
    fn number(&mut self) {
        let keys = self.next.iter_mut().chain(core::iter::once(&mut self.signing));
        let keys = keys.chain(self.retiring.iter_mut().map(|retiring| &mut retiring.key));
        for (number, key) in keys.collect::<Vec<_>>().into_iter().rev().enumerate() {
            key.facts.number = number as u32 + 1;
        }
    }
}

fn new_head(stamp: &mut Stamp<'_>) -> Head {
    Head {
        id: RingId::draw(stamp.random),
        salt: Salt::draw(stamp.random),
        revision: Revision::default(),
        turned: Revision::default(),
        write: WriteId::draw(stamp.random),
        written: stamp.now,
        gone: Vec::new(),
        forgot: None,
        events: Vec::new(),
        follow: None,
        from: None,
        unknown: Unknown::new(),
    }
}

impl From<Bare> for Adoption {
    fn from(bare: Bare) -> Self {
        Self::keys(bare.signing, bare.fallbacks)
    }
}

impl fmt::Debug for Adoption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { signing, fallbacks, record, .. } = self;
        f.debug_struct("Adoption")
            .field("signing", &signing.is_some())
            .field("fallbacks", &fallbacks.len())
            .field("record", record)
            .finish_non_exhaustive()
    }
}
