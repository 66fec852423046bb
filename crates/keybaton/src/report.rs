//! A ring as it is reported: the same facts for people and for programs. No secret is among them.

use std::fmt;

use keybaton_core::time::Timestamp;
use keybaton_core::{
    Beats, Change, Event, Floor, KeyId, MirrorSeen, Phase, Policy, Ready, Reporting, Revision, Ring, RingId,
    RingName, Role, Seen, Tombstone, Why, awaited, ready, under_way,
};
use keybaton_files::Leftover;
use keybaton_handover::{Around, FleetError, Place};
use keybaton_stores::StoreError;
use serde::Serialize;

use crate::awaited::AwaitedReport;
use crate::configuration::shown;
use crate::kin::Relation;
use crate::leftover;
use crate::opened::Opened;
use crate::wording;

/// A ring, and where its handover stands.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    pub(crate) ring: &'a str,
    pub(crate) environment: Option<&'a str>,
    pub(crate) store: &'a str,
    pub(crate) id: RingId,
    pub(crate) revision: Revision,
    pub(crate) written: Timestamp,
    pub(crate) phase: Phase,
    pub(crate) keys: Vec<KeyReport>,
    pub(crate) mirrors: Vec<MirrorReport<'a>>,
    /// Whether after-write has yet to run: it failed after the last write, or the ring came back from a copy.
    pub(crate) after_write_due: bool,
    /// Why the last write has not reached those who read it, where a store knows that.
    pub(crate) undelivered: Option<Trouble>,
    pub(crate) next: Option<NextReport>,
    /// What the processes report; nothing where none does.
    pub(crate) fleet: Option<FleetReport>,
    /// The ring whose keys it began with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<&'a str>,
    /// The rings of the environment that it has keys in common with.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) shares: &'a [Relation],
    /// What crashed writers left beside the stores, which may hold keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) leftovers: Vec<LeftoverReport>,
    pub(crate) gone: &'a [Tombstone],
    pub(crate) events: &'a [Event],
}

/// Why a write has not reached those who read the store, or why a mirror could not be read, and what to do about it.
#[derive(Debug, Serialize)]
pub(crate) struct Trouble {
    pub(crate) why: String,
    pub(crate) hint: Option<String>,
}

impl Trouble {
    pub(crate) fn of(StoreError { sentence, hint, .. }: StoreError) -> Self {
        Self { why: sentence, hint }
    }
}

/// A file that a crash left, and what to do about it.
#[derive(Debug, Serialize)]
pub(crate) struct LeftoverReport {
    pub(crate) file: String,
    pub(crate) what: String,
    pub(crate) mend: String,
}

impl LeftoverReport {
    pub(crate) fn of(leftover: &Leftover) -> Self {
        Self { file: shown(&leftover.file), what: leftover.told(), mend: leftover.mend() }
    }
}

impl fmt::Display for LeftoverReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (mend: {})", self.file, self.what, self.mend)
    }
}

/// What the processes report of the ring.
#[derive(Debug, Serialize)]
pub(crate) struct FleetReport {
    pub(crate) reporting: &'static str,
    /// How many have reported within the lease.
    pub(crate) processes: usize,
    /// How many have another ring under its name, and are not waited for.
    pub(crate) foreign: usize,
    /// The lowest revision that may serve.
    pub(crate) floor: Option<FloorReport>,
    /// Why they could not be asked.
    pub(crate) not_asked: Option<Trouble>,
}

/// The lowest revision that may serve, and since when, by the database's clock.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct FloorReport {
    pub(crate) revision: Revision,
    pub(crate) raised: Timestamp,
}

/// A key without its secret.
#[derive(Debug, Serialize)]
pub(crate) struct KeyReport {
    pub(crate) id: KeyId,
    pub(crate) role: Role,
    pub(crate) why: Option<Why>,
    pub(crate) exposed: bool,
    pub(crate) made: Timestamp,
    pub(crate) since: Timestamp,
}

/// A mirror, and whether it has the last write.
#[derive(Debug, Serialize)]
pub(crate) struct MirrorReport<'a> {
    pub(crate) store: &'a str,
    pub(crate) up_to_date: bool,
    /// Why it could not be read, so that nobody knows what it holds.
    pub(crate) unread: Option<Trouble>,
    /// Whether it holds what the store does not know, so that nothing is written over it.
    pub(crate) disagrees: bool,
    /// Whether its keys cannot be read, and one was written later than its record, by somebody who wrote none.
    pub(crate) written_since: bool,
}

/// The next step of a handover that is under way.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct NextReport {
    #[serde(skip)]
    pub(crate) change: Change,
    #[serde(skip)]
    pub(crate) ready: Ready,
    pub(crate) step: &'static str,
    pub(crate) key: KeyId,
    /// From when on the step is safe. Nothing: nobody said how long a write takes to reach each process, or the step waits for
    /// a mirror, for after-write, for processes or for what has not been delivered.
    pub(crate) safe_from: Option<Timestamp>,
    /// From when on after-write is run once more before the step, since a process may start with a copy until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after_write_again_from: Option<Timestamp>,
    /// The processes that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) awaits: Vec<AwaitedReport>,
    pub(crate) safe_now: bool,
}

impl<'a> Report<'a> {
    pub(crate) fn of(opened: &'a Opened, ring: &'a Ring, around: Around, now: Timestamp) -> Self {
        Self {
            ring: opened.place.ring.as_str(),
            environment: opened.place.environment.as_deref(),
            store: &opened.place.store.url,
            id: ring.head.id,
            revision: ring.head.revision,
            written: ring.head.written,
            phase: ring.phase(),
            keys: keys(ring),
            after_write_due: opened.is_follow_due(ring),
            next: next_step(ring, &around, &opened.policy, now),
            fleet: fleet_report(opened.policy.fleet, ring, around.fleet, around.not_asked),
            mirrors: mirror_reports(opened, ring, &around.mirrors, around.unread),
            undelivered: around.undelivered.map(Trouble::of),
            from: ring.head.from.as_ref().map(RingName::as_str),
            shares: &opened.relations,
            leftovers: leftover::of_ring(opened).iter().map(LeftoverReport::of).collect(),
            gone: &ring.head.gone,
            events: &ring.head.events,
        }
    }
}

fn fleet_report(
    reporting: Reporting,
    ring: &Ring,
    beats: Option<Beats>,
    not_asked: Option<FleetError>,
) -> Option<FleetReport> {
    let reporting = match reporting {
        Reporting::All => "all",
        Reporting::Some => "some",
        Reporting::None => return None,
    };
    let (id, beats) = (ring.head.id, beats.unwrap_or_default());
    let floor = beats
        .floor_of(id)
        .map(|Floor { revision, raised, .. }| FloorReport { revision: *revision, raised: *raised });
    Some(FleetReport {
        reporting,
        processes: beats.of(id).filter(|beat| beats.lives(beat)).count(),
        foreign: beats.foreign(id),
        floor,
        not_asked: not_asked
            .map(|FleetError { sentence, hint, .. }| Trouble { why: sentence, hint: Some(hint) }),
    })
}

fn keys(ring: &Ring) -> Vec<KeyReport> {
    let report = |key: &keybaton_core::Key, role, why| {
        let keybaton_core::Facts { id, exposed, made, since, .. } = key.facts;
        KeyReport { id, role, why, exposed, made, since }
    };
    let next = ring.next.iter().map(|key| report(key, Role::Next, None));
    let signing = std::iter::once(report(&ring.signing, Role::Signing, None));
    let retiring = ring.retiring.iter().map(|old| report(&old.key, Role::Retiring, Some(old.why.clone())));
    next.chain(signing).chain(retiring).collect()
}

fn mirror_reports<'a>(
    opened: &'a Opened,
    ring: &Ring,
    seen: &[MirrorSeen],
    unread: Vec<Option<StoreError>>,
) -> Vec<MirrorReport<'a>> {
    let disagreeing = opened.disagreeing(ring, seen);
    let mirrors = opened.places.mirrors.iter().zip(seen).zip(unread);
    let report = |((place, seen), unread): ((&'a Place, &MirrorSeen), Option<StoreError>)| MirrorReport {
        store: &place.url,
        up_to_date: seen.has(ring),
        unread: unread.map(Trouble::of),
        written_since: seen.written_since,
        disagrees: disagreeing.iter().any(|missed| missed.url == place.url),
    };
    mirrors.map(report).collect()
}

/// The step that a handover under way comes to next; nothing where none is.
pub(crate) fn next_step(ring: &Ring, around: &Around, policy: &Policy, now: Timestamp) -> Option<NextReport> {
    let seen = around.seen(ring, now);
    let change = under_way(&seen, policy)?;
    let key = match change {
        Change::Retire(id) => id,
        _ => ring.next.as_ref()?.facts.id,
    };
    Some(step(change, key, &seen, policy))
}

fn step(change: Change, key: KeyId, seen: &Seen<'_>, policy: &Policy) -> NextReport {
    let ready = ready(change, seen, policy);
    let (safe_from, after_write_again_from) = match ready {
        Ready::AfterFloor(_) if matches!(change, Change::Retire(_)) => {
            (Some(seen.now + policy.longest_signature), None)
        }
        Ready::Now | Ready::AfterFloor(_) => (Some(seen.now), None),
        Ready::At(moment) => (Some(moment), None),
        Ready::FollowAgain(moment) => (None, Some(moment)),
        Ready::AfterFleet | Ready::Refused(_) => (None, None),
    };
    let safe_now = safe_from.is_some_and(|moment| moment <= seen.now);
    let awaits = awaits(change, seen, policy);
    NextReport {
        change,
        ready,
        step: wording::name(change),
        key,
        safe_from,
        after_write_again_from,
        awaits,
        safe_now,
    }
}

/// The processes that a change waits for.
pub(crate) fn awaits(change: Change, seen: &Seen<'_>, policy: &Policy) -> Vec<AwaitedReport> {
    let awaited = awaited(change, seen, policy);
    let report = |beats| awaited.iter().map(move |awaited| AwaitedReport::new(awaited, beats)).collect();
    seen.fleet.map(report).unwrap_or_default()
}
