//! More variables than GitLab lists at once, while other programs make and take away some.

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{CLAIM, KEY, begin, make, play, told_of};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

#[test]
fn a_ring_among_many_variables_is_asked_for_by_its_names() {
    let Some(ground) = begin() else { return };
    crowd(&ground, 350, json!({}));
    let store = ground.open();
    assert_eq!(read(&*store).1, Version::Absent);
    write(&*store, KEY, &Version::Absent).unwrap();
    ground.calls();
    assert_eq!(read(&*store).0, ring(KEY));
    let names = ["get SECRET_KEY", "get SECRET_KEY_FALLBACKS", "get SECRET_KEY_RING"];
    let calls = ground.calls();
    assert_eq!(calls[0], "list");
    let mut asked = calls[1..].to_vec();
    asked.sort();
    assert_eq!(asked, names);
}

#[test]
fn a_ring_that_the_first_list_has_costs_one_call_however_many_follow() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    write(&*store, KEY, &Version::Absent).unwrap();
    crowd(&ground, 350, json!({}));
    ground.calls();
    assert_eq!(read(&*store).0, ring(KEY));
    assert_eq!(ground.calls(), ["list"]);
}

#[test]
fn what_is_taken_away_during_a_read_hides_no_key() {
    let Some(ground) = begin() else { return };
    crowd(&ground, 100, json!({}));
    let store = ground.open();
    write(&*store, KEY, &Version::Absent).unwrap();
    play(&ground, json!({ "follow": [["list", "OTHER_0", ""]] }));
    assert_eq!(read(&*store).0, ring(KEY));
}

#[test]
fn among_thousands_a_write_turns_no_page_unless_a_narrower_scope_could_be_told_of() {
    let Some(ground) = begin() else { return };
    crowd(&ground, 350, json!({}));
    make(&ground, "SECRET_KEY", "made-by-another", json!({ "environment_scope": "review/a" }));
    let open = |scope: &str| {
        ground.open_with(&format!("{}?scope={scope}", ground.url()), &json!({}), |settings| settings)
    };
    ground.calls();
    assert_eq!(write(&*open("production"), KEY, &Version::Absent).unwrap().notes, []);
    assert_eq!(lists(&ground), 2);
    let written = write(&*open("review/*"), KEY, &Version::Absent).unwrap();
    assert_eq!(lists(&ground), 5);
    let [note] = told_of(&written.notes)[..] else { panic!("{:?}", written.notes) };
    assert!(note.contains("jobs in the scope review/a get a variable of the same name"), "{note}");
}

#[test]
fn among_many_variables_the_scopes_that_have_the_ring_are_named() {
    let Some(ground) = begin() else { return };
    make(&ground, "SECRET_KEY", "made-by-another", json!({ "environment_scope": "first" }));
    crowd(&ground, 100, json!({}));
    make(&ground, "SECRET_KEY", "made-by-another", json!({ "environment_scope": "last" }));
    let production = format!("{}?scope=production", ground.url());
    let store = ground.open_with(&production, &json!({}), |settings| keybaton_stores::Settings {
        may_create: false,
        ..settings
    });
    let (kind, _, hint) = told(write(&*store, KEY, &Version::Absent).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Missing);
    assert!(hint.starts_with("there is one in: first, last; "), "{hint}");
}

#[test]
fn a_group_of_an_old_gitlab_that_knows_no_scope_of_a_name_is_read_page_by_page() {
    let Some(ground) = begin() else { return };
    let group = format!("gitlab://old/{}?kind=group", ground.url().rsplit('/').next().unwrap());
    ground.arrange(
        "make",
        json!({ "at": group, "key": "SECRET_KEY", "value": "not-ours", "environment_scope": "a" }),
    );
    crowd(&ground, 100, json!({ "at": group }));
    let store = ground.open_with(&group, &json!({}), |settings| settings);
    ground.arrange("make", json!({ "at": group, "key": "SECRET_KEY", "value": KEY }));
    assert_eq!(read(&*store).0.get(keybaton_core::Field::Signing), Some(KEY));
}

#[test]
fn among_many_variables_a_claim_of_a_group_without_a_licence_is_found_too() {
    let Some(ground) = begin() else { return };
    let group = format!("gitlab://free/{}?kind=group", ground.url().rsplit('/').next().unwrap());
    crowd(&ground, 100, json!({ "at": group }));
    ground.arrange("make", json!({ "at": group, "key": CLAIM, "value": "1000 made-up" }));
    let scoped = format!("{group}&scope=production");
    let error = write(&*ground.open_with(&scoped, &json!({}), |s| s), KEY, &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unsupported, "{error}");
}

fn crowd(ground: &Ground, others: usize, with: Value) {
    for number in 0..others {
        make(ground, &format!("OTHER_{number}"), "not-ours", with.clone());
    }
}

fn lists(ground: &Ground) -> usize {
    ground.calls().iter().filter(|call| **call == "list").count()
}
