//! Stores that receive each write after the first.

use std::fs;

use keybaton_core::time::Timestamp;
use keybaton_core::{Change, Goal, Next, NotAMirror, Phase, Ready, Refusal, Seen, Wait, ready};
use keybaton_handover::{HandoverError, Missed, Reason, advance, cut, standing};
use keybaton_stores::StoreErrorKind;

use crate::ground::{Ground, POLICY, change, ring};

const URLS: [&str; 3] = ["dotenv:.env", "dir:mirror", "file:copy.txt"];

#[test]
fn each_mirror_holds_the_same_keys_after_each_step() {
    let ground = Ground::settled(&URLS);
    let goal = Goal::Replace(ground.ring().signing.facts.id);
    for now in [1_000, 2_000, 3_000] {
        ground.now.set(now);
        ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
        for mirror in &ground.places.mirrors {
            let (copy, original) = (ring(mirror), ground.ring());
            assert_eq!(copy.signing.secret, original.signing.secret);
            assert_eq!(copy.accepted().len(), original.accepted().len());
            assert_eq!(copy.head.write, original.head.write);
        }
    }
}

#[test]
fn a_step_waits_for_the_mirror_that_was_written_last() {
    let ground = Ground::settled(&URLS);
    let goal = Goal::Replace(ground.ring().signing.facts.id);
    fs::remove_dir_all(ground.path("mirror")).unwrap();
    fs::write(ground.path("mirror"), "in the way").unwrap();
    let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
    assert_eq!(urls(&turn.standing.missed), ["dir:mirror"]);

    ground.now.set(5_000);
    let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
    assert_eq!((turn.did, urls(&turn.standing.missed)), (None, vec!["dir:mirror"]));
    assert!(ground.ring().next.is_none(), "nothing was staged while a mirror was away");

    fs::remove_file(ground.path("mirror")).unwrap();
    let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
    assert_eq!(turn.did, Some(Change::Stage));
    let promote = Wait { until: Timestamp(5_060), change: Change::Promote };
    assert_eq!(turn.then, Next::WaitUntil(promote));
}

#[test]
fn a_store_with_another_ring_is_not_written_over() {
    let ground = Ground::settled(&URLS[..1]);
    let other = Ground::settled(&["file:copy.txt"]);
    let mut places = ground.places;
    places.mirrors = vec![other.places.store];
    let before = fs::read(other.folder.path().join("copy.txt")).unwrap();
    let goal = Goal::Settle;
    let ground = Ground { places, ..ground };
    let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
    assert_eq!(urls(&turn.standing.missed), ["file:copy.txt"]);
    assert_eq!(fs::read(other.folder.path().join("copy.txt")).unwrap(), before);
}

fn urls(missed: &[Missed]) -> Vec<&str> {
    missed.iter().map(|missed| missed.url.as_str()).collect()
}

/// Takes the folder mirror away, and gives it back.
fn away(ground: &Ground) {
    fs::rename(ground.path("mirror"), ground.path("kept")).unwrap();
    fs::write(ground.path("mirror"), "in the way").unwrap();
}

fn back(ground: &Ground) {
    fs::remove_file(ground.path("mirror")).unwrap();
    fs::rename(ground.path("kept"), ground.path("mirror")).unwrap();
}

#[test]
fn no_change_is_made_while_a_mirror_lacks_the_one_before() {
    let ground = Ground::settled(&URLS);
    away(&ground);
    let before = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    assert_eq!(urls(&before.missed), ["dir:mirror"]);
    assert_eq!(ground.ring().phase(), Phase::Settled);
    back(&ground);
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    away(&ground);
    ground.now.set(9_000);
    let behind = ground.act(|world| change(&ground.places, Change::Promote, None, world)).unwrap();
    assert_eq!(urls(&behind.missed), ["dir:mirror"]);
    assert_eq!(ground.ring().phase(), Phase::Staged);
    let mirrors = ground.places.mirrors_of(&ground.ring());
    let seen = Seen {
        now: Timestamp(9_000),
        ring: &ground.ring(),
        mirrors: &mirrors,
        undelivered: false,
        fleet: None,
    };
    assert_eq!(ready(Change::Promote, &seen, &POLICY), Ready::Refused(Refusal::MirrorBehind(0)));
}

#[test]
fn a_revocation_waits_for_no_mirror_and_reaches_it_later() {
    let ground = Ground::settled(&URLS);
    let leaked = ground.ring().signing.secret.duplicate();
    away(&ground);
    let id = ground.ring().signing.facts.id;
    let after = ground.act(|world| cut(&ground.places, Some(id), world)).unwrap();
    assert_eq!(urls(&after.missed), ["dir:mirror"]);
    assert_ne!(ground.ring().signing.secret, leaked);
    back(&ground);
    ground.act(|world| standing(&ground.places, world)).unwrap();
    assert_ne!(ring(&ground.places.mirrors[0]).signing.secret, leaked);
}

#[test]
fn a_mirror_that_knows_more_than_the_store_is_never_written_over() {
    let ground = Ground::settled(&URLS);
    let backup = fs::read(ground.path(".env")).unwrap();
    ground.act(|world| cut(&ground.places, None, world)).unwrap();
    let newest = ring(&ground.places.mirrors[0]).signing.secret.duplicate();
    fs::write(ground.path(".env"), backup).unwrap();
    let is_ahead = |one: &Missed| matches!(one.reason, Reason::NotAMirror(NotAMirror::Ahead(_)));
    let before = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    assert!(before.missed.len() == 2 && before.missed.iter().all(is_ahead), "{:?}", before.missed);
    let refused = ground.act(|world| cut(&ground.places, None, world)).unwrap_err();
    let HandoverError::Disagree(missed) = refused else { panic!("{refused:?}") };
    assert!(missed.len() == 2 && missed.iter().all(is_ahead), "{missed:?}");
    assert_eq!(ring(&ground.places.mirrors[0]).signing.secret, newest);
    assert!(ground.ring().next.is_none());
}

#[test]
fn what_a_mirror_has_to_say_is_told() {
    let mut ground = Ground::settled(&["dotenv:.env", "dotenv:copy.env"]);
    let text = fs::read_to_string(ground.path("copy.env")).unwrap();
    fs::write(ground.path("copy.env"), format!("SECRET_KEY=made-up\n{text}")).unwrap();
    ground.now.set(2_000);
    let after = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    assert!(after.notes.iter().any(|note| note.0.contains("copy.env")), "{:?}", after.notes);
    ground.places.mirrors.clear();
}

#[test]
fn what_was_looked_at_is_what_is_changed() {
    let ground = Ground::settled(&URLS[..1]);
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    let seen = ground.act(|world| standing(&ground.places, world)).unwrap();
    ground.act(|world| change(&ground.places, Change::Abort, None, world)).unwrap();
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    let lost = ground
        .act(|world| keybaton_handover::change(&ground.places, seen, Change::Promote, None, world))
        .unwrap_err();
    let HandoverError::Store(error) = lost else { panic!("{lost:?}") };
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    assert_eq!(ground.ring().phase(), Phase::Staged);
}
