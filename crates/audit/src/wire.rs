//! Changing a settings file so that the key comes from the ring, every other byte staying as it is.

use std::collections::BTreeSet;
use std::ops::Range;

use keybaton_core::RingName;

use crate::python::with_module;
use crate::settings::{Default, Entry, Form, KeySource, Settings, Surroundings};
use crate::source::Source;

mod edits;
mod further;
mod imports;
pub(crate) mod middleware;
#[cfg(test)]
mod tests;

use edits::Edits;
pub use further::{further_lines, wire_further};
pub use middleware::{Middleware, OURS, is_looked_for};

/// How settings get the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `keybaton.load()`
    Load,
    /// Two lines that read the environment and need no package.
    Plain,
}

/// What becomes of a settings file.
#[derive(Debug, PartialEq, Eq)]
pub enum Wiring {
    /// It gets the key from the ring already, or does not set it.
    AsItIs,
    /// These are its new bytes.
    Changed(Vec<u8>),
    /// It sets the key in a way that only a person can change: more than once, under a condition, in a class.
    ByHand {
        /// The lines where it does so, from 1.
        lines: Vec<usize>,
    },
    /// It is no Python, so nothing in it can be relied on.
    Broken {
        /// The line of the first syntax error, from 1.
        line: usize,
    },
}

/// What to do where a file does not set the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfAbsent {
    /// Nothing: another file does.
    Leave,
    /// It is the one that shall.
    Append,
}

/// Decides how a file changes. The result was parsed again, and says what it should.
#[must_use]
pub fn wire(bytes: &[u8], source: &Source, ring: &RingName, style: Style, absent: IfAbsent) -> Wiring {
    let settings = Settings::of(source, &[]);
    let setting = |entry: &&Entry| entry.is_setting();
    let keys: Vec<&Entry> = settings.keys().filter(setting).collect();
    let fallbacks: Vec<&Entry> = settings.fallbacks().filter(setting).collect();
    if keys.is_empty() && fallbacks.is_empty() && absent == IfAbsent::Leave || is_wired(&settings, ring) {
        return Wiring::AsItIs;
    }
    let line = |at: usize| source.place(at).line;
    if let Some(error) = settings.errors.first() {
        return Wiring::Broken { line: line(*error) };
    }
    let by_hand = || {
        let lines = keys.iter().chain(&fallbacks).map(|entry| line(entry.statement.start));
        Wiring::ByHand { lines: lines.collect::<BTreeSet<usize>>().into_iter().collect() }
    };
    let Some(edits) = edits(source, &keys, &fallbacks, ring, style) else { return by_hand() };
    let new = edits.applied(bytes, source);
    if is_proved(&new, ring, style) { Wiring::Changed(new) } else { by_hand() }
}

/// The lines that belong into settings, for those who put them in by hand.
#[must_use]
pub fn lines(ring: &RingName, style: Style) -> Vec<String> {
    let import = format!("import {}", style.module());
    [import, String::new()].into_iter().chain(statements(ring, style, '"')).collect()
}

impl Style {
    /// The module that its lines need.
    fn module(self) -> &'static str {
        match self {
            Self::Load => "keybaton",
            Self::Plain => "os",
        }
    }
}

/// The statements that set key and fallbacks. An empty fallback would let anybody forge signatures, so none gets through.
fn statements(ring: &RingName, style: Style, quote: char) -> Vec<String> {
    let q = quote;
    match style {
        Style::Load => {
            let name = if *ring == RingName::default() { String::new() } else { format!("{q}{ring}{q}") };
            vec![format!("SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load({name})")]
        }
        Style::Plain => {
            let fallbacks = ring.fallbacks();
            vec![
                format!("SECRET_KEY = os.environ[{q}{ring}{q}]"),
                format!(
                    "SECRET_KEY_FALLBACKS = [key for key in os.environ.get({q}{fallbacks}{q}, {q}{q}).split({q},{q}) if key.strip()]"
                ),
            ]
        }
    }
}

fn is_wired(settings: &Settings, ring: &RingName) -> bool {
    is_loaded(settings, ring) || is_plain(settings, ring)
}

/// Whether settings read the ring with `keybaton.load()`.
#[must_use]
pub fn is_loaded(settings: &Settings, ring: &RingName) -> bool {
    let loads = KeySource::Keybaton { ring: ring.as_str().to_owned() };
    let mut keys = settings.keys().filter(|entry| entry.is_setting()).peekable();
    keys.peek().is_some() && keys.all(|entry| entry.is_exact && entry.sources == [loads.clone()])
}

fn is_plain(settings: &Settings, ring: &RingName) -> bool {
    let reads = |entry: &Entry, name: &str| {
        entry.is_exact
            && entry.trap.is_none()
            && matches!(entry.sources.as_slice(), [KeySource::Environment { variable, default }]
                if variable == name && *default != Default::Literal)
    };
    let setting = |entry: &&Entry| entry.is_setting();
    let keys: Vec<&Entry> = settings.keys().filter(setting).collect();
    let fallbacks: Vec<&Entry> = settings.fallbacks().filter(setting).collect();
    match (keys.as_slice(), fallbacks.as_slice()) {
        ([key], [fallback]) => reads(key, ring.as_str()) && reads(fallback, ring.fallbacks().as_ref()),
        _ => false,
    }
}

/// The new text says what it should, whatever stood around the old.
fn is_proved(new: &[u8], ring: &RingName, style: Style) -> bool {
    let Ok(source) = Source::decode(new) else { return false };
    let settings = Settings::of(&source, &[]);
    let says = match style {
        Style::Load => is_loaded(&settings, ring),
        Style::Plain => is_plain(&settings, ring),
    };
    settings.errors.is_empty() && says
}

/// None where a person has to decide.
fn edits(
    source: &Source,
    keys: &[&Entry],
    fallbacks: &[&Entry],
    ring: &RingName,
    style: Style,
) -> Option<Edits> {
    let text = source.text();
    let statements = statements(ring, style, quote(text, keys)).join(source.line_end());
    let mut edits = Edits::default();
    with_module(text, |module| imports::add(&mut edits, source, module.body, style.module()));
    match (keys, fallbacks) {
        ([], []) => edits.append(text, &statements, source.line_end()),
        ([key], []) => edits.replace(simple(text, key)?, &statements),
        ([key], [fallback]) => {
            edits.replace(simple(text, key)?, &statements);
            edits.remove_line(text, simple(text, fallback)?);
        }
        _ => return None,
    }
    Some(edits)
}

/// The quotes that the old statement used.
fn quote(text: &str, keys: &[&Entry]) -> char {
    let old = keys.first().map_or("", |key| &text[key.statement.clone()]);
    old.chars().find(|character| matches!(character, '"' | '\'')).unwrap_or('"')
}

/// Where a statement stands, if it is an assignment of its own on lines of its own, always carried out.
fn simple(text: &str, entry: &Entry) -> Option<Range<usize>> {
    let statement = entry.statement.clone();
    let is_plain = matches!(entry.form, Form::Assignment | Form::Annotated)
        && Surroundings { guarded: false, ..entry.surroundings } == Surroundings::default();
    let begins_line = edits::line_start(text, statement.start) == statement.start;
    let behind = text[statement.end..edits::line_stop(text, statement.end)].trim_start();
    (is_plain && begins_line && (behind.is_empty() || behind.starts_with('#'))).then_some(statement)
}
