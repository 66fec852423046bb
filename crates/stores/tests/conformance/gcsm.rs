//! What is special about Google Cloud Secret Manager. Without its server there is nothing to test.

use std::time::{SystemTime, UNIX_EPOCH};

use keybaton_core::{Field, RingName, Texts};
use keybaton_stores::{Note, Settings, Store, StoreError, StoreErrorKind, StoreUrl, Version};
use serde_json::{Value, json};

use crate::fixtures::Fixture;
use crate::hands::Hand;
use crate::support::writes;
use crate::world::{World, open_url, outer_environment, read, settings, tested, texts};

mod claims;
mod federation;
mod login;
mod tokens;
mod versions;

const HAND: Hand = Hand("gcsm");

/// A store whose secret nobody else uses, if there is a server.
fn begin() -> Option<(World, &'static Fixture)> {
    let fixture = tested().find(|fixture| fixture.scheme() == "gcsm")?;
    Some((World::new(), fixture))
}

fn ring(key: &str) -> Texts {
    texts(key, key, "cmVj")
}

fn write(store: &dyn Store, key: &str, over: &Version) -> Result<keybaton_stores::Written, StoreError> {
    store.write(&writes(&ring(key)), over)
}

/// The calls to this secret since it was last asked.
fn calls(world: &World) -> Value {
    HAND.ask(world, json!({ "do": "calls" }))
}

fn play(world: &World, tricks: Value) {
    HAND.ask(world, json!({ "do": "play", "tricks": tricks }));
}

fn set(world: &World, fields: Value) {
    HAND.ask(world, json!({ "do": "set", "fields": fields }));
}

fn annotations(world: &World) -> Value {
    HAND.ask(world, json!({ "do": "settings" }))["annotations"].take()
}

/// Opens the store anew, with other settings.
fn with(world: &World, fixture: &Fixture, change: impl FnOnce(&mut Settings<'_>)) -> Box<dyn Store> {
    let mut settings = settings(world.path(), outer_environment());
    change(&mut settings);
    open_url(&world.url(fixture), &settings)
}

#[test]
fn a_read_is_one_call_and_a_write_five() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let (_, version) = read(&*store);
    assert_eq!(calls(&world), json!(["access"]));
    let version = write(&*store, "a", &version).unwrap().version;
    assert_eq!(calls(&world), json!(["get", "create", "addVersion", "patch"]));
    assert_eq!(read(&*store).1, version);
    assert_eq!(calls(&world), json!(["access"]));
    write(&*store, "b", &version).unwrap();
    assert_eq!(calls(&world), json!(["get", "access", "patch", "addVersion", "patch"]));
}

#[test]
fn a_secret_is_made_when_told_and_says_by_whom() {
    let Some((world, fixture)) = begin() else { return };
    let error = write(&*with(&world, fixture, |settings| settings.may_create = false), "a", &Version::Absent)
        .unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Missing);
    assert_eq!(error.sentence, format!("{} is not there yet", world.url(fixture)));
    assert_eq!(read(&*world.open(fixture)).1, Version::Absent);
    calls(&world);
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let made = HAND.ask(&world, json!({ "do": "settings" }));
    assert_eq!(
        (&made["labels"], &made["annotations"], &made["replication"]),
        (&json!({ "created-by": "keybaton" }), &json!({}), &json!({ "automatic": {} }))
    );
}

#[test]
fn a_regional_secret_is_another_one_than_the_global_of_its_name() {
    let Some((world, fixture)) = begin() else { return };
    let url = format!("{}?location=europe-west1", world.url(fixture));
    let regional = open_url(&url, &settings(world.path(), outer_environment()));
    // Google refuses a regional secret with a replication policy.
    write(&*regional, "regional", &Version::Absent).unwrap();
    assert_eq!(read(&*regional).0, ring("regional"));
    assert_eq!(read(&*world.open(fixture)).0, Texts::default());
}

#[test]
fn a_key_that_is_the_whole_value_is_read_and_only_reshaped_when_told() {
    let Some((world, fixture)) = begin() else { return };
    HAND.ask(&world, json!({ "do": "put whole", "text": "made-up" }));
    let store = world.open(fixture);
    let (held, version) = read(&*store);
    assert_eq!(held.get(Field::Signing), Some("made-up"));
    let error = write(&*store, "made-up", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Refused);
    assert!(error.hint.unwrap().contains("layout=separate"));
    let bold = with(&world, fixture, |settings| settings.may_reshape = true);
    write(&*bold, "made-up", &version).unwrap();
    assert_eq!(read(&*store).0, ring("made-up"));
}

#[test]
fn what_is_too_large_is_told_before_anything_is_written() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    read(&*store);
    calls(&world);
    let error = write(&*store, &"x".repeat(40_000), &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::TooLarge);
    assert!(
        error
            .sentence
            .ends_with(": the value would be larger than 64 KiB, which is all that one version holds")
    );
    assert_eq!(calls(&world), json!([]));
    write(&*store, &"x".repeat(30_000), &Version::Absent).unwrap();
}

#[test]
fn a_name_that_no_secret_has_is_told_so() {
    let open = |url: &str| {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), outer_environment());
        keybaton_stores::open(&StoreUrl::parse(url).unwrap(), &RingName::default(), &settings)
    };
    let long = "x".repeat(250);
    for url in [
        "gcsm://my-project/shop-django",
        "gcsm://123456789012/A_b-9",
        "gcsm://example.com:my-project/shop?location=us-east1&layout=separate",
        &format!("gcsm://my-project/{long}"),
    ] {
        assert!(open(url).is_ok(), "{url}");
    }
    for url in [
        "gcsm://my-project",
        "gcsm:///shop",
        "gcsm://my-project/",
        "gcsm://my-project/shop/django",
        "gcsm://my-project/shop.django",
        "gcsm://my-project/shop%2Fdjango",
        "gcsm://My_Project/shop",
        "gcsm://my-project/../shop",
        "gcsm://my-project/shop?location=Europe/West",
        "gcsm://my-project/shop?version=3",
        "gcsm://my-project/shop?layout=flat",
        &format!("gcsm://my-project/{long}?layout=separate"),
        &format!("gcsm://my-project/{long}{long}"),
    ] {
        let error = open(url).expect_err(url);
        assert_eq!((error.kind, error.hint.is_some()), (StoreErrorKind::Malformed, true), "{url}");
    }
}
