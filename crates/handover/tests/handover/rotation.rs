//! A rotation, turn by turn.

use std::fs;

use keybaton_core::time::Timestamp;
use keybaton_core::{Change, Edit, Goal, Next, Phase, Revision, Stamp, Wait};
use keybaton_handover::{HandoverError, advance, cut, look};
use keybaton_stores::StoreErrorKind;

use crate::ground::{Ground, POLICY, change};

fn turn(ground: &Ground, goal: Goal) -> (Option<Change>, Next) {
    let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
    (turn.did, turn.then)
}

#[test]
fn a_rotation_takes_one_step_a_turn_and_says_when_the_next_is_safe() {
    for url in ["dotenv:.env", "file:key.txt", "dir:secrets"] {
        let ground = Ground::settled(&[url]);
        let old = ground.ring().signing.facts.id;
        let goal = Goal::Replace(old);

        let promote = Wait { until: Timestamp(1_060), change: Change::Promote };
        assert_eq!(turn(&ground, goal), (Some(Change::Stage), Next::WaitUntil(promote)));
        assert_eq!(turn(&ground, goal), (None, Next::WaitUntil(promote)));

        ground.now.set(1_060);
        let retire = Wait { until: Timestamp(1_720), change: Change::Retire(old) };
        assert_eq!(turn(&ground, goal), (Some(Change::Promote), Next::WaitUntil(retire)));

        ground.now.set(1_720);
        assert_eq!(turn(&ground, goal), (Some(Change::Retire(old)), Next::Done));
        assert_eq!(turn(&ground, goal), (None, Next::Done));
        assert_eq!(ground.ring().phase(), Phase::Settled);
    }
}

#[test]
fn other_lines_of_a_file_stay_through_a_whole_rotation() {
    let ground = Ground::empty(&["dotenv:.env"]);
    fs::write(ground.path(".env"), "# mine\r\nDEBUG=1\r\n").unwrap();
    let adoption = keybaton_core::Adoption::nothing();
    let version = look(&ground.places.store).unwrap().version;
    ground.act(|world| keybaton_handover::begin(&ground.places, adoption, &version, world)).unwrap();
    for now in [1_000, 2_000, 3_000] {
        ground.now.set(now);
        let goal = if now == 1_000 { Goal::Replace(ground.ring().signing.facts.id) } else { Goal::Settle };
        turn(&ground, goal);
    }
    let text = fs::read_to_string(ground.path(".env")).unwrap();
    assert!(text.starts_with("# mine\r\nDEBUG=1\r\nSECRET_KEY="), "{text}");
    assert_eq!(text.lines().count(), 5);
}

#[test]
fn what_somebody_left_half_written_is_finished_first() {
    let ground = Ground::settled(&["file:key.txt"]);
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    let (promoted, version) = (ground.ring(), look(&ground.places.store).unwrap().version);
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    let mut stamp = Stamp { now: Timestamp(9), floor: Revision(0), reason: None, random: &mut random };
    let (_, mut cut) = promoted.change(Change::Promote, &mut stamp).unwrap();
    cut.steps.truncate(2);
    ground.places.store.store.write(&cut, &version).unwrap();
    let after = ground.act(|world| keybaton_handover::standing(&ground.places, world)).unwrap();
    assert!(after.mended);
    assert_eq!(after.ring.phase(), Phase::Promoted);
    assert_eq!(ground.ring().signing.secret, after.ring.signing.secret);
}

#[test]
fn a_rollback_by_hand_stays_until_it_is_taken_in() {
    let ground = Ground::settled(&["dotenv:.env"]);
    let old = ground.ring().signing.secret.expose().to_owned();
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    ground.act(|world| change(&ground.places, Change::Promote, None, world)).unwrap();
    let text = fs::read_to_string(ground.path(".env")).unwrap();
    let new = ground.ring().signing.secret.expose().to_owned();
    let edited = text.replace(&format!("SECRET_KEY={new}"), &format!("SECRET_KEY={old}"));
    assert_ne!(edited, text);
    fs::write(ground.path(".env"), &edited).unwrap();
    ground.now.set(10_000_000);
    let refused = ground.act(|world| advance(&ground.places, Goal::Settle, &POLICY, None, world).map(|_| ()));
    assert!(matches!(refused, Err(HandoverError::Edited(Edit::Rearranged))), "{refused:?}");
    assert_eq!(fs::read_to_string(ground.path(".env")).unwrap(), edited);
}

#[test]
fn a_key_put_in_by_hand_stops_every_step_but_a_revocation() {
    let ground = Ground::settled(&["dotenv:.env"]);
    let id = ground.ring().signing.facts.id;
    let text = fs::read_to_string(ground.path(".env")).unwrap();
    let edited = text.replace("SECRET_KEY=", "SECRET_KEY=put-in-by-hand-");
    fs::write(ground.path(".env"), &edited).unwrap();
    let refused = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap_err();
    assert!(matches!(refused, HandoverError::Edited(Edit::UnknownKey)), "{refused}");
    assert_eq!(fs::read_to_string(ground.path(".env")).unwrap(), edited);

    ground.act(|world| cut(&ground.places, Some(id), world)).unwrap();
    assert!(ground.ring().signing.secret.expose().starts_with("put-in-by-hand-"));
    assert!(ground.ring().key(id).is_none());
    ground.act(|world| cut(&ground.places, None, world)).unwrap();
    assert!(!ground.ring().signing.secret.expose().starts_with("put-in-by-hand-"));
}

#[test]
fn of_two_rotations_at_once_one_sees_the_other() {
    let ground = Ground::settled(&["dotenv:.env"]);
    let path = &ground.path(".env");
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(move || stage(path))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        let conflict =
            matches!(&error, HandoverError::Store(error) if error.kind == StoreErrorKind::Conflict);
        assert!(conflict || matches!(error, HandoverError::Misfit(_)), "{error:?}");
    }
    assert_eq!(ground.ring().phase(), Phase::Staged);
}

fn stage(path: &std::path::Path) -> Result<(), HandoverError> {
    let mut ground = Ground::empty(&["dotenv:.env"]);
    ground.places.store = crate::ground::place(&format!("dotenv:{}", path.display()), ground.folder.path());
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).map(|_| ())
}
