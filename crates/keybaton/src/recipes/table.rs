//! What the table of an environment says of a rotation, beside what it has to say so that each write reaches the site.

use keybaton_core::time::Span;

use super::{Home, Made};
use crate::configuration::{Configuration, Environment, quoted};

/// What it says.
#[derive(Debug)]
pub(crate) struct Table {
    /// `[environments.production] of keybaton.toml`
    name: String,
    propagation: Option<Span>,
    after_write: Vec<Vec<String>>,
    /// The keys of a rotation that it does not have.
    lacking: Vec<&'static str>,
}

/// What it has to say.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// None where nobody but the operator can know it.
    pub(crate) propagation: Option<&'static str>,
    pub(crate) after_write: Vec<Vec<String>>,
    /// Whole lines besides, such as `manage = …`.
    pub(crate) more: Vec<String>,
    /// What other ways of the same recipe run after each write.
    pub(crate) others: Vec<Vec<String>>,
}

/// Says which lines a table needs that is there, and which commands it is to lose. It is the user's and stays as it is; so these words come before everything that
/// relies on it. One that was added just now has them all.
pub(crate) fn needs(made: Made, home: &Home, wanted: &Wanted) -> Made {
    let table = &home.table;
    let is_in_place = !table.after_write.is_empty() && !table.runs(wanted);
    let so = format!("Write this into {}, so that a rotation reaches the site", table.name);
    let words = if is_in_place { format!("{so}. {IN_PLACE}:") } else { format!("{so}:") };
    let made = listed(made, words, table.missing(wanted));
    if is_in_place {
        return made;
    }
    let words = format!("Take out of after-write in {} what was for another way:", table.name);
    listed(made, words, table.stale(wanted))
}

fn listed(made: Made, words: String, lines: Vec<String>) -> Made {
    if lines.is_empty() { made } else { made.step(words).commands(lines) }
}

impl Table {
    pub(super) fn of(known: &Configuration, environment: &str) -> Self {
        let says = &known.environments[environment];
        Self {
            name: format!("{} of {}", known.title(environment), known.source.name()),
            propagation: says.propagation,
            after_write: says.after_write.clone(),
            lacking: lacking(says),
        }
    }

    /// Whether it lacks `after-write-timeout` or `manage`.
    pub(super) fn lacks(&self, key: &str) -> bool {
        self.lacking.contains(&key)
    }

    fn missing(&self, wanted: &Wanted) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(wanted.propagation.filter(|span| self.is_too_short(span)).map(propagation));
        lines.extend((!self.runs(wanted)).then(|| after_write(&wanted.after_write)));
        let more = wanted.more.iter().flat_map(|more| more.lines());
        lines.extend(more.filter(|line| self.lacks(key(line))).map(str::to_owned));
        lines
    }

    /// It would restart in vain what takes a new ring over by itself, or fail on what is no longer there.
    fn stale(&self, wanted: &Wanted) -> Vec<String> {
        let is_stale =
            |command: &&Vec<String>| wanted.others.contains(command) && !wanted.after_write.contains(command);
        self.after_write.iter().filter(is_stale).map(|command| list(command)).collect()
    }

    /// A wait that was meant for a quicker way ends before every process has the next key.
    fn is_too_short(&self, wanted: &str) -> bool {
        let wanted: Option<Span> = wanted.parse().ok();
        self.propagation < wanted
    }

    /// Whether it runs what is wanted, in that order, whatever it runs besides.
    fn runs(&self, wanted: &Wanted) -> bool {
        let mut known = self.after_write.iter();
        wanted.after_write.iter().all(|command| known.any(|other| other == command))
    }
}

fn lacking(says: &Environment) -> Vec<&'static str> {
    let has =
        [("after-write-timeout", says.after_write_timeout.is_some()), ("manage", says.manage.is_some())];
    has.into_iter().filter(|(_, has)| !has).map(|(key, _)| key).collect()
}

fn key(line: &str) -> &str {
    line.split(" = ").next().unwrap_or_default()
}

/// The line that says how long a new key takes to reach each process.
pub(super) fn propagation(span: &str) -> String {
    format!("propagation = {}", quoted(span))
}

/// The line that says what runs after each write.
pub(super) fn after_write(commands: &[Vec<String>]) -> String {
    let commands: Vec<String> = commands.iter().map(|words| list(words)).collect();
    format!("after-write = [{}]", commands.join(", "))
}

/// As TOML writes a program and its arguments.
pub(crate) fn list(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
}

const IN_PLACE: &str = "This after-write takes the place of the one there, which does something else; what you still want of that comes behind it";
