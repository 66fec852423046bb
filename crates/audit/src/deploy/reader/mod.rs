//! How the kinds read: YAML with places, lines, shell words, and what a text says about the key.

pub(super) mod command;
pub(super) mod deploys;
mod fills;
mod inner;
pub(super) mod lines;
pub(super) mod others;
pub(super) mod pairs;
mod print;
mod quotes;
mod reference;
pub(super) mod script;
pub(super) mod settings;
pub(super) mod shell;
pub(super) mod texts;
mod tools;
pub(super) mod value;
pub(super) mod version;
pub(super) mod words;
pub(super) mod yaml;

use std::ops::Range;
use std::path::Path;

use keybaton_core::RingName;

use super::facts::Pinned;
use super::{Facts, Given, How, Names, Value};
use crate::fix::Language;
use script::Script;
use version::Pin;
use yaml::At;

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

    /// Takes a version in that stands in a text of YAML.
    pub(super) fn pin(&mut self, at: At<'_>, pin: &Pin) {
        if let Some(script) = Script::of(at, self.text) {
            self.pin_line(at, &script, pin, 0);
        }
    }

    /// The same in a line that begins at `start` of the text.
    pub(super) fn pin_line(&mut self, at: At<'_>, script: &Script<'_>, pin: &Pin, start: usize) {
        let edits = script.edits(self.text, pin, start);
        let (Pin { what, mend, .. }, language) = (pin, Language::Yaml);
        self.facts.pinned.push(Pinned { span: at.span(), what, mend, language, edits });
    }
}
