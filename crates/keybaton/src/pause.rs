//! What `rotate --wait` waits for, and how.

use std::time::Duration;

use keybaton_core::time::Timestamp;
use keybaton_core::{Goal, Next, Refusal, next};
use keybaton_handover::{Advance, Around, FleetErrorKind, Reported};

use crate::awaited::lines;
use crate::clock::{now, shown};
use crate::commands::World;
use crate::exit::Exit;
use crate::interrupt::{Interrupt, Waited};
use crate::opened::Opened;
use crate::random;
use crate::report;

/// What a run waits for before it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    Until(Timestamp),
    /// What the processes report.
    Fleet,
}

impl Pause {
    /// What there is to wait for; nothing where waiting mends nothing.
    pub(crate) fn before(then: Next, around: &Around) -> Option<Self> {
        match then {
            Next::WaitUntil(wait) => Some(Self::Until(wait.until)),
            Next::Do(_) => Some(Self::Until(now())),
            _ if waits_for_fleet(then, around) => Some(Self::Fleet),
            Next::WaitForFleet(_) | Next::Refuse(_) | Next::Done => None,
        }
    }
}

/// Processes may yet report; a database may come back.
fn waits_for_fleet(then: Next, around: &Around) -> bool {
    match then {
        Next::WaitForFleet(_) | Next::Refuse(Refusal::NobodyReports) => true,
        Next::Refuse(Refusal::NotAsked) => {
            around.not_asked.as_ref().is_some_and(|error| error.kind == FleetErrorKind::Unreachable)
        }
        _ => false,
    }
}

/// Waits for a moment. `Some`: Ctrl-C or the time limit came first.
pub(crate) fn until(
    world: &World<'_>,
    interrupt: &Interrupt,
    moment: Timestamp,
    deadline: Option<Timestamp>,
) -> Option<Exit> {
    let end = deadline.map_or(moment, |deadline| deadline.min(moment));
    world.print.note(&format!("waiting until {}", shown(end, now())));
    while now() < end {
        let left = end.since(now());
        if interrupt.wait(Duration::from_secs(left.0.min(60))) == Waited::Interrupted {
            return Some(Exit::Interrupted);
        }
    }
    if interrupt.came() {
        return Some(Exit::Interrupted);
    }
    (end < moment).then_some(Exit::TimedOut)
}

/// Asks the processes again and again until there is something to do. The store is not read meanwhile. `Some`: Ctrl-C or the
/// time limit came first.
pub(crate) fn for_the_fleet(
    world: &World<'_>,
    opened: &Opened,
    interrupt: &Interrupt,
    goal: Goal,
    turn: &mut Advance,
    deadline: Option<Timestamp>,
) -> Option<Exit> {
    let mut told = String::new();
    while waits_for_fleet(turn.then, &turn.around) {
        tell(world, waited_for(opened, turn), &mut told);
        if interrupt.wait(between()) == Waited::Interrupted {
            return Some(Exit::Interrupted);
        }
        if deadline.is_some_and(|deadline| now() >= deadline) {
            return Some(Exit::TimedOut);
        }
        let Reported { beats, not_asked } = opened.places.reported();
        (turn.around.fleet, turn.around.not_asked) = (beats, not_asked);
        let ring = &turn.standing.ring;
        turn.then = next(goal, &turn.around.seen(ring, now()), &opened.policy);
    }
    None
}

/// At first, then whenever it changes where a person sees it.
fn tell(world: &World<'_>, text: String, told: &mut String) {
    if told.is_empty() || (text != *told && world.print.talk_goes_to_a_terminal()) {
        world.print.note(&format!("waiting: {text}"));
        *told = text;
    }
}

fn waited_for(opened: &Opened, turn: &Advance) -> String {
    let Advance { standing, around, then, .. } = turn;
    match (then, &around.not_asked) {
        (Next::WaitForFleet(change), _) => {
            let awaits = report::awaits(*change, &around.seen(&standing.ring, now()), &opened.policy);
            lines(&awaits, now()).join("; ")
        }
        (_, Some(error)) => error.to_string(),
        (_, None) => "no process reports which keys it uses".to_owned(),
    }
}

/// A few seconds, and never the same: several who wait do not ask all at once.
fn between() -> Duration {
    let mut byte = [0];
    random::fill(&mut byte);
    Duration::from_millis(3_000 + u64::from(byte[0]) * 8)
}
