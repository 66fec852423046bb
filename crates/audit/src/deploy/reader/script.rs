//! The scripts of pipelines: what they give, name and print.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Reader;
use super::deploys::needs_no_key;
use super::inner::{self, is_called};
use super::print::{is_seen, printed};
use super::settings::{Setting, in_lines, in_word, value_in};
use super::shell::{Command, Word, commands};
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

    /// Its lines, and where each begins in it.
    pub(in crate::deploy) fn parts(&self) -> impl Iterator<Item = (usize, &'y str)> {
        let mut at = 0;
        self.text.split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            (start, line)
        })
    }

    /// The place in the file of a part of the script.
    pub(in crate::deploy) fn span(&self, range: &Range<usize>) -> Range<usize> {
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

    /// Takes in what the script says; `written` are the files of the job that have the key in them.
    pub(in crate::deploy) fn read(
        &self,
        reader: &mut Reader<'_>,
        around: Surroundings<'_>,
        written: &mut BTreeSet<String>,
    ) {
        let Some(left) = reader.scripts_left.checked_sub(self.text.len()) else { return };
        reader.scripts_left = left;
        self.part(reader, &Part { text: self.text, place: Place::At(0), depth: 0 }, around, written);
    }

    fn part(
        &self,
        reader: &mut Reader<'_>,
        part: &Part<'_>,
        around: Surroundings<'_>,
        written: &mut BTreeSet<String>,
    ) {
        let commands = commands(part.text);
        for command in &commands {
            self.command(reader, part, command, around.how);
        }
        for (span, what) in printed(&commands, around.set, around.known, written) {
            reader.facts.printed.push((self.span(&part.place.of(span)), what));
        }
        for (at, command) in commands.iter().enumerate().filter(|_| part.depth < DEPTH) {
            for inner in inner::scripts(command) {
                let is_seen = is_seen(&commands, at, around.known);
                let set = if inner.has_environment && is_seen { around.set } else { &[] };
                let known = if is_seen { around.known } else { &[] };
                let part = part.within(inner.word);
                self.part(reader, &part, Surroundings { set, known, ..around }, written);
            }
        }
    }

    fn command(&self, reader: &mut Reader<'_>, part: &Part<'_>, command: &Command, how: How) {
        let how = if needs_no_key(command) { TEST } else { how };
        let mut before = "";
        let inner: Vec<Range<usize>> =
            inner::scripts(command).iter().map(|inner| inner.word.span.clone()).collect();
        let words = if only_names(command) { &[] } else { command.words.as_slice() };
        let words = words.iter().filter(|word| !inner.contains(&word.span));
        for word in command.assigned.iter().chain(words) {
            let is_argument = before == ARGUMENT.trim_end_matches('=');
            let how = if is_argument || word.text.starts_with(ARGUMENT) { How::Argument } else { how };
            if !names_secrets(&word.text) && !names_secrets(before) {
                self.word(reader, part, word, how, is_argument);
            }
            before = &word.text;
        }
        if writes(command) {
            command.words.iter().for_each(|word| self.lines(reader, part, word, how));
        }
        for word in command.heredocs.iter().filter(|word| !inner.contains(&word.span)) {
            self.lines(reader, part, word, how);
        }
        for word in &command.words {
            if let Some(pin) = pinned_in_word(reader.names, word).filter(|_| part.depth == 0) {
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

    fn word(&self, reader: &mut Reader<'_>, part: &Part<'_>, word: &Word, how: How, is_argument: bool) {
        let names = reader.names;
        let settings = in_word(names, &word.text);
        let start = begins(part, word).filter(|_| !settings.is_empty());
        for setting in &settings {
            let value = value_in(setting.text, &word.filled);
            reader.give(setting.name, value, how, self.setting(part, word, setting, start));
        }
        let name = word.text.strip_prefix(ARGUMENT).filter(|_| settings.is_empty());
        if let Some(name) =
            name.or_else(|| (is_argument && settings.is_empty()).then_some(word.text.as_str()))
        {
            reader.give(name, Value::Reference, how, self.span(&part.place.of(word.span.clone())));
        }
    }

    /// What is written into a file, line by line.
    fn lines(&self, reader: &mut Reader<'_>, part: &Part<'_>, word: &Word, how: How) {
        let names = reader.names;
        let text = word.text.replace("\\n", " \n");
        let start = begins(part, word);
        for setting in in_lines(names, &text) {
            let value = value_in(setting.text, &word.filled);
            reader.give(setting.name, value, how, self.setting(part, word, &setting, start));
        }
    }

    /// Where a value stands: in the word as it is written, which begins at `start`, as far as that can be told.
    fn setting(
        &self,
        part: &Part<'_>,
        word: &Word,
        setting: &Setting<'_>,
        start: Option<usize>,
    ) -> Range<usize> {
        let span = match start {
            _ if setting.span.start == setting.name.len() + 1 => word.value_span(),
            Some(start) => start + setting.span.start..start + setting.span.end,
            None => word.span.clone(),
        };
        self.span(&part.place.of(span))
    }
}

/// Where the text of a word stands in the script, if it stands there as it is.
fn begins(part: &Part<'_>, word: &Word) -> Option<usize> {
    Some(word.span.start + part.text.get(word.span.clone())?.find(&word.text)?)
}

/// A script, or one within it.
struct Part<'p> {
    text: &'p str,
    place: Place,
    depth: usize,
}

/// Where a part stands in the script.
#[derive(Clone)]
enum Place {
    At(usize),
    /// All of it is found here, as it is not written as another shell reads it.
    All(Range<usize>),
}

impl Place {
    fn of(&self, range: Range<usize>) -> Range<usize> {
        match self {
            Self::At(start) => range.start + start..range.end + start,
            Self::All(all) => all.clone(),
        }
    }
}

impl Part<'_> {
    fn within<'w>(&self, word: &'w Word) -> Part<'w> {
        let written = self.text.get(word.span.clone()).unwrap_or_default();
        let place = match (&self.place, written.find(&word.text)) {
            (Place::At(start), Some(at)) => Place::At(start + word.span.start + at),
            (place, _) => Place::All(place.of(word.span.clone())),
        };
        Part { text: &word.text, place, depth: self.depth + 1 }
    }
}

/// Whether the words of a command are texts, or only look for something.
fn only_names(command: &Command) -> bool {
    is_called(command.name(), &NAMES)
}

/// `--set-secrets SECRET_KEY=shop-key:latest`: what follows is the name of a secret.
fn names_secrets(word: &str) -> bool {
    let flag = word.split('=').next().unwrap_or_default();
    flag.starts_with("--") && flag.contains("secret")
}

/// Whether a command writes its words somewhere else than into the log.
fn writes(command: &Command) -> bool {
    is_called(command.name(), &["echo", "printf"]) && (command.target.is_some() || command.piped_to.is_some())
}

const NAMES: [&str; 15] = [
    "echo", "printf", "grep", "egrep", "fgrep", "rg", "sed", "awk", "find", "test", "[", "[[", "git",
    "python", "python3",
];

/// More scripts within scripts than anybody writes.
const DEPTH: usize = 3;
const TEST: How = How::Job { deploys: false };
const ARGUMENT: &str = "--build-arg=";
