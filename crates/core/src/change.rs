//! Changes of a ring, each of them one guarded write.
//!
//! # What consumers see
//! `NAME | NAME_FALLBACKS` before a change and after each text that it writes; A is the key that was there first.
//!
//! ```text
//! stage                                 A | A       A | B,A
//! promote                               A | B,A     B | B,A
//! retire                                B | B,A     B | B
//! abort, staged                         A | B,A     A | A
//! abort, promoted                       B | B,A     A | B,A
//! revoke next                           A | B,A     A | A
//! revoke the retiring key               B | B,A     B | B
//! revoke the signing key, settled       A | A       A | B       B | B
//! revoke the signing key, staged        A | B,A     A | B       B | B
//! revoke the signing key, promoted      B | B,A     B | C,A     C | C,A
//! revoke all, settled                   A | A       A | B       B | B
//! revoke all, staged                    A | B,A     A | C       C | C
//! revoke all, promoted                  B | B,A     B | C       C | C
//! ```
//!
//! Only revoking changes both texts, and it goes forward to a key that never signed, not back to an old one.

use alloc::string::String;
use alloc::vec::Vec;

use crate::history::{Event, Left, What};
use crate::misfit::Misfit;
use crate::record::{Row, rows};
use crate::ring::{Facts, Head, Key, Retiring, Revision, Ring, Unknown, Why};
use crate::time::Timestamp;
use crate::writes::{Before, writes};
use crate::{KeyId, Random, SecretText, WriteId, Writes, generate};

/// What can be done to a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Makes a key that is accepted and signs nowhere yet.
    Stage,
    /// Lets the next key sign; the old one is accepted only.
    Promote,
    /// Ends the acceptance of a retiring key.
    Retire(KeyId),
    /// Cuts one key off, whatever its role.
    Revoke(KeyId),
    /// Cuts every key off; a fresh one signs.
    RevokeAll,
    /// Takes a handover back: drops the next key, or lets the replaced key sign again.
    Abort,
}

/// What a change needs from outside.
pub struct Stamp<'a> {
    /// The time of the write.
    pub now: Timestamp,
    /// The lowest revision that may serve, where one is known.
    pub floor: Revision,
    /// Why the operator did not wait, where that was so.
    pub reason: Option<&'a str>,
    /// The system's random source.
    pub random: Random<'a>,
}

impl Ring {
    /// Makes a change: the ring as it is then, and what has to be written.
    ///
    /// # Errors
    /// The change makes no sense for this ring.
    pub fn change(mut self, change: Change, stamp: &mut Stamp<'_>) -> Result<(Self, Writes), Misfit> {
        if let Some(misfit) = self.misfit(change) {
            return Err(misfit);
        }
        let before = Before::of(&self);
        let former = rows(&self);
        let (what, key) = (change.what(), self.subject(change));
        let ring = match change {
            Change::Stage => self.stage(stamp),
            Change::Promote => self.promote(stamp.now),
            Change::Abort if self.next.is_some() => self.drop_next(stamp.now),
            Change::Abort => self.take_back(stamp.now),
            Change::Retire(id) => self.remove(id, Left::Retired, stamp),
            Change::Revoke(id) => self.remove(id, Left::Revoked, stamp),
            Change::RevokeAll => self.revoke_all(stamp),
        };
        let key = key.or_else(|| ring.next.as_ref().map(|next| next.facts.id));
        let revokes = what == What::Revoked;
        self = ring.log(what, key, stamp).turn(&former);
        self.head.follow = None;
        let fresh = revokes && !before.knows(&self.signing);
        let writes = writes(before, &self, fresh);
        Ok((self, writes))
    }

    /// Why a change makes no sense for this ring.
    #[must_use]
    pub fn misfit(&self, change: Change) -> Option<Misfit> {
        let retires = |id| self.retiring.iter().any(|retiring| retiring.key.facts.id == id);
        match change {
            Change::Stage if self.next.is_some() => Some(Misfit::AlreadyStaged),
            Change::Stage => self.retiring.last().map(|old| Misfit::KeyRetires(old.key.facts.id)),
            Change::Promote => self.next.is_none().then_some(Misfit::NothingStaged),
            Change::Retire(id) => (!retires(id)).then_some(Misfit::NotRetiring(id)),
            Change::Revoke(id) => self.key(id).is_none().then_some(Misfit::UnknownKey(id)),
            Change::RevokeAll => None,
            Change::Abort => {
                let nothing = self.next.is_none() && self.to_take_back().is_none();
                nothing.then_some(Misfit::NothingToAbort)
            }
        }
    }

    fn stage(mut self, stamp: &mut Stamp<'_>) -> Self {
        self.next = Some(self.draw(stamp));
        self
    }

    fn promote(mut self, now: Timestamp) -> Self {
        if let Some(mut next) = self.next.take() {
            next.facts.since = now;
            let old = core::mem::replace(&mut self.signing, next);
            self.retire_to(old, now);
        }
        self
    }

    /// Takes a key that signed among the retiring ones.
    fn retire_to(&mut self, mut key: Key, now: Timestamp) {
        key.facts.since = now;
        let why = if key.facts.exposed { Why::Exposed } else { Why::Replaced };
        self.retiring.insert(0, Retiring { key, why });
    }

    fn drop_next(mut self, now: Timestamp) -> Self {
        if let Some(next) = self.next.take() {
            self.head.bury(&next.facts, Left::Dropped, now);
        }
        self
    }

    /// Lets the key that was replaced last sign again; the one that signs retires in its stead.
    fn take_back(mut self, now: Timestamp) -> Self {
        if let Some(at) = self.to_take_back() {
            let mut old = self.retiring.remove(at).key;
            old.facts.since = now;
            let mut new = core::mem::replace(&mut self.signing, old);
            new.facts.since = now;
            self.retiring.insert(0, Retiring { key: new, why: Why::Aborted });
        }
        self
    }

    /// The retiring key that an abort would let sign again. After an abort there is none: aborting twice changes nothing.
    fn to_take_back(&self) -> Option<usize> {
        let aborted = self.retiring.iter().any(|retiring| retiring.why == Why::Aborted);
        let replaced = |retiring: &Retiring| matches!(retiring.why, Why::Replaced | Why::Exposed);
        self.retiring.iter().position(replaced).filter(|_| !aborted)
    }

    fn remove(mut self, id: KeyId, why: Left, stamp: &mut Stamp<'_>) -> Self {
        if self.signing.facts.id == id {
            return self.replace_signing(why, stamp);
        }
        let next = self.next.take_if(|next| next.facts.id == id);
        let mut retiring = self.retiring.extract_if(.., |retiring| retiring.key.facts.id == id);
        let gone = next.or_else(|| retiring.next().map(|retiring| retiring.key));
        drop(retiring);
        if let Some(gone) = gone {
            self.head.bury(&gone.facts, why, stamp.now);
        }
        self
    }

    /// Cuts the signing key off: the next key signs, which is accepted everywhere, or a fresh one where there is none.
    fn replace_signing(mut self, why: Left, stamp: &mut Stamp<'_>) -> Self {
        let mut new = self.next.take().unwrap_or_else(|| self.draw(stamp));
        new.facts.since = stamp.now;
        let old = core::mem::replace(&mut self.signing, new);
        self.head.bury(&old.facts, why, stamp.now);
        self
    }

    fn revoke_all(self, stamp: &mut Stamp<'_>) -> Self {
        let signing = self.draw(stamp);
        let (mut head, keys) = self.into_keys();
        for key in keys {
            head.bury(&key.facts, Left::Revoked, stamp.now);
        }
        Self { head, next: None, signing, retiring: Vec::new() }
    }

    fn draw(&self, stamp: &mut Stamp<'_>) -> Key {
        let newest = self.accepted().first().map_or(0, |key| key.facts.number);
        fresh_key(&self.head, newest + 1, stamp)
    }

    /// The key that a change is about, for the log.
    fn subject(&self, change: Change) -> Option<KeyId> {
        match change {
            Change::Retire(id) | Change::Revoke(id) => Some(id),
            Change::Promote => self.next.as_ref().map(|next| next.facts.id),
            Change::Abort => {
                let next = self.next.as_ref().map(|next| next.facts.id);
                next.or(Some(self.signing.facts.id))
            }
            Change::Stage | Change::RevokeAll => None,
        }
    }

    /// Remembers that this write gave a key a role that it had not among these.
    pub(crate) fn turn(mut self, former: &[Row]) -> Self {
        let had = |row: &Row| former.iter().any(|old| old.facts.id == row.facts.id && old.role == row.role);
        if !rows(&self).iter().all(had) {
            self.head.turned = self.head.revision;
        }
        self
    }

    /// Counts the write and remembers it.
    pub(crate) fn log(mut self, what: What, key: Option<KeyId>, stamp: &mut Stamp<'_>) -> Self {
        self.head.count(WriteId::draw(stamp.random), stamp.floor, stamp.now);
        let reason = stamp.reason.map(shortened);
        self.head.events.push(Event { at: stamp.now, what, key, reason, unknown: Unknown::new() });
        self
    }
}

impl Change {
    fn what(self) -> What {
        match self {
            Self::Stage => What::Staged,
            Self::Promote => What::Promoted,
            Self::Retire(_) => What::Retired,
            Self::Revoke(_) | Self::RevokeAll => What::Revoked,
            Self::Abort => What::Aborted,
        }
    }
}

/// A key from the random source.
pub(crate) fn fresh_key(head: &Head, number: u32, stamp: &mut Stamp<'_>) -> Key {
    let secret = generate::key(stamp.random);
    Key { facts: facts(head, &secret, number, stamp), secret }
}

/// What is known of a key that is new to the ring.
pub(crate) fn facts(head: &Head, secret: &SecretText, number: u32, stamp: &mut Stamp<'_>) -> Facts {
    Facts {
        id: KeyId::draw(stamp.random),
        number,
        mark: head.salt.mark(secret),
        made: stamp.now,
        since: stamp.now,
        exposed: false,
        unknown: Unknown::new(),
    }
}

/// A reason is kept in the record, where room is scarce.
fn shortened(reason: &str) -> String {
    reason.chars().filter(|c| !c.is_control()).take(80).collect()
}
