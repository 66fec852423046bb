//! Secrets that say something of themselves, that are gone for now, or that belong to somebody else.

use std::time::{SystemTime, UNIX_EPOCH};

use super::*;

#[test]
fn a_secret_that_is_made_says_what_it_is_and_who_made_it() {
    let Some((world, fixture)) = begin() else { return };
    let careful = with(&world, fixture, |settings| settings.may_create = false);
    let error = write(&*careful, "a", &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Missing);
    let creates = "the secret, in a vault that is there, with the tag created-by=keybaton";
    assert_eq!(
        error.hint.unwrap(),
        format!("check the name, or let `keybaton copy --create` make {creates}")
    );
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let made = properties(&world);
    assert_eq!(made["content_type"], "application/json");
    assert_eq!(made["tags"], json!({ "created-by": "keybaton" }));
    // Three values are no JSON.
    let world = World::new();
    let separate = tested().filter(|fixture| fixture.scheme() == "akv").nth(1).unwrap();
    write(&*world.open(separate), "a", &Version::Absent).unwrap();
    let made = properties(&world);
    assert_eq!((&made["content_type"], &made["tags"]), (&Value::Null, &json!({ "created-by": "keybaton" })));
}

#[test]
fn each_of_three_values_keeps_what_it_says_of_itself() {
    let Some((world, _)) = begin() else { return };
    let separate = tested().filter(|fixture| fixture.scheme() == "akv").nth(1).unwrap();
    let said =
        json!({ "content_type": "text/x-key", "tags": { "team": "shop" }, "expires_on": 4_070_908_800_u64 });
    put_whole(&world, "made-up", said);
    let before = properties(&world);
    let store = world.open(separate);
    let (held, version) = read(&*store);
    assert_eq!(held.get(Field::Signing), Some("made-up"));
    let version = write(&*store, "b", &version).unwrap().version;
    write(&*store, "c", &version).unwrap();
    assert_eq!(properties(&world), before);
    assert_eq!(read_whole(&world), "c");
}

#[test]
fn a_secret_that_is_disabled_is_neither_read_nor_written() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    HAND.ask(&world, json!({ "do": "set", "with": { "enabled": false } }));
    let name = name(&world, fixture);
    for error in [store.read().unwrap_err(), write(&*store, "b", &version).unwrap_err()] {
        assert_eq!(error.kind, StoreErrorKind::Refused);
        assert_eq!(
            error.sentence,
            format!("{}: the current version of {name} is disabled", world.url(fixture))
        );
        assert_eq!(
            error.hint.unwrap(),
            format!(
                "az keyvault secret set-attributes --vault-name made-up-vault --name {name} --enabled true"
            )
        );
    }
    HAND.ask(&world, json!({ "do": "set", "with": { "enabled": true } }));
    assert_eq!(read(&*store), (ring("a"), version));
}

#[test]
fn a_secret_outside_its_time_is_read_and_written_and_the_user_told() {
    let Some((world, fixture)) = begin() else { return };
    let (store, _) = begun(&world, fixture);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for (said, told) in [
        (json!({ "expires_on": now - 60 }), Some(("has expired", "expires"))),
        (
            json!({ "expires_on": now + 900, "not_before": now + 600 }),
            Some(("is not valid yet", "not-before")),
        ),
        (json!({ "expires_on": now + 600, "not_before": now - 600 }), None),
    ] {
        HAND.ask(&world, json!({ "do": "set", "with": said }));
        let before = properties(&world);
        let (_, version) = read(&*store);
        let notes = write(&*store, "b", &version).unwrap().notes;
        let name = name(&world, fixture);
        let wanted = told.map(|(what, flag)| {
            Note(format!(
                "{}: {name} {what}, and some consumers refuse it: az keyvault secret set-attributes \
                 --vault-name made-up-vault --name {name} --{flag} DATE",
                world.url(fixture)
            ))
        });
        assert_eq!(notes, Vec::from_iter(wanted));
        assert_eq!(properties(&world), before);
    }
}

#[test]
fn a_name_that_was_deleted_can_be_recovered() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    HAND.ask(&world, json!({ "do": "delete" }));
    assert_eq!(read(&*store).1, Version::Absent);
    let error = write(&*store, "b", &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Refused);
    let name = name(&world, fixture);
    assert_eq!(
        error.sentence,
        format!(
            "{}: {name} was deleted, and its name is kept for the time in which that can be undone",
            world.url(fixture)
        )
    );
    let command = format!("az keyvault secret recover --vault-name made-up-vault --name {name}");
    assert_eq!(error.hint, Some(command));
    HAND.ask(&world, json!({ "do": "recover" }));
    assert_eq!(read(&*store), (ring("a"), version));
}

#[test]
fn a_secret_that_belongs_to_a_certificate_is_left_to_it() {
    let Some((world, fixture)) = begin() else { return };
    put_whole(&world, "{\"SECRET_KEY\": \"made-up\"}", json!({}));
    HAND.ask(&world, json!({ "do": "manage" }));
    let store = world.open(fixture);
    let (held, version) = read(&*store);
    assert_eq!(held.get(Field::Signing), Some("made-up"));
    calls(&world);
    let error = write(&*store, "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Refused);
    assert!(error.sentence.ends_with(" belongs to a certificate, which alone makes new versions of it"));
    assert_eq!(calls(&world), json!(["versions", "get"]));
}

#[test]
fn a_key_that_is_the_whole_value_is_read_and_only_reshaped_when_told() {
    let Some((world, fixture)) = begin() else { return };
    put_whole(&world, "made-up", json!({}));
    let store = world.open(fixture);
    let (held, version) = read(&*store);
    assert_eq!(held.get(Field::Signing), Some("made-up"));
    let error = write(&*store, "made-up", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Refused);
    assert!(error.hint.unwrap().contains("layout=separate"));
    assert_eq!(read_whole(&world), "made-up");
    let bold = with(&world, fixture, |settings| settings.may_reshape = true);
    write(&*bold, "made-up", &version).unwrap();
    assert_eq!(read(&*store).0, ring("made-up"));
}

#[test]
fn what_is_too_large_is_told_before_anything_is_written() {
    for fixture in tested().filter(|fixture| fixture.scheme() == "akv") {
        let world = World::new();
        let store = world.open(fixture);
        read(&*store);
        calls(&world);
        let error = write(&*store, &"x".repeat(25_601), &Version::Absent).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::TooLarge);
        let told = ": the value would be larger than 25,600 bytes, which is all that a secret holds";
        assert!(error.sentence.ends_with(told), "{error}");
        assert_eq!(calls(&world), json!([]));
        // The key stands twice in one value.
        let largest = if fixture.is_atomic() { 12_700 } else { 25_600 };
        write(&*store, &"x".repeat(largest), &Version::Absent).unwrap();
    }
}
