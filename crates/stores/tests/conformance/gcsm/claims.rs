//! Two writers at once, one that was killed, and answers that were lost.

use super::*;
use crate::ground::told;

#[test]
fn a_claim_of_somebody_who_was_killed_is_taken_over() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    for claim in
        [format!("made-up {}", now() - 61), format!("made-up {}", now() + 3600), "nonsense".to_owned()]
    {
        set(&world, json!({ "annotations": { "keybaton-claim": claim, "owner": "somebody else" } }));
        let over = read(&*store).1;
        assert_eq!(write(&*store, "b", &over).unwrap().notes, []);
        assert_eq!(read(&*store).0, ring("b"));
        assert_eq!(annotations(&world), json!({ "owner": "somebody else" }));
    }
    assert_ne!(read(&*store).1, version);
}

#[test]
fn a_claim_of_somebody_at_work_is_a_conflict() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    let claimed = json!({ "keybaton-claim": format!("made-up {}", now() - 20) });
    set(&world, json!({ "annotations": claimed }));
    let error = write(&*store, "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    assert_eq!(error.sentence, format!("{} is being written by another keybaton", world.url(fixture)));
    let hint = error.hint.unwrap();
    assert!(
        hint.starts_with("nothing was written; run it again, in ")
            && hint.ends_with("should the other have been killed")
    );
    assert_eq!((read(&*store), annotations(&world)), ((ring("a"), version), claimed));
}

#[test]
fn how_old_a_claim_is_googles_clock_tells_and_not_that_of_this_machine() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    // Fresh by Google's clock, an hour old or an hour ahead by ours.
    for ahead in [-3600_i64, 3600] {
        play(&world, json!({ "clock": ahead }));
        let begun = now().checked_add_signed(ahead).unwrap();
        set(&world, json!({ "annotations": { "keybaton-claim": format!("made-up {begun}") } }));
        assert_eq!(write(&*store, "b", &version).unwrap_err().kind, StoreErrorKind::Conflict, "{ahead}");
    }
    // The other way round.
    set(&world, json!({ "annotations": { "keybaton-claim": format!("made-up {}", now()) } }));
    assert_eq!(write(&*store, "b", &version).unwrap().notes, []);
}

#[test]
fn a_claim_says_when_it_was_made_by_googles_clock() {
    let Some((world, fixture)) = begin() else { return };
    play(
        &world,
        json!({ "clock": 3600, "refuse": [["patch", "PERMISSION_DENIED"], ["patch", "PERMISSION_DENIED"]] }),
    );
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let claim = annotations(&world)["keybaton-claim"].as_str().unwrap().to_owned();
    let begun: u64 = claim.split_once(' ').unwrap().1.parse().unwrap();
    assert!(begun.abs_diff(now() + 3600) < 60, "{claim}");
}

#[test]
fn a_version_that_another_program_adds_meanwhile_and_is_written_over_is_a_conflict() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    play(&world, json!({ "overtake": ["{\"SECRET_KEY\": \"foreign\"}"] }));
    let (kind, sentence, hint) = told(write(&*store, "b", &version).unwrap_err());
    let what = "this write (version 3) went over version 2, which another program made at the same moment";
    assert_eq!((kind, sentence), (StoreErrorKind::Overlap, format!("{}: {what}", world.url(fixture))));
    assert!(hint.contains("`gcloud secrets versions access 2 --secret="), "{hint}");
    assert_eq!((read(&*store).0, annotations(&world)), (ring("b"), json!({})));
}

#[test]
fn a_version_that_another_program_added_before_is_a_conflict_whatever_became_of_it() {
    let Some((world, fixture)) = begin() else { return };
    let version = write(&*world.open(fixture), "a", &Version::Absent).unwrap().version;
    let stores = ["", "disable", "destroy"].map(|change| (change, world.open(fixture)));
    stores.iter().for_each(|(_, store)| assert_eq!(read(&**store).1, version));
    HAND.ask(&world, json!({ "do": "put whole", "text": "{}" }));
    calls(&world);
    for (change, store) in &stores {
        if !change.is_empty() {
            HAND.ask(&world, json!({ "do": change, "version": "2" }));
        }
        assert_eq!(write(&**store, "b", &version).unwrap_err().kind, StoreErrorKind::Conflict, "{change}");
        // No claim was set in vain.
        assert_eq!(calls(&world).as_array().unwrap().iter().filter(|call| *call == "patch").count(), 0);
    }
}

#[test]
fn settings_that_change_during_a_write_stay_and_do_not_keep_the_claim() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    play(&world, json!({ "relabel": { "team": "shop" } }));
    assert_eq!(write(&*store, "b", &version).unwrap().notes, []);
    let settings = HAND.ask(&world, json!({ "do": "settings" }));
    assert_eq!((&settings["labels"], &settings["annotations"]), (&json!({ "team": "shop" }), &json!({})));
}

#[test]
fn a_lost_answer_about_the_claim_is_no_lost_write() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    // Its creation, then the two changes of an annotation.
    play(&world, json!({ "unanswered": ["create", "patch"] }));
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    play(&world, json!({ "unanswered": ["patch", "patch"] }));
    assert_eq!(write(&*store, "b", &version).unwrap().notes, []);
    assert_eq!((read(&*store).0, annotations(&world)), (ring("b"), json!({})));
}

#[test]
fn a_claim_that_is_lost_on_its_way_is_no_write_in_doubt() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let mut held = (Texts::default(), Version::Absent);
    for call in ["create", "patch"] {
        play(&world, json!({ "refuse": vec![[call, "INTERNAL"]; 6] }));
        let error = write(&*store, "b", &held.1).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unreachable);
        let told = ": Google did not say whether it took the claim of this write";
        assert!(error.sentence.ends_with(told) && error.hint.unwrap().starts_with("nothing was written; "));
        assert_eq!(read(&*store), held);
        play(&world, json!({}));
        held = (ring("a"), write(&*store, "a", &held.1).unwrap().version);
    }
}

#[test]
fn a_lost_answer_about_the_value_is_no_lost_write_though_latest_is_behind() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    play(&world, json!({ "unanswered": ["addVersion"], "lags": true }));
    let written = write(&*store, "b", &version).unwrap();
    assert_eq!((&written.version, written.notes), (&Version::Is("2".into()), vec![]));
    assert_eq!((read(&*store), annotations(&world)), ((ring("b"), written.version.clone()), json!({})));
    // Another program's version stands before ours.
    play(&world, json!({ "unanswered": ["addVersion"], "overtake": ["{\"SECRET_KEY\": \"foreign\"}"] }));
    let error = write(&*store, "c", &written.version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Overlap, "{error}");
    assert_eq!((read(&*store).0, annotations(&world)), (ring("c"), json!({})));
}

#[test]
fn a_refusal_after_a_failure_leaves_it_open_whether_it_was_written_unless_it_is_there() {
    for refusal in ["PERMISSION_DENIED", "FAILED_PRECONDITION", "UNAUTHENTICATED", "NOT_FOUND"] {
        let Some((world, fixture)) = begin() else { return };
        let store = world.open(fixture);
        let version = write(&*store, "a", &Version::Absent).unwrap().version;
        play(&world, json!({ "refuse": [["addVersion", "INTERNAL"], ["addVersion", refusal]] }));
        let error = write(&*store, "b", &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Uncertain, "{error}");
        assert_eq!((read(&*world.open(fixture)).0, annotations(&world)), (ring("a"), json!({})));
        let refuse = json!([["addVersion", 0], ["addVersion", refusal]]);
        play(&world, json!({ "fail": ["addVersion"], "refuse": refuse }));
        assert_eq!(write(&*store, "b", &version).unwrap().notes, []);
        assert_eq!((read(&*world.open(fixture)).0, annotations(&world)), (ring("b"), json!({})));
    }
}

#[test]
fn a_write_that_used_its_time_up_leaves_no_claim_and_is_found() {
    let Some((world, fixture)) = begin() else { return };
    let version = write(&*world.open(fixture), "a", &Version::Absent).unwrap().version;
    play(&world, json!({ "late": { "addVersion": 40 } }));
    let written = write(&*world.open(fixture), "b", &version).unwrap();
    assert_eq!((written.version, annotations(&world)), (Version::Is("2".into()), json!({})));
}

#[test]
fn a_write_that_is_refused_leaves_no_claim() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    for (status, kind) in [
        ("PERMISSION_DENIED", StoreErrorKind::Denied),
        ("FAILED_PRECONDITION", StoreErrorKind::Malformed),
        ("UNAUTHENTICATED", StoreErrorKind::SignInNeeded),
    ] {
        play(&world, json!({ "refuse": [["addVersion", status]] }));
        let error = write(&*store, "b", &version).unwrap_err();
        assert_eq!((error.kind, error.hint.is_some()), (kind, true), "{error}");
        assert_eq!((read(&*store).0, annotations(&world)), (ring("a"), json!({})));
    }
}

#[test]
fn a_claim_that_cannot_be_taken_away_is_told() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    play(&world, json!({ "refuse": [["patch", "PERMISSION_DENIED"], ["patch", "PERMISSION_DENIED"]] }));
    let written = write(&*store, "a", &Version::Absent).unwrap();
    let note = format!(
        "{}: the annotation keybaton-claim could not be taken away; it keeps other writers out for a minute",
        world.url(fixture)
    );
    assert_eq!(written.notes, [Note(note)]);
}

#[test]
fn a_busy_server_is_asked_again() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    play(
        &world,
        json!({ "refuse": [["get", "UNAVAILABLE"], ["addVersion", "RESOURCE_EXHAUSTED"], ["patch", "UNAVAILABLE"]] }),
    );
    let version = write(&*store, "a", &Version::Absent).unwrap();
    assert_eq!(version.notes, []);
    play(&world, json!({ "refuse": [["access", "RESOURCE_EXHAUSTED"], ["access", "UNAVAILABLE"]] }));
    assert_eq!(read(&*store), (ring("a"), version.version));
    assert_eq!(annotations(&world), json!({}));
}

#[test]
fn a_secret_that_another_program_rotates_is_left_to_it() {
    let Some((world, fixture)) = begin() else { return };
    let version = write(&*world.open(fixture), "a", &Version::Absent).unwrap().version;
    let rotation = json!({ "nextRotationTime": "2100-01-01T00:00:00Z", "rotationPeriod": "3600s" });
    let topic = json!([{ "name": "projects/my-project/topics/rotate" }]);
    set(&world, json!({ "rotation": rotation, "topics": topic }));
    let error = write(&*world.open(fixture), "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Refused);
    assert!(error.hint.unwrap().contains(" --remove-rotation-schedule"));
    let bold = with(&world, fixture, |settings| settings.adopt_owner = true);
    write(&*bold, "b", &version).unwrap();
    let settings = HAND.ask(&world, json!({ "do": "settings" }));
    assert_eq!((&settings["rotation"], &settings["topics"]), (&rotation, &topic));
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
