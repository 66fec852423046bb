//! Which repositories get a secret or a variable of an organization.

use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub(super) struct Visibility {
    word: String,
    /// Those that were chosen, by their numbers, where some were.
    chosen: Vec<u64>,
}

impl Visibility {
    /// To be made, of repositories that somebody chooses afterwards.
    pub(super) fn new(word: &str) -> Self {
        Self { word: word.to_owned(), chosen: Vec::new() }
    }

    pub(super) fn of(word: &str, chosen: Vec<u64>) -> Self {
        Self { word: word.to_owned(), chosen }
    }

    /// Adds itself to what is said of a secret or of a variable. Without the repositories GitHub would forget them.
    pub(super) fn say_in(&self, said: &mut Value) {
        said["visibility"] = json!(self.word);
        if self.word == SELECTED {
            said["selected_repository_ids"] = json!(self.chosen);
        }
    }
}

pub(super) const SELECTED: &str = "selected";
