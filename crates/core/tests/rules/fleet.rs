//! A fleet whose processes load a write late, and mutants of `next` that it has to catch.

use std::collections::{BTreeMap, BTreeSet};

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Adoption, Change, Goal, MirrorSeen, Next, Phase, Policy, Reporting, Ring, Seen, Step, next,
};

use crate::cupboard::{Cupboard, Dice};

const PROPAGATION: u64 = 60;
const LONGEST: u64 = 300;
const TICK: u64 = 5;
const FLEETS: u64 = 40;
const POLICY: Policy = Policy {
    propagation: Some(Span(PROPAGATION)),
    longest_signature: Span(LONGEST),
    slowest_write: Span(0),
    stale: Span(0),
    follows: true,
    encrypts: false,
    fleet: Reporting::None,
};

type Decide = fn(Goal, &Seen<'_>, &Policy) -> Next;

/// One process: what it has loaded, and the writes that are on their way to it.
struct Process {
    reads_mirror: bool,
    signing: String,
    accepted: BTreeSet<String>,
    coming: Vec<(u64, Cupboard)>,
}

impl Process {
    fn load(&mut self, texts: &Cupboard) {
        self.signing.clone_from(texts.signing.as_ref().unwrap());
        self.accepted = texts.fallbacks.as_ref().unwrap().split(',').map(str::to_owned).collect();
    }

    fn catch_up(&mut self, now: u64) {
        for (at, texts) in std::mem::take(&mut self.coming) {
            if at <= now { self.load(&texts) } else { self.coming.push((at, texts)) }
        }
    }
}

struct Fleet {
    now: u64,
    dice: Dice,
    store: Cupboard,
    mirror: Cupboard,
    mirror_seen: MirrorSeen,
    /// Until then the mirror cannot be written.
    mirror_away_until: u64,
    processes: Vec<Process>,
    /// Until when something signed by a key is valid.
    live: BTreeMap<String, u64>,
}

impl Fleet {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let (ring, writes) = dice.stamped(1, |stamp| Adoption::nothing().begin(stamp));
        let mut store = Cupboard::default();
        store.write(&writes);
        let process = |at: usize| {
            let (signing, accepted) = (String::new(), BTreeSet::new());
            let mut process = Process { reads_mirror: at % 2 == 1, signing, accepted, coming: Vec::new() };
            process.load(&store);
            process
        };
        Self {
            now: 10_000,
            mirror_seen: MirrorSeen {
                holds: Some((ring.head.revision, ring.head.write)),
                written: Timestamp(1),
                written_since: false,
            },
            mirror_away_until: 0,
            processes: (0..6).map(process).collect(),
            live: BTreeMap::new(),
            mirror: store.clone(),
            store,
            dice,
        }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        let mut byte = [0; 2];
        self.dice.fill(&mut byte);
        u64::from(u16::from_le_bytes(byte)) % sides
    }

    /// A write is on its way: some load it at once, some as late as they may.
    fn announce(&mut self, to_mirror: bool) {
        let texts = if to_mirror { self.mirror.clone() } else { self.store.clone() };
        for at in 0..self.processes.len() {
            let delay = if self.roll(2) == 0 { self.roll(TICK) } else { PROPAGATION - self.roll(TICK) };
            let process = &mut self.processes[at];
            if process.reads_mirror == to_mirror {
                let after = process.coming.last().map_or(0, |(at, _)| *at);
                process.coming.push(((self.now + delay).max(after), texts.clone()));
            }
        }
    }

    fn write(&mut self, ring: Ring, change: Change) {
        let (_, writes) = self.dice.change(ring, change, self.now).unwrap();
        self.store.write(&writes);
        self.announce(false);
        self.mirror_away_until = self.now + self.roll(2) * (PROPAGATION + self.roll(2 * PROPAGATION));
    }

    fn write_mirror(&mut self, ring: &Ring) {
        if self.now < self.mirror_away_until {
            return;
        }
        self.mirror = self.store.clone();
        let holds = Some((ring.head.revision, ring.head.write));
        self.mirror_seen = MirrorSeen { holds, written: Timestamp(self.now), written_since: false };
        self.announce(true);
    }

    /// Each process signs and each one is asked to accept what is valid. `Some`: one refuses.
    fn serve(&mut self) -> Option<String> {
        for process in &mut self.processes {
            process.catch_up(self.now);
            self.live.insert(process.signing.clone(), self.now + LONGEST);
        }
        let valid = self.live.iter().filter(|(_, until)| **until > self.now).map(|(key, _)| key);
        let refuses = |key: &&String| self.processes.iter().any(|process| !process.accepted.contains(*key));
        valid.into_iter().find(refuses).map(|key| format!("{key} refused at {}", self.now))
    }

    fn step(&mut self, decide: Decide, goal: Goal) -> Next {
        let ring = self.store.ring();
        let mirrors = [self.mirror_seen];
        let decided = decide(
            goal,
            &Seen {
                now: Timestamp(self.now),
                ring: &ring,
                mirrors: &mirrors,
                undelivered: false,
                fleet: None,
            },
            &POLICY,
        );
        match decided {
            Next::Do(Step::Write(change)) => self.write(ring, change),
            Next::Do(Step::Mirror(_)) => self.write_mirror(&ring),
            Next::Do(Step::RaiseFloor(_)) | Next::WaitForFleet(_) => panic!("nobody reports"),
            Next::WaitUntil(_) | Next::Refuse(_) | Next::Done => {}
        }
        decided
    }

    /// Replaces three keys, one after the other. `Err`: somebody refused a valid signature.
    fn rotate(mut self, decide: Decide) -> Result<(), String> {
        for _ in 0..3 {
            let goal = Goal::Replace(self.store.ring().signing.facts.id);
            for _ in 0..1_000 {
                self.now += TICK;
                if self.roll(3) == 0 && self.step(decide, goal) == Next::Done {
                    break;
                }
                self.serve().map_or(Ok(()), Err)?;
            }
            assert_eq!(self.store.ring().phase(), Phase::Settled, "the rotation ends");
        }
        Ok(())
    }
}

/// How many of the fleets have a process that refuses a valid signature.
fn refusals(decide: Decide) -> usize {
    (1..=FLEETS).filter(|seed| Fleet::new(seed * 7_919).rotate(decide).is_err()).count()
}

#[test]
fn a_fleet_that_loads_late_refuses_nothing() {
    for seed in 1..=FLEETS {
        assert_eq!(Fleet::new(seed * 7_919).rotate(next), Ok(()));
    }
}

#[test]
fn a_rotation_without_the_stage_phase_is_caught() {
    fn swap(goal: Goal, seen: &Seen<'_>, policy: &Policy) -> Next {
        let staged = seen.ring.phase() == Phase::Staged;
        if staged { Next::Do(Step::Write(Change::Promote)) } else { next(goal, seen, policy) }
    }
    assert!(refusals(swap) > 35);
}

#[test]
fn retiring_early_is_caught() {
    fn hasty(goal: Goal, seen: &Seen<'_>, policy: &Policy) -> Next {
        next(goal, seen, &Policy { longest_signature: Span(LONGEST - PROPAGATION - 3 * TICK), ..*policy })
    }
    assert!(refusals(hasty) > 20);
}

#[test]
fn waiting_counted_from_the_wrong_moment_is_caught() {
    fn from_the_last_promotion(goal: Goal, seen: &Seen<'_>, policy: &Policy) -> Next {
        let since = seen.ring.signing.facts.since;
        match next(goal, seen, policy) {
            Next::WaitUntil(wait)
                if wait.change == Change::Promote && seen.now >= since + Span(PROPAGATION) =>
            {
                Next::Do(Step::Write(wait.change))
            }
            other => other,
        }
    }
    fn from_the_making_of_the_key(goal: Goal, seen: &Seen<'_>, policy: &Policy) -> Next {
        let made = seen.ring.signing.facts.made;
        match next(goal, seen, policy) {
            Next::WaitUntil(wait)
                if seen.ring.next.is_none() && seen.now >= made + Span(PROPAGATION + LONGEST) =>
            {
                Next::Do(Step::Write(wait.change))
            }
            other => other,
        }
    }
    assert!(refusals(from_the_last_promotion) > 35);
    assert!(refusals(from_the_making_of_the_key) > 8);
}

#[test]
fn waiting_counted_from_the_store_though_a_mirror_was_written_later_is_caught() {
    fn deaf(goal: Goal, seen: &Seen<'_>, policy: &Policy) -> Next {
        let early = MirrorSeen { written: Timestamp(0), ..seen.mirrors[0] };
        next(goal, &Seen { mirrors: &[early], ..*seen }, policy)
    }
    assert!(refusals(deaf) > 20);
}

#[test]
fn promoting_before_a_mirror_is_written_is_caught() {
    fn blind(goal: Goal, seen: &Seen<'_>, policy: &Policy) -> Next {
        let promote = next(goal, &Seen { mirrors: &[], ..*seen }, policy);
        let promotes = promote == Next::Do(Step::Write(Change::Promote));
        if promotes { promote } else { next(goal, seen, policy) }
    }
    assert!(refusals(blind) > 20);
}
