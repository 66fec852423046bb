//! What is special about the stores of AWS. Without its server there is nothing to test.

use keybaton_stores::Version;
use serde_json::{Value, json};

use crate::ground::{Ground, told, write};
use crate::world::read;

mod claims;
mod parameters;
mod replicas;
mod rights;
mod secrets;
mod sign_in;

impl Ground {
    /// What the stand-in does to the next calls that have `on` in their name; `{place}` stands for the store's.
    fn trick(&self, on: &str, mut trick: Value) {
        trick["on"] = on.into();
        self.hand.ask(&self.world, json!({ "do": "arrange", "fields": { "trick": trick } }));
    }

    /// An operation of boto3's client.
    fn ask_boto3(&self, operation: &str, fields: Value) -> Value {
        self.hand.ask(&self.world, json!({ "do": "ask", "operation": operation, "fields": fields }))
    }

    /// The calls since this was asked last.
    fn asked(&self) -> Value {
        self.hand.ask(&self.world, json!({ "do": "arrange", "fields": { "calls": "{place}" } }))
    }
}

/// A ring, and its version.
fn begun(ground: &Ground) -> Version {
    write(&*ground.open(), "a", &Version::Absent).unwrap().version
}
