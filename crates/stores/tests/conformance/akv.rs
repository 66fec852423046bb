//! What is special about Azure Key Vault. Without its server there is nothing to test.

use keybaton_core::{Field, RingName, Texts};
use keybaton_stores::{Note, Settings, Store, StoreError, StoreErrorKind, StoreUrl, Version, Written};
use serde_json::{Value, json};

use crate::fixtures::Fixture;
use crate::hands::Hand;
use crate::support::writes;
use crate::world::{World, open_url, outer_environment, read, settings, tested, texts};

mod guard;
mod login;
mod names;
mod rights;
mod secrets;

const HAND: Hand = Hand("akv");

/// A store whose secret nobody else uses, if there is a server.
fn begin() -> Option<(World, &'static Fixture)> {
    let fixture = tested().find(|fixture| fixture.scheme() == "akv")?;
    Some((World::new(), fixture))
}

fn ring(key: &str) -> Texts {
    texts(key, key, "cmVj")
}

fn write(store: &dyn Store, key: &str, over: &Version) -> Result<Written, StoreError> {
    store.write(&writes(&ring(key)), over)
}

/// A store with a ring in it, and its version.
fn begun(world: &World, fixture: &Fixture) -> (Box<dyn Store>, Version) {
    let store = world.open(fixture);
    let written = write(&*store, "a", &Version::Absent).unwrap();
    assert_eq!(written.notes, []);
    calls(world);
    (store, written.version)
}

/// The calls to this secret since it was last asked.
fn calls(world: &World) -> Value {
    HAND.ask(world, json!({ "do": "calls" }))
}

fn play(world: &World, tricks: Value) {
    HAND.ask(world, json!({ "do": "play", "tricks": tricks }));
}

fn properties(world: &World) -> Value {
    HAND.ask(world, json!({ "do": "properties" }))
}

fn put_whole(world: &World, text: &str, with: Value) {
    HAND.ask(world, json!({ "do": "put whole", "text": text, "with": with }));
}

fn read_whole(world: &World) -> Value {
    HAND.ask(world, json!({ "do": "read whole" }))
}

/// The name of the secret.
fn name(world: &World, fixture: &Fixture) -> String {
    world.url(fixture).rsplit_once('/').unwrap().1.to_owned()
}

/// Opens the store anew, with other settings.
fn with(world: &World, fixture: &Fixture, change: impl FnOnce(&mut Settings<'_>)) -> Box<dyn Store> {
    let mut settings = settings(world.path(), outer_environment());
    change(&mut settings);
    open_url(&world.url(fixture), &settings)
}
