//! What the processes of a project report of themselves, and whom a change has to wait for.
//!
//! A process writes down which keys it uses, *then* reads the floor, the lowest revision that may serve. The writer raises the
//! floor, *then* looks at what was written down: one of them sees the other, so nobody comes back unseen with an old ring.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::change::Change;
use crate::ring::{Revision, Ring};
use crate::time::{Span, Timestamp};
use crate::{Mark, Policy, RingId, RingName, Seen};

/// Which processes report the keys that they use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reporting {
    /// All of them: what they report is enough.
    All,
    /// Some: what they report counts, and time has to pass for the others.
    Some,
    /// None: only time tells.
    #[default]
    None,
}

/// What the processes report of one ring name. Every time is of the clock of their database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beats {
    /// The time of looking.
    pub now: Timestamp,
    /// How long after its last beat a process lives for sure.
    pub lease: Span,
    /// One for each process.
    pub beats: Vec<Beat>,
    /// The floor of each ring that has one. They were read before the beats.
    pub floors: Vec<Floor>,
    /// What the processes report of other ring names.
    pub others: Vec<(RingName, Beat)>,
    /// The rings that this one has keys in common with, because a use is leaving one of them.
    pub kin: Kin,
}

/// Rings that have keys in common, because one began with the keys of the other. A process that uses the older one and was
/// not given the younger has the settings of before: it signs with the older ring what others sign with the younger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kin {
    /// The ring's own name.
    pub name: RingName,
    /// The ring that this one began with the keys of, the one that that began with the keys of, and so on.
    pub origins: Vec<(RingName, RingId)>,
    /// The rings that began with the keys of this one, or of one of those.
    pub branches: Vec<RingName>,
}

/// What one process said last. One that stops cleanly takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Drawn by the process itself.
    pub process: Box<str>,
    /// The ring that it was given; nothing where that is no ring's id.
    pub ring: Option<RingId>,
    /// How new the ring is.
    pub revision: Revision,
    /// The key that it signs with.
    pub signs: Mark,
    /// The keys that it accepts.
    pub accepts: Vec<Mark>,
    /// What in it still uses a key that its settings no longer say.
    pub holds: Vec<Box<str>>,
    /// What it is for: `web`, `celery`, `command`, `websocket`.
    pub role: Box<str>,
    /// Where it runs.
    pub host: Box<str>,
    /// When it began.
    pub started: Timestamp,
    /// When it said this.
    pub seen: Timestamp,
    /// Whether the operator says that it is gone. A process that has just reported is not.
    pub given_up: bool,
}

/// The lowest revision of a ring that may serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The ring.
    pub ring: RingId,
    /// The revision.
    pub revision: Revision,
    /// When it was raised to there.
    pub raised: Timestamp,
}

/// A process that a change waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited<'a> {
    /// The process.
    pub beat: &'a Beat,
    /// Why.
    pub why: Hindrance<'a>,
    /// Whether it lives.
    pub pulse: Pulse,
}

/// What a process does that a change has to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hindrance<'a> {
    /// It was not given this ring, and signs with another one what is this ring's.
    Lacks(&'a RingName),
    /// It does not accept the key that is to sign.
    Refuses,
    /// It signs with the key that is to go.
    Signs,
    /// Something in it uses a key that its settings no longer say.
    Holds,
    /// Its keys are well, but its ring is older than the floor is to be.
    Behind,
}

/// Whether a process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pulse {
    /// It has just reported.
    Lives,
    /// It reports no longer, and did not say that it stops. It counts as gone from then on; nothing where nobody says how
    /// long that may take.
    Lapsed(Option<Timestamp>),
    /// It counts as gone.
    Gone,
}

impl Beats {
    /// The floor of a ring; the lowest where it has none.
    #[must_use]
    pub fn floor(&self, ring: RingId) -> Revision {
        self.floor_of(ring).map_or(Revision::default(), |floor| floor.revision)
    }

    /// The floor of a ring, and since when.
    #[must_use]
    pub fn floor_of(&self, ring: RingId) -> Option<&Floor> {
        self.floors.iter().find(|floor| floor.ring == ring)
    }

    /// The processes that have this ring.
    pub fn of(&self, ring: RingId) -> impl Iterator<Item = &Beat> {
        self.beats.iter().filter(move |beat| beat.ring == Some(ring))
    }

    /// How many have another ring under its name, which says nothing of this one.
    #[must_use]
    pub fn foreign(&self, ring: RingId) -> usize {
        self.beats.len() - self.of(ring).count()
    }

    /// How many that live accept a key.
    #[must_use]
    pub fn accepting(&self, ring: RingId, mark: Mark) -> usize {
        self.of(ring).filter(|beat| self.lives(beat) && beat.accepts.contains(&mark)).count()
    }

    /// Whether a process has reported within the lease.
    #[must_use]
    pub fn lives(&self, beat: &Beat) -> bool {
        self.now.since(beat.seen) <= self.lease
    }

    /// The processes with the settings of before a use left one ring for another.
    fn lacking(&self, ring: RingId) -> Vec<(&Beat, Hindrance<'_>)> {
        let Kin { name, origins, branches } = &self.kin;
        let mut lacking = Vec::new();
        if !origins.is_empty() {
            let mut known: BTreeSet<&str> = self.of(ring).map(|beat| &*beat.process).collect();
            let is_origin =
                |name, beat: &Beat| origins.iter().any(|(is, id)| is == name && beat.ring == Some(*id));
            let of_origins = self.others.iter().filter(|(other, beat)| is_origin(other, beat));
            // Whoever uses several of them is told once.
            let without = of_origins.filter(|(_, beat)| known.insert(&beat.process));
            lacking.extend(without.map(|(_, beat)| (beat, Hindrance::Lacks(name))));
        }
        for branch in branches {
            let users: BTreeSet<&str> = self.processes_of(branch).collect();
            let without = self.of(ring).filter(|beat| !users.contains(&*beat.process));
            lacking.extend(without.map(|beat| (beat, Hindrance::Lacks(branch))));
        }
        lacking
    }

    /// The processes that report another ring name.
    fn processes_of(&self, name: &RingName) -> impl Iterator<Item = &str> {
        self.others.iter().filter(move |(other, _)| other == name).map(|(_, beat)| &*beat.process)
    }

    /// The same as it is told of another ring name.
    #[must_use]
    pub fn turned_to(self, name: &RingName) -> Self {
        let Self { now, lease, beats, floors, others, kin } = self;
        let own = beats.into_iter().map(|beat| (kin.name.clone(), beat));
        let (beats, others): (Vec<_>, _) = own.chain(others).partition(|(other, _)| other == name);
        let beats = beats.into_iter().map(|(_, beat)| beat).collect();
        Self { now, lease, beats, floors, others, kin: Kin { name: name.clone(), ..Kin::default() } }
    }

    /// What the processes report whose id begins so, of whatever ring.
    pub fn of_processes(&self, begins: &str) -> impl Iterator<Item = &Beat> + Clone {
        let all = self.beats.iter().chain(self.others.iter().map(|(_, beat)| beat));
        all.filter(move |beat| beat.process.starts_with(begins))
    }

    /// Takes the operator's word for it that these processes are gone.
    pub fn give_up(&mut self, processes: &[Box<str>]) {
        for beat in self.beats.iter_mut().chain(self.others.iter_mut().map(|(_, beat)| beat)) {
            beat.given_up |= processes.contains(&beat.process);
        }
    }
}

/// Whom a change waits for.
#[must_use]
pub fn awaited<'a>(change: Change, seen: &Seen<'a>, policy: &Policy) -> Vec<Awaited<'a>> {
    let Some(beats) = seen.fleet else { return Vec::new() };
    let loaded = policy.propagation.map(|propagation| seen.loaded(change, policy, propagation));
    let awaited = |(beat, why): (&'a Beat, Hindrance<'a>)| {
        let pulse = seen.pulse(beat, beats, loaded, policy);
        (pulse != Pulse::Gone).then_some(Awaited { beat, why, pulse })
    };
    hindrances(change, seen.ring, beats).into_iter().filter_map(awaited).collect()
}

/// Each process once that stands in the way of a change.
fn hindrances<'a>(change: Change, ring: &Ring, beats: &'a Beats) -> Vec<(&'a Beat, Hindrance<'a>)> {
    let waits = matches!(change, Change::Promote | Change::Retire(_));
    let lacking = if waits { beats.lacking(ring.head.id) } else { Vec::new() };
    let told: BTreeSet<&str> = lacking.iter().map(|(beat, _)| &*beat.process).collect();
    let others = beats.of(ring.head.id).filter(|beat| !told.contains(&*beat.process));
    let others: Vec<_> = others.filter_map(|beat| Some((beat, hindrance(change, ring, beat)?))).collect();
    lacking.into_iter().chain(others).collect()
}

/// What of a process stands in the way of a change.
fn hindrance(change: Change, ring: &Ring, beat: &Beat) -> Option<Hindrance<'static>> {
    let by_keys = match change {
        Change::Promote => {
            let next = ring.next.as_ref()?.facts.mark;
            (!beat.accepts.contains(&next)).then_some(Hindrance::Refuses)
        }
        Change::Retire(id) if beat.signs == ring.key(id)?.facts.mark => Some(Hindrance::Signs),
        Change::Retire(_) => (!beat.holds.is_empty()).then_some(Hindrance::Holds),
        Change::Stage | Change::Revoke(_) | Change::RevokeAll | Change::Abort => return None,
    };
    // Nobody who serves may find itself below a floor that was just raised.
    by_keys.or((beat.revision < ring.head.turned()).then_some(Hindrance::Behind))
}

impl Seen<'_> {
    /// Whether any process that has this ring lives. Where none does, nothing is proved: they may not report at all.
    pub(crate) fn is_reported(&self, beats: &Beats) -> bool {
        beats.of(self.ring.head.id).any(|beat| beats.lives(beat))
    }

    /// `loaded`: when each process has loaded the last write, where anybody says so.
    fn pulse(&self, beat: &Beat, beats: &Beats, loaded: Option<Timestamp>, policy: &Policy) -> Pulse {
        if beats.lives(beat) {
            return Pulse::Lives;
        }
        if beat.given_up {
            return Pulse::Gone;
        }
        let silent = beats.now.since(beat.seen);
        let gone = loaded.zip(policy.propagation).map(|(loaded, Span(propagation))| {
            // Clocks are not compared, only spans of each: it was seen so long before now.
            loaded.max(self.now + Span(propagation.saturating_sub(silent.0)))
        });
        if gone.is_some_and(|gone| gone <= self.now) { Pulse::Gone } else { Pulse::Lapsed(gone) }
    }

    /// When nothing that a retiring key signed is valid any more, going by what the processes report: counted from the
    /// raising of the floor, or from when the last one that signed with it was gone.
    pub(crate) fn expired(&self, change: Change, beats: &Beats, policy: &Policy) -> Timestamp {
        let raised = beats.floor_of(self.ring.head.id).map_or(beats.now, |floor| floor.raised);
        let signs =
            |why: &Hindrance<'_>| matches!(why, Hindrance::Signs | Hindrance::Holds | Hindrance::Lacks(_));
        let silence = policy.propagation.unwrap_or_default();
        let gone = |beat: &Beat| if beat.given_up { beat.seen } else { beat.seen + silence };
        let signed = hindrances(change, self.ring, beats).into_iter().filter(|(_, why)| signs(why));
        let last = signed.map(|(beat, _)| gone(beat)).fold(raised, Timestamp::max);
        let Span(ago) = beats.now.since(last);
        self.now + Span(policy.longest_signature.0.saturating_sub(ago))
    }
}
