//! What is special about keychains, here that of GNOME.

use keybaton_stores::Store;
use serde_json::{Value, json};

use crate::ground::Ground;

mod items;
mod sessions;

/// An item of the test's own; `None` where no session runs, so there is nothing to test.
fn begin() -> Option<Ground> {
    Ground::of("keychain")
}

/// The variables of another session.
fn session(ground: &Ground, keeper: &str) -> Value {
    let name = ground.world.path().file_name().unwrap().to_str().unwrap();
    ground.arrange("session", json!({ "name": name, "keeper": keeper }))
}

fn separate(ground: &Ground) -> Box<dyn Store> {
    ground.open_with(&format!("{}?layout=separate", ground.url()), &json!({}), |it| it)
}
