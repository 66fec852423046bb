//! Environment scopes, of which a variable of one name can have several.

use keybaton_core::Field;
use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{CLAIM, KEY, all, begin, make, told_of};
use crate::ground::{told, write};
use crate::world::read;

#[test]
fn a_ring_in_each_scope_is_a_ring_of_its_own() {
    let Some(ground) = begin() else { return };
    let scopes = ["*", "production", "review/*", "review/a b"];
    let stores =
        scopes.map(|scope| ground.open_with(&format!("{}?scope={scope}", ground.url()), &json!({}), |s| s));
    for (number, store) in stores.iter().enumerate() {
        assert_eq!(read(&**store).1, Version::Absent);
        assert_eq!(write(&**store, &format!("made-up-{number}"), &Version::Absent).unwrap().notes, []);
    }
    for (number, store) in stores.iter().enumerate() {
        assert_eq!(read(&**store).0.get(Field::Signing), Some(&*format!("made-up-{number}")));
    }
    let mut found: Vec<_> =
        all(&ground).iter().map(|variable| variable["environment_scope"].clone()).collect();
    found.dedup();
    assert_eq!(found, scopes);
}

#[test]
fn a_narrower_scope_that_holds_a_part_of_a_ring_is_told_of() {
    let Some(ground) = begin() else { return };
    make(&ground, "SECRET_KEY", "made-by-another", json!({ "environment_scope": "production" }));
    let written = write(&*ground.open(), KEY, &Version::Absent).unwrap();
    let note = format!(
        "{}: jobs in the scope production get a variable of the same name that stands there, and not this one",
        ground.url()
    );
    assert_eq!(told_of(&written.notes), [note]);
    // What another writer claims there is no variable of the ring.
    let Some(ground) = begin() else { return };
    make(&ground, CLAIM, "made-by-another", json!({ "environment_scope": "production" }));
    assert_eq!(write(&*ground.open(), KEY, &Version::Absent).unwrap().notes, []);
    // The other way round, ours is what jobs in production get.
    let Some(ground) = begin() else { return };
    make(&ground, "SECRET_KEY", "made-by-another", json!({}));
    let production = format!("{}?scope=production", ground.url());
    let store = ground.open_with(&production, &json!({}), |settings| settings);
    assert_eq!(write(&*store, KEY, &Version::Absent).unwrap().notes, []);
}

#[test]
fn without_leave_to_create_the_scopes_that_have_the_ring_are_named() {
    let Some(ground) = begin() else { return };
    let production = format!("{}?scope=production", ground.url());
    let open = || {
        ground.open_with(&production, &json!({}), |settings| keybaton_stores::Settings {
            may_create: false,
            ..settings
        })
    };
    let creates = "three variables, protected and not expanded, the keys masked";
    let wanted = (
        StoreErrorKind::Missing,
        format!("{production}: there is no such variable in the scope production"),
        format!("check the name, or let `keybaton copy --create` make {creates}"),
    );
    assert_eq!(told(write(&*open(), KEY, &Version::Absent).unwrap_err()), wanted);
    for scope in ["*", "staging"] {
        make(&ground, "SECRET_KEY", "made-by-another", json!({ "environment_scope": scope }));
    }
    let wanted = (
        StoreErrorKind::Missing,
        format!("{production}: there is no such variable in the scope production"),
        format!(
            "there is one in: *, staging; name it with scope=, or let `keybaton copy --create` make {creates}"
        ),
    );
    assert_eq!(told(write(&*open(), KEY, &Version::Absent).unwrap_err()), wanted);
    assert_eq!(all(&ground).len(), 2);
}

#[test]
fn a_group_without_a_licence_for_scopes_is_told_before_a_key_is_written() {
    let Some(ground) = begin() else { return };
    let name = ground.url().rsplit('/').next().unwrap().to_owned();
    let open = |parameters: &str| {
        ground.open_with(&format!("gitlab://free/{name}?kind=group{parameters}"), &json!({}), |settings| {
            settings
        })
    };
    let error = write(&*open("&scope=production"), KEY, &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unsupported);
    assert!(error.sentence.ends_with(" gives the variables of a group no scope"), "{error}");
    // Nothing is left of it: the next writer meets no claim.
    write(&*open(""), KEY, &Version::Absent).unwrap();
}

#[test]
fn a_group_without_a_licence_is_told_also_where_the_answer_to_the_claim_was_lost() {
    let Some(ground) = begin() else { return };
    let group = format!("gitlab://free/{}?kind=group", ground.url().rsplit('/').next().unwrap());
    ground.arrange("play", json!({ "at": group, "unanswered": [format!("create {CLAIM}")] }));
    let scoped = format!("{group}&scope=production");
    let error = write(&*ground.open_with(&scoped, &json!({}), |s| s), KEY, &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unsupported, "{error}");
    assert_eq!(ground.arrange("all", json!({ "at": group })), json!([]));
}

#[test]
fn a_claim_that_a_crash_left_in_a_group_without_a_licence_keeps_nobody_out_for_ever() {
    let Some(ground) = begin() else { return };
    let group = format!("gitlab://free/{}?kind=group", ground.url().rsplit('/').next().unwrap());
    ground.arrange("make", json!({ "at": group, "key": CLAIM, "value": "1000 made-up" }));
    let scoped = format!("{group}&scope=production");
    let error = write(&*ground.open_with(&scoped, &json!({}), |s| s), KEY, &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unsupported, "{error}");
    assert_eq!(ground.arrange("all", json!({ "at": group })), json!([]));
}
