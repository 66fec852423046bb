//! Versions that cannot be read, or not yet.

use super::*;

#[test]
fn the_newest_version_is_named_when_it_is_disabled_or_destroyed() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    write(&*store, "a", &Version::Absent).unwrap();
    write(&*store, "b", &read(&*store).1).unwrap();
    let name = world.url(fixture).rsplit_once('/').unwrap().1.to_owned();
    for (change, state, mend) in [
        (
            "disable",
            "disabled",
            format!("gcloud secrets versions enable 2 --secret={name} --project=my-project"),
        ),
        (
            "destroy",
            "destroyed",
            format!("gcloud secrets versions add {name} --project=my-project --data-file=-"),
        ),
    ] {
        HAND.ask(&world, json!({ "do": change, "version": "2" }));
        let error = store.read().unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Malformed);
        assert_eq!(
            error.sentence,
            format!("{}: version 2 of {name}, the newest, is {state}", world.url(fixture))
        );
        let hint = error.hint.unwrap();
        assert!(
            hint.starts_with("`latest` is the newest version in whatever state: ") && hint.ends_with(&mend),
            "{hint}"
        );
    }
}

#[test]
fn a_value_that_was_spoiled_on_its_way_is_told() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    write(&*store, "a", &Version::Absent).unwrap();
    play(&world, json!({ "spoils": true }));
    let error = store.read().unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Malformed);
    assert!(error.sentence.ends_with(" was spoiled on its way: it does not match its checksum"), "{error}");
}

#[test]
fn a_store_sees_its_own_write_while_latest_is_behind() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let first = write(&*store, "a", &Version::Absent).unwrap().version;
    let second = write(&*store, "b", &first).unwrap().version;
    play(&world, json!({ "lags": true }));
    assert_eq!(read(&*store), (ring("b"), second));
    // Somebody else sees the old one, and cannot write over it.
    let other = world.open(fixture);
    assert_eq!(read(&*other), (ring("a"), first.clone()));
    assert_eq!(write(&*other, "c", &first).unwrap_err().kind, StoreErrorKind::Conflict);
}

#[test]
fn a_ring_in_a_secret_that_expires_is_told_when_it_goes() {
    let Some((world, fixture)) = begin() else { return };
    fixture.outside.surround(&world);
    let written = write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let [Note(note)] = &written.notes[..] else { panic!("{:?}", written.notes) };
    assert!(note.starts_with(&format!("{}: the secret expires at 2", world.url(fixture))), "{note}");
    assert!(note.ends_with("Z, and the ring with it"));
}
