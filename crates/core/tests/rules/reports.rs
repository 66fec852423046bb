//! Every order in which two processes that report, and whoever rotates, can take their steps: no process that serves ever
//! refuses what another one signs. Processes start late with an old ring, sleep longer than their lease, and are killed;
//! whoever rotates takes any silent one for gone.

use std::collections::{BTreeSet, VecDeque};

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Beat, Beats, Change, Floor, Goal, Mark, Next, Policy, Reporting, Revision, Ring, Seen, Step, next,
};

use crate::cupboard::{Cupboard, Dice};

const POLICY: Policy = Policy {
    propagation: None,
    longest_signature: Span(0),
    slowest_write: Span(0),
    stale: Span(0),
    follows: true,
    encrypts: false,
    fleet: Reporting::All,
};
const RETIRED: usize = 3;

/// What a process does not do that it should, and what whoever rotates does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    ServesBelowTheFloor,
    ServesBeforeItsFirstBeat,
    ForgetsItsLease,
    RaisesNoFloor,
    DoesNotLookAgain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Does {
    Nothing,
    /// It has the ring, and has said so to nobody.
    Starts,
    /// It has written its row, and not read the floor.
    Beats,
    Serves,
    /// It is below the floor.
    Refuses,
    /// It is stopped in its tracks, for longer than the lease.
    Sleeps,
}

/// A row: the ring that it tells of, and whether its process has fallen silent.
type Row = Option<(usize, bool)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Process {
    does: Does,
    ring: usize,
    row: Row,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Writer {
    Idle,
    /// Has read the floor, and not the rows.
    Looks(u64),
    Writes,
    Raises(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    processes: [Process; 2],
    /// What a process left that was killed.
    left: Row,
    store: usize,
    floor: u64,
    writer: Writer,
}

struct Model {
    /// Settled, staged, promoted, retired.
    rings: Vec<Ring>,
    flaw: Flaw,
}

impl Model {
    fn new(flaw: Flaw) -> Self {
        let mut dice = Dice(7);
        let mut store = Cupboard::default();
        store.write(&dice.stamped(1, |stamp| keybaton_core::Adoption::nothing().begin(stamp)).1);
        let mut rings = vec![store.ring()];
        let old = rings[0].signing.facts.id;
        for change in [Change::Stage, Change::Promote, Change::Retire(old)] {
            store.write(&dice.change(store.ring(), change, 1).unwrap().1);
            rings.push(store.ring());
        }
        Self { rings, flaw }
    }

    fn revision(&self, ring: usize) -> u64 {
        self.rings[ring].head.revision.0
    }

    fn signs(&self, ring: usize) -> Mark {
        self.rings[ring].signing.facts.mark
    }

    fn accepts(&self, ring: usize) -> Vec<Mark> {
        self.rings[ring].accepted().iter().map(|key| key.facts.mark).collect()
    }

    fn serves(&self, process: &Process) -> bool {
        let early = self.flaw == Flaw::ServesBeforeItsFirstBeat && process.does == Does::Starts;
        process.does == Does::Serves || early
    }

    /// Whether one that serves refuses what another one signs.
    fn is_broken(&self, world: &World) -> bool {
        let serving = || world.processes.iter().filter(|process| self.serves(process));
        serving().any(|a| serving().any(|b| !self.accepts(b.ring).contains(&self.signs(a.ring))))
    }

    fn beats(&self, floor: u64, rows: [Row; 3]) -> Beats {
        let head = &self.rings[0].head;
        let beat = |(ring, is_silent): (usize, bool)| Beat {
            process: "".into(),
            ring: Some(head.id),
            revision: self.rings[ring].head.revision,
            signs: self.signs(ring),
            accepts: self.accepts(ring),
            holds: Vec::new(),
            role: "web".into(),
            host: "a1".into(),
            started: Timestamp(0),
            seen: Timestamp(if is_silent { 0 } else { 1_000 }),
            given_up: is_silent,
        };
        Beats {
            now: Timestamp(1_000),
            lease: Span(60),
            beats: rows.into_iter().flatten().map(beat).collect(),
            floors: vec![Floor { ring: head.id, revision: Revision(floor), raised: Timestamp(0) }],
            ..Beats::default()
        }
    }

    fn decide(&self, world: &World, floor: u64, rows: [Row; 3]) -> Writer {
        let beats = self.beats(floor, rows);
        let goal = Goal::Replace(self.rings[0].signing.facts.id);
        let ring = &self.rings[world.store];
        let now = Timestamp(1_000);
        match next(goal, &Seen { now, ring, mirrors: &[], undelivered: false, fleet: Some(&beats) }, &POLICY)
        {
            Next::Do(Step::Write(_)) => Writer::Writes,
            Next::Do(Step::RaiseFloor(_)) if self.flaw == Flaw::RaisesNoFloor => Writer::Writes,
            Next::Do(Step::RaiseFloor(to)) => Writer::Raises(to.0),
            Next::WaitForFleet(_) | Next::Refuse(_) | Next::Done => Writer::Idle,
            other => panic!("{other:?}"),
        }
    }

    /// What whoever rotates does next.
    fn write(&self, world: World) -> World {
        let rows = [world.processes[0].row, world.processes[1].row, world.left];
        let writer = match world.writer {
            Writer::Idle => Writer::Looks(world.floor),
            Writer::Looks(floor) => self.decide(&world, floor, rows),
            Writer::Writes => return World { store: world.store + 1, writer: Writer::Idle, ..world },
            Writer::Raises(to) => {
                let writer = if self.flaw == Flaw::DoesNotLookAgain { Writer::Writes } else { Writer::Idle };
                return World { floor: to.max(world.floor), writer, ..world };
            }
        };
        World { writer, ..world }
    }

    /// All that one process may do next; with each what is left of it where it is killed.
    fn live(&self, world: &World, process: Process) -> Vec<(Process, Row)> {
        let Process { does, ring, row } = process;
        let is_late = self.revision(ring) < world.floor && self.flaw != Flaw::ServesBelowTheFloor;
        let told = Process { does: if is_late { Does::Refuses } else { Does::Serves }, ..process };
        let off = Process { does: Does::Nothing, ring: 0, row: None };
        let woken = if self.flaw == Flaw::ForgetsItsLease { Does::Serves } else { Does::Starts };
        let mut after = match does {
            Does::Nothing => vec![Process { does: Does::Starts, ring: world.store, row: None }],
            Does::Starts => vec![Process { does: Does::Beats, row: Some((ring, false)), ..process }, off],
            Does::Beats => vec![told],
            Does::Serves => {
                let asleep =
                    Process { does: Does::Sleeps, row: row.map(|(ring, _)| (ring, true)), ..process };
                let reloaded = Process { ring: world.store, ..process };
                vec![told, off, asleep, reloaded, Process { row: Some((ring, false)), ..process }]
            }
            Does::Refuses => vec![off],
            Does::Sleeps => vec![Process { does: woken, ..process }],
        };
        after.retain(|next| *next != process);
        let alive = after.into_iter().map(|process| (process, world.left));
        let killed = row.filter(|_| does != Does::Nothing).map(|(ring, _)| (off, Some((ring, true))));
        alive.chain(killed).collect()
    }

    fn after(&self, world: World) -> Vec<World> {
        let mut worlds = vec![];
        if world.store < RETIRED {
            worlds.push(self.write(world));
        }
        for at in 0..2 {
            for (process, left) in self.live(&world, world.processes[at]) {
                let mut next = World { left, ..world };
                next.processes[at] = process;
                worlds.push(next);
            }
        }
        worlds
    }

    /// Looks at every world that can come: whether one is broken, and whether a rotation can come to its end.
    fn explore(&self) -> (bool, bool) {
        let up = Process { does: Does::Serves, ring: 0, row: Some((0, false)) };
        let first = World { processes: [up; 2], left: None, store: 0, floor: 0, writer: Writer::Idle };
        let (mut seen, mut coming) = (BTreeSet::from([first]), VecDeque::from([first]));
        let mut ends = false;
        while let Some(world) = coming.pop_front() {
            if self.is_broken(&world) {
                return (true, ends);
            }
            ends |= world.store == RETIRED;
            coming.extend(self.after(world).into_iter().filter(|next| seen.insert(*next)));
        }
        (false, ends)
    }
}

#[test]
fn in_whatever_order_it_comes_nobody_who_serves_refuses_what_another_one_signs() {
    assert_eq!(Model::new(Flaw::None).explore(), (false, true));
}

#[test]
fn each_part_of_the_protocol_is_needed() {
    for flaw in [
        Flaw::ServesBelowTheFloor,
        Flaw::ServesBeforeItsFirstBeat,
        Flaw::ForgetsItsLease,
        Flaw::RaisesNoFloor,
        Flaw::DoesNotLookAgain,
    ] {
        assert!(Model::new(flaw).explore().0, "{flaw:?}");
    }
}
