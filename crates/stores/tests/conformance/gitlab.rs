//! What is special about GitLab's variables.

use keybaton_stores::Note;
use serde_json::{Value, json};

use crate::ground::Ground;

mod flags;
mod guard;
mod many;
mod names;
mod rights;
mod scopes;

/// A project of the test's own; `None` where the server does not run, so there is nothing to test.
fn begin() -> Option<Ground> {
    Ground::of("gitlab")
}

/// All variables of the project with all that they have, but the claim, which comes and goes.
fn all(ground: &Ground) -> Vec<Value> {
    ground.arrange("all", json!({})).as_array().unwrap().clone()
}

fn one(ground: &Ground, name: &str) -> Value {
    all(ground).into_iter().find(|variable| variable["key"] == name).unwrap()
}

fn make(ground: &Ground, name: &str, value: &str, with: Value) {
    let mut said = json!({ "key": name, "value": value });
    said.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    ground.arrange("make", said);
}

fn play(ground: &Ground, tricks: Value) {
    ground.arrange("play", tricks);
}

fn told_of(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|Note(note)| &**note).collect()
}

const KEY: &str = "made-up-key";
const CLAIM: &str = "SECRET_KEY_CLAIM";
