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
//! # Assumptions
//! Each process has loaded a write once [`Policy::propagation`] has passed since the latest time of writing, the store's or a
//! mirror's, or since what follows a change was made good; nothing signed lives longer than [`Policy::longest_signature`].
//! Where a process may start with what stood before a write ([`Policy::stale`]), it has loaded the write only when it was
//! restarted after that: what follows a write follows once more then.
//!
//! # Caveats
//! A clock that was set back makes the steps wait longer, never less. A clock that runs ahead cannot be told from time passed.

use core::fmt;

use crate::change::Change;
use crate::misfit::Misfit;
use crate::ring::{Retiring, Revision, Ring};
use crate::time::{Span, Timestamp};
use crate::{KeyId, Policy, WriteId};

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
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPropagation => f.write_str("nothing says how long a new key takes to reach each process"),
            Self::Misfit(misfit) => misfit.fmt(f),
            Self::MirrorBehind(_) => f.write_str("a mirror lacks the last write"),
            Self::NotFollowed => f.write_str("what has to follow the last change did not follow"),
            Self::Undelivered => f.write_str("the last write has not reached those who read it"),
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
        Goal::Replace(_) => onward(seen, policy).unwrap_or(Next::Do(Step::Write(Change::Stage))),
        Goal::Settle => onward(seen, policy).unwrap_or(Next::Done),
        Goal::Revoke(_) | Goal::Abort => direct(goal, seen.ring).map_or(Next::Done, Next::Do),
    }
}

/// Whether a change may be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// It may.
    Now,
    /// Not yet.
    At(Timestamp),
    /// Not before what has to follow the last change has followed once more, from then on.
    FollowAgain(Timestamp),
    /// Nobody can tell.
    Refused(Refusal),
}

/// Decides whether a change fits the ring, and when it is safe.
#[must_use]
pub fn ready(change: Change, seen: &Seen<'_>, policy: &Policy) -> Ready {
    if let Some(misfit) = seen.ring.misfit(change) {
        return Ready::Refused(Refusal::Misfit(misfit));
    }
    let since = match change {
        Change::Promote => seen.ring.next.as_ref().map(|next| next.facts.since),
        Change::Retire(id) => seen.ring.key(id).map(|key| key.facts.since),
        Change::Stage | Change::Revoke(_) | Change::RevokeAll | Change::Abort => return Ready::Now,
    };
    if let Some(behind) = seen.mirror_behind() {
        return Ready::Refused(Refusal::MirrorBehind(behind));
    }
    if seen.ring.head.is_follow_due() {
        return Ready::Refused(Refusal::NotFollowed);
    }
    let Some(propagation) = policy.propagation else { return Ready::Refused(Refusal::NoPropagation) };
    let fresh = seen.fresh_from(since.unwrap_or_default(), policy);
    let late = seen.ring.head.followed_late().unwrap_or_default();
    if policy.follows && policy.stale > Span(0) && late < fresh {
        return Ready::FollowAgain(fresh);
    }
    let loaded = fresh.max(late + policy.slowest_write) + propagation;
    let safe = match change {
        // What was signed last, by the process that was last to load the write, has to run out.
        Change::Retire(_) => loaded + policy.longest_signature,
        _ => loaded,
    };
    match seen.now >= safe {
        // It may get there until then.
        false => Ready::At(safe),
        true if seen.undelivered => Ready::Refused(Refusal::Undelivered),
        true => Ready::Now,
    }
}

/// Whether what has to follow the last change has to follow now: it did not yet, or a process that started in the meantime
/// may have missed the change.
#[must_use]
pub fn is_follow_due(seen: &Seen<'_>, policy: &Policy) -> bool {
    let is_again =
        |change| matches!(ready(change, seen, policy), Ready::FollowAgain(from) if seen.now >= from);
    seen.ring.head.is_follow_due() || under_way(seen, policy).is_some_and(is_again)
}

/// The next step of a handover that is under way; `None` where none is.
fn onward(seen: &Seen<'_>, policy: &Policy) -> Option<Next> {
    let change = under_way(seen, policy)?;
    Some(match ready(change, seen, policy) {
        Ready::Now => Next::Do(Step::Write(change)),
        Ready::At(until) | Ready::FollowAgain(until) => Next::WaitUntil(Wait { until, change }),
        Ready::Refused(refusal) => Next::Refuse(refusal),
    })
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
    fn mirror_behind(&self) -> Option<usize> {
        self.mirrors.iter().position(|mirror| !mirror.has(self.ring))
    }

    /// When nobody starts any more with what stood before a change that was made at `since`: the mirror that got it last
    /// counts.
    fn fresh_from(&self, since: Timestamp, policy: &Policy) -> Timestamp {
        let written = self.mirrors.iter().map(|mirror| mirror.written).fold(since, Timestamp::max);
        written + policy.slowest_write + policy.stale
    }
}
