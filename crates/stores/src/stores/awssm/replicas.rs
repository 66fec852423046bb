//! A secret's copies in other regions, which processes there read.

use std::time::Duration;

use serde_json::Value as Json;

use super::SecretsManager;
use crate::Note;
use crate::remote::{Deadline, pause};

pub(super) struct Replica {
    region: String,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    InSync,
    Behind,
    /// It stays as it is, for this reason of AWS.
    Failed(String),
}

impl Replica {
    pub(super) fn all_in(described: &Json) -> Vec<Self> {
        described["ReplicationStatus"].as_array().into_iter().flatten().map(Self::of).collect()
    }

    fn of(told: &Json) -> Self {
        let region = told["Region"].as_str().unwrap_or("another region").to_owned();
        let state = match told["Status"].as_str() {
            Some("InSync") => State::InSync,
            Some("Failed") => State::Failed(shown(told["StatusMessage"].as_str().unwrap_or("it failed"))),
            _ => State::Behind,
        };
        Self { region, state }
    }
}

impl SecretsManager {
    /// Waits until the replicas of a secret have its new value, or never will.
    pub(super) fn wait_for_replicas(&self, name: &str, deadline: Deadline) -> Vec<Note> {
        loop {
            let Ok(Some(secret)) = self.describe(name, deadline) else {
                let store = &self.aws.line.store;
                return vec![Note(format!(
                    "{store}: whether the replicas of {name} are in sync cannot be seen"
                ))];
            };
            let is_behind = secret.replicas.iter().any(|replica| replica.state == State::Behind);
            if !is_behind || deadline.left() <= PAUSE {
                return notes(&self.aws.line.store, name, &secret.replicas);
            }
            pause(PAUSE);
        }
    }
}

fn notes(store: &str, name: &str, replicas: &[Replica]) -> Vec<Note> {
    let told = |Replica { region, state }: &Replica| match state {
        State::InSync => None,
        State::Behind => Some(format!("{store}: the replica of {name} in {region} is not in sync yet")),
        State::Failed(why) => {
            Some(format!("{store}: AWS does not copy {name} to {region}, where the old value stays: {why}"))
        }
    };
    replicas.iter().filter_map(told).map(Note).collect()
}

/// AWS's words, as far as they fit into a line.
fn shown(words: &str) -> String {
    words.chars().filter(|char| !char.is_control()).take(200).collect()
}

const PAUSE: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_region_that_is_behind_and_one_that_failed_are_told_with_the_reason() {
        let replicas = Replica::all_in(&json!({ "ReplicationStatus": [
            { "Region": "eu-west-3", "Status": "InSync" },
            { "Region": "eu-north-1", "Status": "InProgress" },
            { "Region": "eu-south-1", "Status": "Failed", "StatusMessage": "made\n-up reason" },
        ] }));
        let told: Vec<String> =
            notes("awssm://x", "x", &replicas).into_iter().map(|Note(note)| note).collect();
        assert_eq!(
            told,
            [
                "awssm://x: the replica of x in eu-north-1 is not in sync yet",
                "awssm://x: AWS does not copy x to eu-south-1, where the old value stays: made-up reason",
            ]
        );
    }
}
