//! Deciding the next step of a handover.
//!
//! # Expected flow
//! A new key is *staged*: accepted everywhere, signing nowhere. When each process accepts it, it is *promoted*: it signs, and
//! the old one is accepted only. When nothing that the old key signed can still be valid, the old key is *retired*. The ring
//! itself says how far that went, so [`next`] is asked again after each step, and a run that crashed is simply run again.
//!
//! # Guarantees
//! Between two neighbouring steps every process accepts whatever any other one signs, and no valid signature is refused;
//! [`Goal::Revoke`] excepted, which exists to refuse. Asked twice about the same ring, `next` answers
//! the same. No step goes on before each mirror has the ring, nor where it is known that what has to follow a change did not,
//! or that a write has not reached the processes.
//!
//! Where processes report ([`Policy::fleet`]), a step waits for what they report: that each one that lives accepts the next key, or
//! no longer signs with the old one. Then the floor is raised, and they are asked once more.
//!
//! # Assumptions
//! Each process has loaded a write once [`Policy::propagation`] has passed since the latest time of writing, the store's or a
//! mirror's, or since what follows a change was made good; nothing signed lives longer than [`Policy::longest_signature`].
//! Where a process may start with what stood before a write ([`Policy::stale`]), it has loaded the write only when it was
//! restarted after that: what follows a write follows once more then. Where all processes report, nothing of this is assumed but
//! of a process that fell silent: it is gone once the propagation has passed since the write and since it was heard of.
//!
//! # Caveats
//! A clock that was set back makes the steps wait longer, never less. A clock that runs ahead cannot be told from time passed.
//! A process that comes back below the floor, serves on because its fence only warns, and stops cleanly between two looks has
//! signed with the old key unseen.

use core::fmt;

use crate::change::Change;
use crate::misfit::Misfit;
use crate::ring::{Retiring, Revision, Ring};
use crate::time::Timestamp;
use crate::{Beats, KeyId, Policy, Ready, WriteId, ready};

/// What somebody wants of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Another key in the place of this one. Done once this one is gone.
    Replace(KeyId),
    /// To finish what is under way, and begin nothing.
    Settle,
    /// This key gone at once.
    Revoke(KeyId),
    /// The handover taken back.
    Abort,
}

/// What was seen of a ring and of its mirrors.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The time of looking.
    pub now: Timestamp,
    /// The ring in the store.
    pub ring: &'a Ring,
    /// What each mirror holds, in the order of the configuration.
    pub mirrors: &'a [MirrorSeen],
    /// Whether one of the stores knows that the last write has not reached those who read it.
    pub undelivered: bool,
    /// What the processes report; nothing where they were not asked, or could not be.
    pub fleet: Option<&'a Beats>,
}

/// What a mirror holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MirrorSeen {
    /// The revision and the write that it holds, where it holds a ring.
    pub holds: Option<(Revision, WriteId)>,
    /// When it was written.
    pub written: Timestamp,
    /// Whether a key there was written later, by somebody who wrote no record. Times tell it, which are no proof, so no step
    /// waits for that.
    pub written_since: bool,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Take this step, look, and ask again.
    Do(Step),
    /// Nothing before then.
    WaitUntil(Wait),
    /// This change waits for processes; [`crate::awaited`] says for which, and why.
    WaitForFleet(Change),
    /// What is wanted would be unsafe, or makes no sense.
    Refuse(Refusal),
    /// What was wanted is so.
    Done,
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make this change in the store, in one guarded write.
    Write(Change),
    /// Write the ring to this mirror.
    Mirror(usize),
    /// Let no process serve any more with less than this revision.
    RaiseFloor(Revision),
}

/// A change whose time has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The earliest moment at which the change is safe, or at which what has to come before it can be done.
    pub until: Timestamp,
    /// The change that waits.
    pub change: Change,
}

/// Why nothing is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody said how long a write takes to reach each process.
    NoPropagation,
    /// The change does not fit the ring.
    Misfit(Misfit),
    /// This mirror lacks the last write.
    MirrorBehind(usize),
    /// What has to follow the last change, such as a restart of the processes, did not follow.
    NotFollowed,
    /// The last write has not reached those who read it, as a store knows.
    Undelivered,
    /// The processes are to be asked, and could not be.
    NotAsked,
    /// The processes are to report, and none does.
    NobodyReports,
    /// What is stored may still be encrypted with the key, and nobody could read it any more.
    Encrypts,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPropagation => f.write_str("nothing says how long a new key takes to reach each process"),
            Self::Misfit(misfit) => misfit.fmt(f),
            Self::MirrorBehind(_) => f.write_str("a mirror lacks the last write"),
            Self::NotFollowed => f.write_str("what has to follow the last change did not follow"),
            Self::Undelivered => f.write_str("the last write has not reached those who read it"),
            Self::NotAsked => f.write_str("the processes could not be asked which keys they use"),
            Self::NobodyReports => f.write_str("no process reports which keys it uses"),
            Self::Encrypts => f.write_str("what is stored may still be encrypted with the old key"),
        }
    }
}

impl core::error::Error for Refusal {}

/// Decides the next step towards a goal.
#[must_use]
pub fn next(goal: Goal, seen: &Seen<'_>, policy: &Policy) -> Next {
    let urgent = matches!(goal, Goal::Revoke(_)).then(|| direct(goal, seen.ring)).flatten();
    if let Some(step) = urgent {
        return Next::Do(step);
    }
    if let Some(behind) = seen.mirror_behind() {
        return Next::Do(Step::Mirror(behind));
    }
    match goal {
        Goal::Replace(id) if seen.ring.key(id).is_none() => Next::Done,
        Goal::Replace(_) => onward(seen, policy).unwrap_or_else(|| towards(Change::Stage, seen, policy)),
        Goal::Settle => onward(seen, policy).unwrap_or(Next::Done),
        Goal::Revoke(_) | Goal::Abort => direct(goal, seen.ring).map_or(Next::Done, Next::Do),
    }
}

/// The next step of a handover that is under way; `None` where none is.
fn onward(seen: &Seen<'_>, policy: &Policy) -> Option<Next> {
    under_way(seen, policy).map(|change| towards(change, seen, policy))
}

/// The next step to a change.
fn towards(change: Change, seen: &Seen<'_>, policy: &Policy) -> Next {
    match ready(change, seen, policy) {
        Ready::Now => Next::Do(Step::Write(change)),
        Ready::At(until) | Ready::FollowAgain(until) => Next::WaitUntil(Wait { until, change }),
        Ready::AfterFleet => Next::WaitForFleet(change),
        Ready::AfterFloor(revision) => Next::Do(Step::RaiseFloor(revision)),
        Ready::Refused(refusal) => Next::Refuse(refusal),
    }
}

/// The step of a goal that waits for nothing; `None` where it is reached.
fn direct(goal: Goal, ring: &Ring) -> Option<Step> {
    let change = match goal {
        Goal::Revoke(id) => Change::Revoke(id),
        _ => Change::Abort,
    };
    ring.misfit(change).is_none().then_some(Step::Write(change))
}

/// The change that a handover under way comes to next, whether its time has come or not; `None` where none is under way.
/// Of several retiring keys it is the one whose time comes first.
#[must_use]
pub fn under_way(seen: &Seen<'_>, policy: &Policy) -> Option<Change> {
    if seen.ring.next.is_some() {
        return Some(Change::Promote);
    }
    let retire = |retiring: &Retiring| Change::Retire(retiring.key.facts.id);
    let when = |retiring: &&Retiring| match ready(retire(retiring), seen, policy) {
        Ready::At(until) | Ready::FollowAgain(until) => until,
        _ => Timestamp::default(),
    };
    seen.ring.retiring.iter().rev().min_by_key(when).map(retire)
}

impl MirrorSeen {
    /// Whether it holds the last write of this ring.
    #[must_use]
    pub fn has(&self, ring: &Ring) -> bool {
        self.holds == Some((ring.head.revision, ring.head.write))
    }
}

impl Seen<'_> {
    pub(crate) fn mirror_behind(&self) -> Option<usize> {
        self.mirrors.iter().position(|mirror| !mirror.has(self.ring))
    }
}
