//! A write that has not reached those who read it, as a store knows: a release that failed, or is not out yet.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Adoption, Change, Goal, Next, Policy, Ready, Refusal, Reporting, Ring, Seen, Step, Wait, next, ready,
};

use crate::cupboard::Dice;

const POLICY: Policy = Policy {
    propagation: Some(Span(60)),
    longest_signature: Span(1_000),
    slowest_write: Span(0),
    stale: Span(0),
    follows: true,
    encrypts: false,
    fleet: Reporting::None,
};

/// A ring, with these changes made at 2,000.
fn ring(changes: &[Change]) -> Ring {
    let mut dice = Dice(7);
    let (mut ring, _) = dice.stamped(1_000, |stamp| Adoption::nothing().begin(stamp));
    for change in changes {
        (ring, _) = dice.change(ring, *change, 2_000).unwrap();
    }
    ring
}

fn seen(ring: &Ring, now: u64) -> Seen<'_> {
    Seen { now: Timestamp(now), ring, mirrors: &[], undelivered: true, fleet: None }
}

#[test]
fn neither_a_promotion_nor_a_retirement_goes_on_from_what_no_process_has() {
    let staged = ring(&[Change::Stage]);
    let promoted = ring(&[Change::Stage, Change::Promote]);
    let old = promoted.retiring[0].key.facts.id;
    for (ring, change) in [(&staged, Change::Promote), (&promoted, Change::Retire(old))] {
        let long_after = seen(ring, 1_000_000);
        assert_eq!(ready(change, &long_after, &POLICY), Ready::Refused(Refusal::Undelivered));
        for goal in [Goal::Settle, Goal::Replace(ring.signing.facts.id)] {
            assert_eq!(next(goal, &long_after, &POLICY), Next::Refuse(Refusal::Undelivered));
        }
        let delivered = Seen { undelivered: false, ..long_after };
        assert_eq!(ready(change, &delivered, &POLICY), Ready::Now);
    }
}

#[test]
fn until_a_step_is_safe_there_is_time_to_get_there() {
    let ring = ring(&[Change::Stage]);
    let wait = Wait { until: Timestamp(2_060), change: Change::Promote };
    assert_eq!(next(Goal::Settle, &seen(&ring, 2_059), &POLICY), Next::WaitUntil(wait));
}

#[test]
fn what_begins_takes_back_or_cuts_off_waits_for_nothing() {
    let settled = ring(&[]);
    assert_eq!(ready(Change::Stage, &seen(&settled, 2_001), &POLICY), Ready::Now);
    let staged = ring(&[Change::Stage]);
    let signing = staged.signing.facts.id;
    for change in [Change::Abort, Change::Revoke(signing), Change::RevokeAll] {
        assert_eq!(ready(change, &seen(&staged, 2_001), &POLICY), Ready::Now);
    }
    for (goal, change) in [(Goal::Abort, Change::Abort), (Goal::Revoke(signing), Change::Revoke(signing))] {
        assert_eq!(next(goal, &seen(&staged, 2_001), &POLICY), Next::Do(Step::Write(change)));
    }
}
