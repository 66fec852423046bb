//! When a change is safe: after time has passed, or by what the processes report.

use crate::change::Change;
use crate::fleet::{Reporting, awaited};
use crate::time::{Span, Timestamp};
use crate::{Policy, Refusal, Revision, Seen, under_way};

/// Whether a change may be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// It may.
    Now,
    /// Not yet.
    At(Timestamp),
    /// Not before what has to follow the last change has followed once more, from then on.
    FollowAgain(Timestamp),
    /// Not before processes have loaded the last change, or are gone.
    AfterFleet,
    /// Not before no process may serve any more with less than this revision.
    AfterFloor(Revision),
    /// Nobody can tell.
    Refused(Refusal),
}

/// Decides whether a change fits the ring, and when it is safe.
#[must_use]
pub fn ready(change: Change, seen: &Seen<'_>, policy: &Policy) -> Ready {
    if let Some(misfit) = seen.ring.misfit(change) {
        return Ready::Refused(Refusal::Misfit(misfit));
    }
    match change {
        Change::Promote | Change::Retire(_) => {}
        // Who cannot be asked now could not be asked before the next step either, and may know of a later revision.
        Change::Stage if policy.fleet != Reporting::None && seen.fleet.is_none() => {
            return Ready::Refused(Refusal::NotAsked);
        }
        Change::Stage | Change::Revoke(_) | Change::RevokeAll | Change::Abort => return Ready::Now,
    }
    if let Some(behind) = seen.mirror_behind() {
        return Ready::Refused(Refusal::MirrorBehind(behind));
    }
    if seen.ring.head.is_follow_due() {
        return Ready::Refused(Refusal::NotFollowed);
    }
    let ready = match policy.fleet {
        Reporting::None => by_time(change, seen, policy),
        Reporting::All => by_fleet(change, seen, policy),
        Reporting::Some => later(by_fleet(change, seen, policy), by_time(change, seen, policy)),
    };
    if policy.encrypts && matches!((change, ready), (Change::Retire(_), Ready::Now)) {
        return Ready::Refused(Refusal::Encrypts);
    }
    // It may get there until then.
    if ready == Ready::Now && seen.undelivered { Ready::Refused(Refusal::Undelivered) } else { ready }
}

fn by_time(change: Change, seen: &Seen<'_>, policy: &Policy) -> Ready {
    let Some(propagation) = policy.propagation else { return Ready::Refused(Refusal::NoPropagation) };
    let fresh = seen.fresh_from(change, policy);
    let late = seen.ring.head.followed_late().unwrap_or_default();
    if policy.follows && policy.stale > Span(0) && late < fresh {
        return Ready::FollowAgain(fresh);
    }
    let loaded = seen.loaded(change, policy, propagation);
    let safe = match change {
        // What was signed last, by the process that was last to load the write, has to run out.
        Change::Retire(_) => loaded + policy.longest_signature,
        _ => loaded,
    };
    if seen.now >= safe { Ready::Now } else { Ready::At(safe) }
}

fn by_fleet(change: Change, seen: &Seen<'_>, policy: &Policy) -> Ready {
    let Some(beats) = seen.fleet else { return Ready::Refused(Refusal::NotAsked) };
    if !awaited(change, seen, policy).is_empty() {
        return Ready::AfterFleet;
    }
    if !seen.is_reported(beats) {
        return Ready::Refused(Refusal::NobodyReports);
    }
    let turned = seen.ring.head.turned();
    if beats.floor(seen.ring.head.id) < turned {
        return Ready::AfterFloor(turned);
    }
    match change {
        Change::Retire(_) => match seen.expired(change, beats, policy) {
            safe if seen.now >= safe => Ready::Now,
            safe => Ready::At(safe),
        },
        _ => Ready::Now,
    }
}

/// Both have to be content. What the processes are waited for comes first, since the floor is raised only then, and time
/// counts from there.
fn later(fleet: Ready, time: Ready) -> Ready {
    match (fleet, time) {
        (_, Ready::Refused(_)) => time,
        (Ready::At(a), Ready::At(b)) => Ready::At(a.max(b)),
        (Ready::At(_), Ready::FollowAgain(_)) | (Ready::Now, _) => time,
        _ => fleet,
    }
}

/// Whether what has to follow the last change has to follow now: it did not yet, or a process that started in the meantime
/// may have missed the change.
#[must_use]
pub fn is_follow_due(seen: &Seen<'_>, policy: &Policy) -> bool {
    // It is due by time alone, whatever the processes report.
    let by_time = Policy {
        fleet: if policy.fleet == Reporting::All { Reporting::All } else { Reporting::None },
        ..*policy
    };
    let is_again =
        |change| matches!(ready(change, seen, &by_time), Ready::FollowAgain(from) if seen.now >= from);
    seen.ring.head.is_follow_due() || under_way(seen, &by_time).is_some_and(is_again)
}

impl Seen<'_> {
    /// When nobody starts any more with what stood before the last write that a change waits for: the mirror that got it last
    /// counts.
    fn fresh_from(&self, change: Change, policy: &Policy) -> Timestamp {
        let since = match change {
            Change::Promote => self.ring.next.as_ref().map(|next| next.facts.since),
            Change::Retire(id) => self.ring.key(id).map(|key| key.facts.since),
            _ => None,
        };
        let mirrors = self.mirrors.iter().map(|mirror| mirror.written);
        mirrors.fold(since.unwrap_or_default(), Timestamp::max) + policy.slowest_write + policy.stale
    }

    /// When each process has loaded that write.
    pub(crate) fn loaded(&self, change: Change, policy: &Policy, propagation: Span) -> Timestamp {
        let late = self.ring.head.followed_late().unwrap_or_default();
        self.fresh_from(change, policy).max(late + policy.slowest_write) + propagation
    }
}
