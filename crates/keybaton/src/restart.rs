//! What is told of processes that have to be restarted: when, why, and by what.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Change, Policy, Reporting, Ring};

use crate::clock::{now, shown};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::rotation::{plus, price};
use crate::wording;

/// What makes the processes load the ring.
pub(crate) fn restart(opened: &Opened) -> String {
    let Policy { follows, stale, slowest_write, .. } = opened.policy;
    let now = restart_now(opened);
    if follows || stale == Span(0) {
        return now.to_owned();
    }
    format!("{now}, and once more {} later (offline)", plus(stale, slowest_write))
}

/// The same after a revocation, which says by itself until when a copy may be used.
pub(crate) fn restart_now(opened: &Opened) -> &'static str {
    if opened.policy.follows || are_restarted(opened) {
        "see that every process is restarted"
    } else {
        "restart every process"
    }
}

/// Waiting for time alone would be no rotation in steps: nobody could restart anything in between.
pub(crate) fn no_time_to_restart(opened: &Opened) -> Option<Failure> {
    let (why, hint) = match opened.policy {
        // They are waited for.
        Policy { fleet: Reporting::All, .. } => return None,
        Policy { propagation: Some(Span(0)), .. } => (
            "propagation is 0s, so --wait would promote before any process was restarted",
            "leave --wait out and restart between the steps, or write in keybaton.toml how long a restart takes",
        ),
        Policy { stale: Span(1..), follows: false, .. } => (
            "a process that starts with a copy (offline) has to be restarted once more, and --wait would not wait for that",
            "write in keybaton.toml with after-write what restarts the processes, or leave --wait out and restart them",
        ),
        _ => return None,
    };
    Some(Failure::new(Exit::Refused, format!("{}: {why}", opened.name())).hint(hint))
}

/// Whether the write itself restarts whoever reads the ring, wherever that is.
fn are_restarted(opened: &Opened) -> bool {
    let mut places = std::iter::once(&opened.places.store).chain(&opened.places.mirrors);
    places.all(|place| place.store.restarts())
}

/// Processes that were told of nothing would be left behind by the next step.
pub(crate) fn not_followed(opened: &Opened, ring: &Ring) -> Failure {
    let sentence = format!("{}: after-write is due: {}", opened.name(), why_due(ring));
    Failure::new(Exit::Refused, sentence).hint(follows(opened))
}

/// Why after-write is due.
pub(crate) fn why_due(ring: &Ring) -> &'static str {
    match ring.head.is_follow_due() {
        true => "it failed after the last write, or the ring came back from a copy",
        false => "a process that started after the last write may have started with a copy from before it",
    }
}

/// What makes it good that after-write is due.
pub(crate) fn follows(opened: &Opened) -> String {
    match opened.place.after_write {
        Some(_) => format!("`{}` runs it, and goes on", opened.again("rotate --continue")),
        None => "keybaton.toml says what has to follow a write: name its environment with -e; without one, restart every \
                 process, and say --force --reason \"…\" to the next step"
            .to_owned(),
    }
}

/// The step waits for processes that may still start with a copy from before the last one.
pub(crate) fn before_restart(opened: &Opened, step: Change, ring: &Ring, moment: Timestamp) -> Failure {
    let sentence = format!(
        "too early to {}: until {} a process may start with an older copy, and after-write runs again then",
        wording::name(step),
        shown(moment, now())
    );
    Failure::new(Exit::Refused, sentence)
        .because(price(opened, step, ring))
        .hint("wait, or say --force --reason \"…\" if no process started while the store was away")
}

/// A process that starts with a copy keeps what stands there until it is restarted.
pub(crate) fn caution_of_copies(opened: &Opened) -> Option<String> {
    let Span(stale) = opened.policy.stale;
    let is_by_hand = stale > 0 && !opened.policy.follows;
    is_by_hand.then(|| {
        format!(
            "offline: for {} after each step a process may start with a copy from before it, and keeps that: restart every \
             process once more then",
            opened.policy.stale
        )
    })
}
