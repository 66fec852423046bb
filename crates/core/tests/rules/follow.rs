//! What has to follow a change, such as a restart of the processes, and did not.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Adoption, Change, Follow, Goal, Next, Policy, Ready, Refusal, Reporting, Ring, Seen, Step, Wait, next,
    ready,
};

use crate::cupboard::{Cupboard, Dice};

const POLICY: Policy = Policy {
    propagation: Some(Span(60)),
    longest_signature: Span(1_000),
    slowest_write: Span(0),
    stale: Span(0),
    follows: true,
    encrypts: false,
    fleet: Reporting::None,
};

/// A ring that was staged at 2,000, and what was remembered of it at 2,010 then.
fn staged(follow: Option<Follow>) -> Ring {
    let (mut cupboard, mut dice) = (Cupboard::default(), Dice(7));
    let (ring, writes) = dice.stamped(1_000, |stamp| Adoption::nothing().begin(stamp));
    cupboard.write(&writes);
    let (ring, writes) = dice.change(ring, Change::Stage, 2_000).unwrap();
    cupboard.write(&writes);
    if let Some(follow) = follow {
        let keys = (cupboard.signing.clone(), cupboard.fallbacks.clone());
        let (_, writes) = dice.stamped(2_010, |stamp| ring.remember(follow, stamp));
        cupboard.write(&writes);
        assert_eq!((cupboard.signing.clone(), cupboard.fallbacks.clone()), keys);
    }
    cupboard.ring()
}

fn seen(ring: &Ring, now: u64) -> Seen<'_> {
    Seen { now: Timestamp(now), ring, mirrors: &[], undelivered: false, fleet: None }
}

#[test]
fn nothing_that_counts_on_it_goes_on_until_it_did() {
    let ring = staged(Some(Follow::Due));
    let long_after = seen(&ring, 1_000_000);
    assert_eq!(ready(Change::Promote, &long_after, &POLICY), Ready::Refused(Refusal::NotFollowed));
    assert_eq!(next(Goal::Settle, &long_after, &POLICY), Next::Refuse(Refusal::NotFollowed));
}

#[test]
fn what_takes_back_or_cuts_off_waits_for_nothing() {
    let ring = staged(Some(Follow::Due));
    for change in [Change::Abort, Change::Revoke(ring.signing.facts.id), Change::RevokeAll] {
        assert_eq!(ready(change, &seen(&ring, 2_011), &POLICY), Ready::Now);
    }
    assert_eq!(next(Goal::Abort, &seen(&ring, 2_011), &POLICY), Next::Do(Step::Write(Change::Abort)));
}

#[test]
fn the_wait_counts_from_when_it_was_made_good() {
    let at_once = Wait { until: Timestamp(2_060), change: Change::Promote };
    let ring = staged(None);
    assert_eq!(next(Goal::Settle, &seen(&ring, 2_020), &POLICY), Next::WaitUntil(at_once));
    let ring = staged(Some(Follow::Late(Timestamp(2_010))));
    let late = Wait { until: Timestamp(2_070), change: Change::Promote };
    assert_eq!(next(Goal::Settle, &seen(&ring, 2_020), &POLICY), Next::WaitUntil(late));
}

#[test]
fn the_next_change_has_its_own_to_be_followed_by() {
    let ring = staged(Some(Follow::Due));
    let (ring, _) = Dice(9).change(ring, Change::Abort, 2_020).unwrap();
    assert_eq!(ring.head.follow, None);
}
