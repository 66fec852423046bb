//! What is special about Heroku's config vars.

use keybaton_stores::Note;
use serde_json::{Value, from_value, json};

use crate::ground::Ground;

mod guard;
mod releases;
mod rights;

/// An app of the test's own; `None` where the server does not run, so there is nothing to test.
fn begin() -> Option<Ground> {
    Ground::of("heroku")
}

/// What the releases say of themselves, without the two with which each app begins.
fn releases(ground: &Ground) -> Vec<String> {
    let mut all: Vec<String> = from_value(ground.arrange("releases", json!({}))).unwrap();
    all.split_off(2)
}

fn play(ground: &Ground, tricks: Value) {
    ground.arrange("play", tricks);
}

fn told_of(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|Note(note)| &**note).collect()
}

fn app(ground: &Ground) -> String {
    ground.url().replace("heroku://", "")
}
