//! Steps that wait for what the processes report.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Adoption, Beat, Beats, Change, Floor, Follow, Goal, Hindrance, Mark, Next, Policy, Pulse, Ready, Refusal,
    Reporting, Revision, Ring, RingId, Seen, Step, awaited, is_follow_due, next, ready,
};

use crate::cupboard::{Cupboard, Dice};

const NOW: u64 = 100_000;
/// The clock of the database is ten minutes ahead.
const AHEAD: u64 = 600;
const POLICY: Policy = Policy {
    propagation: Some(Span(120)),
    longest_signature: Span(10_000),
    slowest_write: Span(0),
    stale: Span(0),
    follows: true,
    encrypts: false,
    fleet: Reporting::All,
};

/// A ring after these changes, the last of them made at `at`.
fn ring(changes: &[Change], at: u64) -> Ring {
    let (mut dice, mut store) = (Dice(5), Cupboard::default());
    store.write(&dice.stamped(1, |stamp| Adoption::nothing().begin(stamp)).1);
    for change in changes {
        store.write(&dice.change(store.ring(), *change, at).unwrap().1);
    }
    store.ring()
}

fn staged(at: u64) -> Ring {
    ring(&[Change::Stage], at)
}

fn promoted(at: u64) -> (Ring, Change) {
    let ring = ring(&[Change::Stage, Change::Promote], at);
    let retire = Change::Retire(ring.retiring[0].key.facts.id);
    (ring, retire)
}

/// A process that has the ring as it is, and has said so so long ago.
fn beat(ring: &Ring, silent: u64) -> Beat {
    Beat {
        process: "0a".into(),
        ring: Some(ring.head.id),
        revision: ring.head.revision,
        signs: ring.signing.facts.mark,
        accepts: ring.accepted().iter().map(|key| key.facts.mark).collect(),
        holds: Vec::new(),
        role: "web".into(),
        host: "a1".into(),
        started: Timestamp(0),
        seen: Timestamp(NOW + AHEAD - silent),
        given_up: false,
    }
}

/// The same with the ring of before the promotion.
fn old_beat(ring: &Ring, silent: u64) -> Beat {
    Beat { revision: Revision(1), signs: ring.retiring[0].key.facts.mark, ..beat(ring, silent) }
}

fn refusing(ring: &Ring, silent: u64) -> Beat {
    Beat { revision: Revision(1), accepts: vec![ring.signing.facts.mark], ..beat(ring, silent) }
}

fn beats(beats: Vec<Beat>) -> Beats {
    Beats { now: Timestamp(NOW + AHEAD), lease: Span(60), beats, ..Beats::default() }
}

/// The floor is at a revision since so long.
fn floored(beats: Beats, ring: &Ring, revision: u64, ago: u64) -> Beats {
    let (revision, raised) = (Revision(revision), Timestamp(NOW + AHEAD - ago));
    Beats { floors: vec![Floor { ring: ring.head.id, revision, raised }], ..beats }
}

fn seen<'a>(ring: &'a Ring, beats: &'a Beats) -> Seen<'a> {
    Seen { now: Timestamp(NOW), ring, mirrors: &[], undelivered: false, fleet: Some(beats) }
}

fn pulses<'a>(
    change: Change,
    ring: &'a Ring,
    beats: &'a Beats,
    policy: &Policy,
) -> Vec<(Hindrance<'a>, Pulse)> {
    awaited(change, &seen(ring, beats), policy).iter().map(|awaited| (awaited.why, awaited.pulse)).collect()
}

#[test]
fn promote_waits_for_each_process_then_for_the_floor_and_for_no_time() {
    let ring = staged(NOW);
    let decide = |beats: &Beats| next(Goal::Settle, &seen(&ring, beats), &POLICY);
    let both = beats(vec![beat(&ring, 5), refusing(&ring, 5)]);
    assert_eq!(decide(&both), Next::WaitForFleet(Change::Promote));
    let all = beats(vec![beat(&ring, 5)]);
    assert_eq!(decide(&all), Next::Do(Step::RaiseFloor(ring.head.revision)));
    assert_eq!(decide(&floored(all, &ring, ring.head.revision.0, 0)), Next::Do(Step::Write(Change::Promote)));
    // One that comes once the floor is raised is seen by the look that follows.
    assert_eq!(decide(&floored(both, &ring, ring.head.revision.0, 0)), Next::WaitForFleet(Change::Promote));
}

#[test]
fn retire_waits_for_whoever_signs_with_the_old_key_or_holds_it_then_for_its_signatures() {
    let (ring, retire) = promoted(1_000);
    let now = |beats: &Beats| ready(retire, &seen(&ring, beats), &POLICY);
    let holding = Beat { holds: vec!["simplejwt".into()], ..beat(&ring, 5) };
    let waiting = beats(vec![beat(&ring, 5), old_beat(&ring, 5), holding]);
    assert_eq!(now(&waiting), Ready::AfterFleet);
    assert_eq!(
        pulses(retire, &ring, &waiting, &POLICY),
        [(Hindrance::Signs, Pulse::Lives), (Hindrance::Holds, Pulse::Lives)]
    );
    let fresh = || beats(vec![beat(&ring, 5)]);
    let revision = ring.head.revision;
    assert_eq!(now(&fresh()), Ready::AfterFloor(revision));
    // That the promotion was long ago says nothing: what signed last counts.
    assert_eq!(now(&floored(fresh(), &ring, revision.0, 400)), Ready::At(Timestamp(NOW + 9_600)));
    assert_eq!(now(&floored(fresh(), &ring, revision.0, 10_000)), Ready::Now);
    // One that was killed after the floor was raised has signed as long as it may have lived.
    let killed = beats(vec![beat(&ring, 5), old_beat(&ring, 1_000)]);
    assert_eq!(now(&floored(killed, &ring, revision.0, 10_000)), Ready::At(Timestamp(NOW + 9_120)));
}

#[test]
fn a_silent_process_is_gone_after_the_propagation_from_the_write_and_from_its_last_beat() {
    for (written, silent, propagation, expected) in [
        (1_000, 60, Some(120), Some(Pulse::Lives)),
        (1_000, 61, Some(120), Some(Pulse::Lapsed(Some(Timestamp(NOW + 59))))),
        (1_000, 120, Some(120), None),
        // Written a minute ago, and killed an hour ago.
        (NOW - 60, 3_600, Some(120), Some(Pulse::Lapsed(Some(Timestamp(NOW + 60))))),
        (NOW - 120, 3_600, Some(120), None),
        (1_000, 3_600, None, Some(Pulse::Lapsed(None))),
    ] {
        let ring = staged(written);
        let policy = Policy { propagation: propagation.map(Span), ..POLICY };
        let reported = beats(vec![beat(&ring, 5), refusing(&ring, silent)]);
        let expected: Vec<_> = expected.into_iter().map(|pulse| (Hindrance::Refuses, pulse)).collect();
        assert_eq!(pulses(Change::Promote, &ring, &reported, &policy), expected, "{silent} of {written}");
    }
}

#[test]
fn the_operators_word_holds_for_silent_processes_alone() {
    let ring = staged(NOW);
    let policy = Policy { propagation: None, ..POLICY };
    for (silent, left) in [(61, 0), (59, 1)] {
        let mut reported =
            beats(vec![beat(&ring, 5), Beat { process: "0b".into(), ..refusing(&ring, silent) }]);
        reported.give_up(&["0b".into(), "0c".into()]);
        assert_eq!(awaited(Change::Promote, &seen(&ring, &reported), &policy).len(), left);
    }
}

#[test]
fn nobody_is_no_proof_and_neither_are_the_dead_or_the_processes_of_another_ring() {
    let ring = staged(1_000);
    let foreign = Beat { ring: "00000000000000000000".parse().ok(), ..refusing(&ring, 5) };
    let unreadable = Beat { ring: None, ..refusing(&ring, 5) };
    for silence in [vec![], vec![beat(&ring, 3_600)], vec![foreign.clone(), unreadable]] {
        let silence = floored(beats(silence), &ring, 9, 0);
        let decided = ready(Change::Promote, &seen(&ring, &silence), &POLICY);
        assert_eq!(decided, Ready::Refused(Refusal::NobodyReports));
    }
    let both = floored(beats(vec![foreign, beat(&ring, 5)]), &ring, 9, 0);
    assert_eq!(both.foreign(ring.head.id), 1);
    assert_eq!(ready(Change::Promote, &seen(&ring, &both), &POLICY), Ready::Now);
}

#[test]
fn who_cannot_be_asked_keeps_up_each_step_but_those_that_take_something_back() {
    let blind = |ring: &Ring, change: Change, policy: &Policy| {
        ready(change, &Seen { fleet: None, ..seen(ring, &Beats::default()) }, policy)
    };
    let (settled, staged, (promoted, retire)) = (ring(&[], 1), staged(1), promoted(1));
    for (ring, change) in [(&settled, Change::Stage), (&staged, Change::Promote), (&promoted, retire)] {
        for fleet in [Reporting::All, Reporting::Some] {
            let policy = Policy { fleet, ..POLICY };
            assert_eq!(blind(ring, change, &policy), Ready::Refused(Refusal::NotAsked));
        }
        assert_eq!(blind(ring, change, &Policy { fleet: Reporting::None, ..POLICY }), Ready::Now);
    }
    assert_eq!(blind(&staged, Change::Abort, &POLICY), Ready::Now);
    assert_eq!(blind(&settled, Change::RevokeAll, &POLICY), Ready::Now);
}

#[test]
fn where_some_report_both_they_and_time_are_waited_for() {
    let policy = Policy { fleet: Reporting::Some, ..POLICY };
    let ring = staged(NOW - 20);
    let fresh = || beats(vec![beat(&ring, 5)]);
    let raised = floored(fresh(), &ring, ring.head.revision.0, 0);
    let now = |beats: &Beats, policy| ready(Change::Promote, &seen(&ring, beats), policy);
    assert_eq!(now(&beats(vec![refusing(&ring, 5)]), &policy), Ready::AfterFleet);
    assert_eq!(now(&fresh(), &policy), Ready::AfterFloor(ring.head.revision));
    assert_eq!(now(&raised, &policy), Ready::At(Timestamp(NOW + 100)));
    let unsaid = Policy { propagation: None, ..policy };
    assert_eq!(now(&raised, &unsaid), Ready::Refused(Refusal::NoPropagation));
    // A process may start with an older copy, and after-write is to run once more: whoever reports changes nothing of that.
    let stale = Policy { stale: Span(10), ..policy };
    assert!(is_follow_due(&seen(&ring, &beats(vec![refusing(&ring, 5)])), &stale));

    let (ring, retire) = promoted(NOW - 5_000);
    let raised = floored(beats(vec![beat(&ring, 5)]), &ring, ring.head.revision.0, 4_000);
    assert_eq!(ready(retire, &seen(&ring, &raised), &policy), Ready::At(Timestamp(NOW + 6_000)));
    let raised = floored(raised, &ring, ring.head.revision.0, 10_000);
    assert_eq!(ready(retire, &seen(&ring, &raised), &policy), Ready::At(Timestamp(NOW + 5_120)));
}

#[test]
fn the_floor_is_what_gave_the_keys_their_roles_not_what_was_written_since() {
    let (mut dice, mut store) = (Dice(5), Cupboard::default());
    store.write(&dice.stamped(1, |stamp| Adoption::nothing().begin(stamp)).1);
    store.write(&dice.change(store.ring(), Change::Stage, 1).unwrap().1);
    let staged = store.ring();
    let late = Follow::Late(Timestamp(2));
    store.write(&dice.stamped(2, |stamp| staged.remember(late, stamp)).1);
    let ring = store.ring();
    assert_eq!((ring.head.turned(), ring.head.revision), (Revision(2), Revision(3)));
    // Whoever was restarted before that was remembered has the keys, and is not to be fenced.
    let restarted = Beat { revision: Revision(2), ..beat(&ring, 5) };
    let decided = ready(Change::Promote, &seen(&ring, &beats(vec![restarted])), &POLICY);
    assert_eq!(decided, Ready::AfterFloor(Revision(2)));
    // And nobody is who serves: one whose ring is older is waited for, whatever its keys are.
    let older = beats(vec![Beat { revision: Revision(1), ..beat(&ring, 5) }]);
    assert_eq!(pulses(Change::Promote, &ring, &older, &POLICY), [(Hindrance::Behind, Pulse::Lives)]);
}

#[test]
fn a_floor_above_the_ring_keeps_nobody_up_and_new_revisions_go_on_above_it() {
    let ring = staged(NOW);
    let raised = floored(beats(vec![beat(&ring, 5)]), &ring, 40, 5_000);
    assert_eq!(ready(Change::Promote, &seen(&ring, &raised), &POLICY), Ready::Now);
    let floor = raised.floor(ring.head.id);
    let mut dice = Dice(9);
    let (ring, _) = dice.stamped(NOW, |stamp| {
        stamp.floor = floor;
        ring.change(Change::Promote, stamp).unwrap()
    });
    assert_eq!((ring.head.revision, ring.head.turned()), (Revision(41), Revision(41)));
}

#[test]
fn how_many_accept_a_key_is_counted_among_the_living() {
    let ring = staged(NOW);
    let next: Mark = ring.next.as_ref().unwrap().facts.mark;
    let id: RingId = ring.head.id;
    let reported = beats(vec![beat(&ring, 5), beat(&ring, 61), refusing(&ring, 5)]);
    assert_eq!(reported.accepting(id, next), 1);
    assert_eq!(reported.accepting(id, ring.signing.facts.mark), 2);
}
