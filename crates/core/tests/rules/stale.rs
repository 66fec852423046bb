//! A fleet whose processes may start with a copy of the ring from before a write, and keep it until they are restarted.

use std::collections::{BTreeMap, BTreeSet};

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Adoption, Change, Follow, Goal, Next, Phase, Policy, Ready, Reporting, Ring, Seen, Step, Writes,
    is_follow_due, next, ready, under_way,
};

use crate::cupboard::{Cupboard, Dice};

const PROPAGATION: u64 = 60;
const STALE: u64 = 200;
const LONGEST: u64 = 300;
const TICK: u64 = 5;
const FLEETS: u64 = 12;
const POLICY: Policy = Policy {
    propagation: Some(Span(PROPAGATION)),
    longest_signature: Span(LONGEST),
    slowest_write: Span(0),
    stale: Span(STALE),
    follows: true,
    encrypts: false,
    fleet: Reporting::None,
};

/// What a process has loaded, and when it is restarted next.
struct Process {
    signing: String,
    accepted: BTreeSet<String>,
    restart: Option<u64>,
}

impl Process {
    fn started(texts: &Cupboard) -> Self {
        let accepted = texts.fallbacks.as_ref().unwrap().split(',').map(str::to_owned).collect();
        Self { signing: texts.signing.clone().unwrap(), accepted, restart: None }
    }
}

struct Fleet {
    now: u64,
    dice: Dice,
    /// What the store held, and from when on.
    history: Vec<(u64, Cupboard)>,
    processes: Vec<Process>,
    live: BTreeMap<String, u64>,
}

impl Fleet {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut store = Cupboard::default();
        store.write(&dice.stamped(1, |stamp| Adoption::nothing().begin(stamp)).1);
        let process = |_| Process::started(&store);
        let processes = (0..6).map(process).collect();
        Self { now: 10_000, dice, history: vec![(0, store)], processes, live: BTreeMap::new() }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        let mut bytes = [0; 2];
        self.dice.fill(&mut bytes);
        u64::from(u16::from_le_bytes(bytes)) % sides
    }

    fn store(&self) -> Cupboard {
        self.history.last().unwrap().1.clone()
    }

    /// What a process starts with: what the store holds, or a copy that is not too old.
    fn found(&mut self) -> Cupboard {
        let read = self.now - if self.roll(2) == 0 { 0 } else { self.roll(STALE) };
        self.history.iter().rev().find(|(from, _)| *from <= read).unwrap().1.clone()
    }

    /// After-write: each process is restarted, in its time.
    fn follow(&mut self) {
        for at in 0..self.processes.len() {
            self.processes[at].restart = Some(self.now + self.roll(PROPAGATION - TICK));
        }
    }

    /// Some processes start by themselves, without being told to.
    fn start(&mut self) {
        for at in 0..self.processes.len() {
            let later = self.processes[at].restart.filter(|moment| *moment > self.now);
            let is_told = later != self.processes[at].restart;
            if is_told || self.roll(40) == 0 {
                self.processes[at] = Process { restart: later, ..Process::started(&self.found()) };
            }
        }
    }

    fn write(&mut self, make: impl FnOnce(Ring, &mut Dice, u64) -> Writes) {
        let mut store = self.store();
        store.write(&make(store.ring(), &mut self.dice, self.now));
        self.history.push((self.now, store));
    }

    fn step(&mut self, policy: &Policy) -> bool {
        let ring = self.store().ring();
        let seen =
            Seen { now: Timestamp(self.now), ring: &ring, mirrors: &[], undelivered: false, fleet: None };
        if is_follow_due(&seen, policy) {
            self.follow();
            let late = Follow::Late(Timestamp(self.now));
            self.write(|ring, dice, now| dice.stamped(now, |stamp| ring.remember(late, stamp)).1);
            return false;
        }
        let goal = under_way(&seen, policy).map_or(Goal::Replace(ring.signing.facts.id), |_| Goal::Settle);
        let Next::Do(Step::Write(change)) = next(goal, &seen, policy) else { return false };
        self.write(|ring, dice, now| dice.change(ring, change, now).unwrap().1);
        self.follow();
        self.store().ring().phase() == Phase::Settled
    }

    /// `Some`: a valid signature is refused.
    fn serve(&mut self) -> Option<String> {
        self.start();
        for process in &self.processes {
            self.live.insert(process.signing.clone(), self.now + LONGEST);
        }
        let valid = self.live.iter().filter(|(_, until)| **until > self.now).map(|(key, _)| key);
        let refuses = |key: &&String| self.processes.iter().any(|process| !process.accepted.contains(*key));
        valid.into_iter().find(refuses).map(|key| format!("{key} refused at {}", self.now))
    }

    fn rotate(mut self, policy: &Policy) -> Result<(), String> {
        let mut rotations = 0;
        for _ in 0..2_000 {
            self.now += TICK;
            if self.roll(3) == 0 && self.step(policy) {
                rotations += 1;
            }
            self.serve().map_or(Ok(()), Err)?;
        }
        assert!(rotations > 2, "rotations end");
        Ok(())
    }
}

fn refusals(policy: &Policy) -> usize {
    (1..=FLEETS).filter(|seed| Fleet::new(seed * 7_919).rotate(policy).is_err()).count()
}

#[test]
fn what_started_with_a_copy_from_before_a_write_refuses_nothing() {
    for seed in 1..=FLEETS {
        assert_eq!(Fleet::new(seed * 7_919).rotate(&POLICY), Ok(()));
    }
}

#[test]
fn waiting_for_the_span_without_a_restart_after_it_is_caught() {
    assert!(refusals(&Policy { follows: false, ..POLICY }) > 8);
}

#[test]
fn a_copy_that_is_not_waited_for_is_caught() {
    assert!(refusals(&Policy { stale: Span(0), ..POLICY }) > 8);
    assert!(refusals(&Policy { stale: Span(STALE / 2), ..POLICY }) > 2);
}

#[test]
fn what_follows_follows_once_more_when_nobody_starts_with_an_old_copy_any_more() {
    let mut fleet = Fleet::new(7);
    assert!(!fleet.step(&POLICY));
    let ring = fleet.store().ring();
    let change = |now| {
        ready(
            Change::Promote,
            &Seen { now: Timestamp(now), ring: &ring, mirrors: &[], undelivered: false, fleet: None },
            &POLICY,
        )
    };
    assert_eq!(change(10_001), Ready::FollowAgain(Timestamp(10_200)));
    let nothing_follows = Policy { follows: false, ..POLICY };
    let seen = Seen { now: Timestamp(10_001), ring: &ring, mirrors: &[], undelivered: false, fleet: None };
    assert_eq!(ready(Change::Promote, &seen, &nothing_follows), Ready::At(Timestamp(10_260)));
    fleet.now = 10_200;
    assert!(!fleet.step(&POLICY));
    assert!(!is_follow_due(&Seen { ring: &fleet.store().ring(), ..seen }, &POLICY));
    let ring = fleet.store().ring();
    let seen = Seen { now: Timestamp(10_201), ring: &ring, mirrors: &[], undelivered: false, fleet: None };
    assert_eq!(ready(Change::Promote, &seen, &POLICY), Ready::At(Timestamp(10_260)));
}
