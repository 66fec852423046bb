//! Stores that receive each write after the first.

use std::fs;

use keybaton_core::time::Timestamp;
use keybaton_core::{Change, Goal, Next, Wait};
use keybaton_handover::{HandoverError, advance};

use crate::ground::{Ground, POLICY, ring};

const URLS: [&str; 3] = ["dotenv:.env", "dir:mirror", "file:copy.txt"];

#[test]
fn each_mirror_holds_the_same_keys_after_each_step() {
    let ground = Ground::settled(&URLS);
    let goal = Goal::Replace(ground.ring().signing.facts.id);
    for now in [1_000, 2_000, 3_000] {
        ground.now.set(now);
        ground.act(|world| advance(&ground.places, goal, &POLICY, world)).unwrap();
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
    let missed = ground.act(|world| advance(&ground.places, goal, &POLICY, world)).unwrap_err();
    let HandoverError::Partly(missed) = missed else { panic!("{missed:?}") };
    assert_eq!(missed.iter().map(|missed| missed.url.as_str()).collect::<Vec<_>>(), ["dir:mirror"]);

    ground.now.set(5_000);
    assert!(ground.act(|world| advance(&ground.places, goal, &POLICY, world)).is_err());
    assert!(ground.ring().next.is_none(), "nothing was staged while a mirror was away");

    fs::remove_file(ground.path("mirror")).unwrap();
    let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, world)).unwrap();
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
    let missed = ground.act(|world| advance(&ground.places, goal, &POLICY, world)).unwrap_err();
    assert!(matches!(missed, HandoverError::Partly(_)), "{missed:?}");
    assert_eq!(fs::read(other.folder.path().join("copy.txt")).unwrap(), before);
}
