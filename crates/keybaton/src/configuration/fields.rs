//! A table of the configuration, read key by key; what nobody reads is an error.

use std::ops::Range;
use std::str::FromStr;

use keybaton_core::time::Span;
use keybaton_core::{BadName, Reporting, RingName};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::keys::{FLEETS, Holds, Key};
use super::source::Source;
use crate::failure::Failure;

/// A table, and which of its keys have been asked for.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    source: &'a Source,
    table: &'a DeTable<'a>,
    /// The keys that lead to the table.
    path: Vec<String>,
    known: Vec<&'static str>,
}

type Name<'a> = Spanned<DeString<'a>>;

impl<'a> Fields<'a> {
    pub(super) fn new(source: &'a Source, table: &'a DeTable<'a>, path: Vec<String>) -> Self {
        Self { source, table, path, known: Vec::new() }
    }

    pub(super) fn text(&mut self, key: Key) -> Result<Option<&'a str>, Failure> {
        self.value(key, &[Holds::Text]).map(|value| self.as_text(&quoted(key.name), value)).transpose()
    }

    pub(super) fn texts(&mut self, key: Key) -> Result<Vec<String>, Failure> {
        let Some(value) = self.value(key, &[Holds::Texts]) else { return Ok(Vec::new()) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong_type(&quoted(key.name), value, "a list of strings"));
        };
        let what = format!("each of \"{key}\"");
        items.iter().map(|item| self.as_text(&what, item).map(str::to_owned)).collect()
    }

    /// Lists of strings, each a program and its arguments.
    pub(super) fn commands(&mut self, key: Key) -> Result<Vec<Vec<String>>, Failure> {
        let Some(value) = self.value(key, &[Holds::Commands]) else { return Ok(Vec::new()) };
        let wanted = "a list of commands, each a list of strings such as [\"kubectl\", \"rollout\", \"restart\", \
                      \"deploy/web\"]";
        let DeValue::Array(commands) = value.get_ref() else {
            return Err(self.wrong_type(&quoted(key.name), value, wanted));
        };
        commands.iter().map(|item| self.words(key, item, wanted)).collect()
    }

    /// A program and its arguments.
    pub(super) fn command(&mut self, key: Key) -> Result<Option<Vec<String>>, Failure> {
        let wanted = "a command, as a list of strings such as [\"python\", \"manage.py\"]";
        self.value(key, &[Holds::Command]).map(|value| self.words(key, value, wanted)).transpose()
    }

    fn words(&self, key: Key, item: &'a Spanned<DeValue<'a>>, wanted: &str) -> Result<Vec<String>, Failure> {
        match item.get_ref() {
            DeValue::Array(words) if !words.is_empty() => {
                let what = format!("each word of \"{key}\"");
                words.iter().map(|word| self.as_text(&what, word).map(str::to_owned)).collect()
            }
            DeValue::Array(_) => {
                Err(self.source.wrong(Some(item.span()), &format!("an empty command in \"{key}\"")))
            }
            _ => Err(self.wrong_type(&quoted(key.name), item, wanted)),
        }
    }

    pub(super) fn fleet(&mut self, key: Key) -> Result<Option<Reporting>, Failure> {
        let Some(value) = self.value(key, &[Holds::Fleet]) else { return Ok(None) };
        let text = self.as_text(&quoted(key.name), value)?;
        let known = FLEETS.into_iter().find(|(name, _)| *name == text).map(|(_, reporting)| reporting);
        let unknown = || {
            let what = format!("\"{key}\" must be \"all\", \"some\" or \"none\"");
            self.source
                .wrong(Some(value.span()), &what)
                .hint("it says which processes report the keys that they use")
        };
        known.map(Some).ok_or_else(unknown)
    }

    pub(super) fn span(&mut self, key: Key) -> Result<Option<Span>, Failure> {
        let Some(value) = self.value(key, &[Holds::Span]) else { return Ok(None) };
        let DeValue::String(text) = value.get_ref() else {
            return Err(self.wrong_type(&quoted(key.name), value, "a span of time such as \"15m\""));
        };
        let span = Span::from_str(text).map_err(|error| {
            let what = format!("\"{key}\" must be a span of time, not \"{text}\"");
            self.source.wrong(Some(value.span()), &what).hint(error.to_string())
        })?;
        Ok(Some(span))
    }

    pub(super) fn truth(&mut self, key: Key) -> Result<Option<bool>, Failure> {
        let Some(value) = self.value(key, &[Holds::Truth]) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(truth) => Ok(Some(*truth)),
            _ => Err(self.wrong_type(&quoted(key.name), value, "true or false")),
        }
    }

    pub(super) fn ring(&mut self, key: Key) -> Result<Option<RingName>, Failure> {
        let Some(value) = self.value(key, &[Holds::RingName]) else { return Ok(None) };
        self.ring_name(self.as_text(&quoted(key.name), value)?, value.span()).map(Some)
    }

    /// The tables inside the table `key`, each with its name.
    pub(super) fn tables(&mut self, key: Key) -> Result<Vec<(&'a Name<'a>, Self)>, Failure> {
        let Some(value) = self.value(key, &[Holds::Environments, Holds::Rings]) else {
            return Ok(Vec::new());
        };
        let DeValue::Table(outer) = value.get_ref() else {
            return Err(self.wrong_type(&quoted(key.name), value, "a table"));
        };
        outer.iter().map(|(name, value)| Ok((name, self.inner(key.name, name.get_ref(), value)?))).collect()
    }

    /// The tables inside the table `key`, each under the name of a ring other than the main one, which has its store elsewhere.
    pub(super) fn rings(&mut self, key: Key, main: &RingName) -> Result<Vec<(RingName, Self)>, Failure> {
        let tables = self.tables(key)?;
        let named = |(name, table): (&'a Name<'a>, Self)| {
            let ring = self.ring_name(name.get_ref(), name.span())?;
            if ring == *main { Err(self.twice(main, name.span())) } else { Ok((ring, table)) }
        };
        tables.into_iter().map(named).collect()
    }

    /// Refuses the first key that nobody has asked for.
    pub(super) fn done(&self) -> Result<(), Failure> {
        let unknown = self.table.keys().filter(|key| !self.known.contains(&key.get_ref().as_ref()));
        let Some(key) = unknown.min_by_key(|key| key.span().start) else { return Ok(()) };
        let place = if self.path.is_empty() { String::new() } else { format!(" in {}", self.title()) };
        let what = format!("unknown key \"{}\"{place}", key.get_ref());
        Err(self.source.wrong(Some(key.span()), &what).hint(self.meant(key.get_ref())))
    }

    /// A key that must be there is not.
    pub(super) fn lacks(&self, key: Key) -> Failure {
        self.source.wrong(None, &format!("{} has no \"{key}\"", self.title()))
    }

    fn value(&mut self, key: Key, holds: &[Holds]) -> Option<&'a Spanned<DeValue<'a>>> {
        debug_assert!(holds.contains(&key.holds), "{key:?} is not read as what it holds");
        self.known.push(key.name);
        self.table.get(key.name)
    }

    fn as_text(&self, what: &str, value: &'a Spanned<DeValue<'a>>) -> Result<&'a str, Failure> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => Err(self.wrong_type(what, value, "a string")),
        }
    }

    fn inner(&self, key: &str, name: &str, value: &'a Spanned<DeValue<'a>>) -> Result<Self, Failure> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.wrong_type(&quoted(&format!("{key}.{name}")), value, "a table"));
        };
        let path = [self.path.as_slice(), &[key.to_owned(), name.to_owned()]].concat();
        Ok(Self::new(self.source, table, path))
    }

    /// The text is not shown where it is no name: it may be a key that slipped in.
    fn ring_name(&self, text: &str, at: Range<usize>) -> Result<RingName, Failure> {
        let refused = |error: BadName| {
            self.source.wrong(Some(at), "this cannot be the name of a ring").hint(error.to_string())
        };
        text.parse().map_err(refused)
    }
}

/// What the messages say.
impl Fields<'_> {
    fn wrong_type(&self, what: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> Failure {
        let found = found(value.get_ref());
        self.source.wrong(Some(value.span()), &format!("{what} must be {wanted}, not {found}"))
    }

    /// A ring would live in two places.
    fn twice(&self, main: &RingName, at: Range<usize>) -> Failure {
        let what = format!("{main} is the main ring, whose store stands in {} itself", self.title());
        let hint = "write its store there, or name another ring here; `ring` says which is the main one";
        self.source.wrong(Some(at), &what).hint(hint)
    }

    /// Two rings would write over one another.
    pub(super) fn crowded(&self, url: &str) -> Failure {
        let what = format!("two rings in {} are to live in {url}, which has room for one", self.title());
        self.source.wrong(None, &what).hint("give each a store of its own")
    }

    fn title(&self) -> String {
        format!("[{}]", self.path.join("."))
    }

    fn meant(&self, typed: &str) -> String {
        let known = format!("the keys here are {}", self.known.join(", "));
        let nearest = self.known.iter().map(|key| (strsim::jaro_winkler(key, typed), key));
        match nearest.max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((likeness, key)) if likeness > 0.75 => format!("did you mean \"{key}\"? {known}"),
            _ => known,
        }
    }
}

fn quoted(key: &str) -> String {
    format!("\"{key}\"")
}

fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
