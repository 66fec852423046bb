//! What is special about GitHub's secrets.

use keybaton_core::Unseen;
use keybaton_stores::{Held, Note, Store, StoreUrl};
use serde_json::{Value, json};

use crate::ground::Ground;
use crate::world::{outer_environment, settings};

mod guard;
mod limits;
mod places;
mod rights;
mod sealed;
mod seals;

/// A repository of the test's own; `None` where the server does not run, so there is nothing to test.
fn begin() -> Option<Ground> {
    Ground::of("gha")
}

/// What GitHub tells of the keys, and the record: not what the stand-in found in the boxes.
fn told_by_github(ground: &Ground) -> Option<(Option<String>, Unseen)> {
    match store(ground, &ground.url()).read().unwrap() {
        Held::Absent => None,
        Held::Sealed { record, keys, .. } => Some((record, keys)),
        Held::Texts(..) => panic!("GitHub shows no secret"),
    }
}

fn store(ground: &Ground, url: &str) -> Box<dyn Store> {
    let settings = settings(ground.world.path(), outer_environment());
    keybaton_stores::open(&StoreUrl::parse(url).unwrap(), &"SECRET_KEY".parse().unwrap(), &settings).unwrap()
}

/// Secrets and variables as the stand-in keeps them, and the calls since it was last asked.
fn kept(ground: &Ground) -> Value {
    ground.arrange("kept", json!({}))
}

fn calls(ground: &Ground) -> Vec<String> {
    serde_json::from_value(kept(ground)["calls"].take()).unwrap()
}

fn play(ground: &Ground, tricks: Value) {
    ground.arrange("play", tricks);
}

fn told_of(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|Note(note)| &**note).collect()
}

fn host() -> String {
    std::env::var("GH_HOST").unwrap()
}

const KEY: &str = "made-up-key";
