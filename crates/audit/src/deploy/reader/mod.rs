//! How the kinds read: YAML with places, lines, shell words, and what a text says about the key.

pub(super) mod lines;
pub(super) mod pairs;
mod print;
pub(super) mod script;
pub(super) mod shell;
pub(super) mod value;
pub(super) mod version;
pub(super) mod yaml;

use std::ops::Range;
use std::path::Path;

use keybaton_core::RingName;

use super::{Facts, Given, How, Names, Value};

/// One file that is being read.
pub(super) struct Reader<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) names: &'a Names,
    pub(super) facts: Facts,
    /// How many bytes of scripts may still be read: aliases can name one script thousands of times.
    pub(super) scripts_left: usize,
}

impl Reader<'_> {
    /// Takes a variable in, if it is a key's.
    pub(super) fn give(&mut self, name: &str, value: Value, how: How, span: Range<usize>) {
        if let Some(ring) = self.names.ring(name).cloned() {
            self.give_ring(ring, value, how, span);
        }
    }

    pub(super) fn give_ring(&mut self, ring: RingName, value: Value, how: How, span: Range<usize>) {
        self.facts.given.push(Given { ring, value, how, span });
    }
}
