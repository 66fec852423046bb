//! The scripts of pipelines: what they give, name and print.

use std::ops::Range;

use super::Reader;
use super::print::printed;
use super::shell::{Command, Word, commands};
use super::value::value;
use super::version::{Pin, pinned_in_word};
use super::yaml::At;
use crate::deploy::facts::Pinned;
use crate::deploy::{How, Value};
use crate::fix::{Edit, Language, Left};

/// A script, and where its lines stand in the file.
pub(in crate::deploy) struct Script<'y> {
    at: At<'y>,
    text: &'y str,
    /// Where each line begins, in the script and in the file.
    lines: Vec<(usize, usize)>,
}

/// What the job that runs a script has in its environment.
#[derive(Clone, Copy)]
pub(in crate::deploy) struct Surroundings<'a> {
    pub(in crate::deploy) how: How,
    /// The variables with a key that are surely set.
    pub(in crate::deploy) set: &'a [String],
    /// Those that may be.
    pub(in crate::deploy) known: &'a [String],
}

impl<'y> Script<'y> {
    pub(in crate::deploy) fn of(at: At<'y>, file: &str) -> Option<Self> {
        let (text, span) = (at.text()?, at.span());
        let mut place = span.start;
        let mut start = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            let found = file.get(place..span.end).and_then(|rest| rest.find(line.trim_end_matches('\n')));
            place += found.unwrap_or(0);
            let begin = (start, place);
            start += line.len();
            place += found.map_or(0, |_| line.trim_end_matches('\n').len());
            begin
        });
        Some(Self { at, text, lines: lines.collect() })
    }

    /// The place in the file of a part of the script.
    fn span(&self, range: &Range<usize>) -> Range<usize> {
        let line = self.lines.partition_point(|(start, _)| *start <= range.start);
        let (start, place) = line.checked_sub(1).map_or((0, 0), |line| self.lines[line]);
        let begin = place + (range.start - start);
        begin..begin + range.len()
    }

    /// A version that stands from `start` of the script on, as changes of the file.
    pub(in crate::deploy) fn edits(&self, file: &str, pin: &Pin, start: usize) -> Result<Vec<Edit>, Left> {
        let places = pin.places.as_ref().map_err(|left| *left)?;
        if self.at.is_shared() {
            return Err(Left::Shared);
        }
        let edit = |(range, new): &(Range<usize>, &'static str)| {
            let range = range.start + start..range.end + start;
            let (old, place) = (self.text.get(range.clone())?, self.span(&range));
            (file.get(place.clone())? == old).then(|| Edit { range: place, old: old.to_owned(), new })
        };
        places.iter().map(|place| edit(place).ok_or(Left::Wrapped)).collect()
    }

    pub(in crate::deploy) fn read(&self, reader: &mut Reader<'_>, around: Surroundings<'_>) {
        let Some(left) = reader.scripts_left.checked_sub(self.text.len()) else { return };
        reader.scripts_left = left;
        let commands = commands(self.text);
        for command in &commands {
            self.command(reader, command, around.how);
        }
        for (span, what) in printed(&commands, around.set, around.known) {
            reader.facts.printed.push((self.span(&span), what));
        }
    }

    fn command(&self, reader: &mut Reader<'_>, command: &Command, how: How) {
        let mut is_argument = false;
        let is_setting = matches!(command.name(), "export" | "env" | "docker" | "podman" | "declare");
        let words = if is_setting { command.words.as_slice() } else { &[] };
        for word in command.assigned.iter().chain(words) {
            let how = if is_argument || word.text.starts_with(ARGUMENT) { How::Argument } else { how };
            self.word(reader, word, how, is_argument);
            is_argument = word.text == "--build-arg";
        }
        for word in &command.words {
            if let Some(pin) = pinned_in_word(reader.names, word) {
                let edits = self.in_word(reader.text, word, &pin);
                let (Pin { what, mend, .. }, language) = (pin, Language::Yaml);
                let span = self.span(&word.span);
                reader.facts.pinned.push(Pinned { span, what, mend, language, edits });
            }
        }
    }

    /// A word that is quoted in parts does not stand in the script as the shell reads it.
    fn in_word(&self, file: &str, word: &Word, pin: &Pin) -> Result<Vec<Edit>, Left> {
        let written = self.text.get(word.span.clone()).unwrap_or_default();
        let start = written.find(&word.text).ok_or(Left::Wrapped)?;
        self.edits(file, pin, word.span.start + start)
    }

    fn word(&self, reader: &mut Reader<'_>, word: &Word, how: How, is_argument: bool) {
        let text = word.text.strip_prefix(ARGUMENT).unwrap_or(&word.text);
        let text = text.strip_prefix("--env=").unwrap_or(text);
        match text.split_once('=') {
            Some((name, text)) => {
                let is_filled = word.filled.contains('$');
                let value = if is_filled && !matches!(value(text), Value::Default(_)) {
                    Value::Reference
                } else {
                    value(text)
                };
                reader.give(name, value, how, self.span(&word.value_span()));
            }
            None if is_argument => reader.give(text, Value::Reference, how, self.span(&word.span)),
            None => {}
        }
    }
}

const ARGUMENT: &str = "--build-arg=";
