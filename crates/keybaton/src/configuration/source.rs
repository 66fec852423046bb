//! The text of a configuration file, and places in it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use keybaton_core::RingName;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::Fields;
use super::{key, quoted};
use crate::exit::Exit;
use crate::failure::Failure;

/// A configuration file.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    text: String,
    kind: Kind,
}

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `keybaton.toml`.
    Own,
    /// `pyproject.toml`, where only `[tool.keybaton]` is ours and nothing else is looked at.
    Shared,
}

pub(super) type Document<'a> = Spanned<DeTable<'a>>;

impl Source {
    pub(super) fn new(path: PathBuf, text: String, kind: Kind) -> Self {
        Self { path, text, kind }
    }

    /// What relative stores are relative to.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The same with a table for one more ring at its end.
    pub(super) fn with_ring(&self, environment: &str, ring: &RingName, store: &str, encrypts: bool) -> Self {
        let mut lines = vec![format!("store = {}", quoted(store))];
        lines.extend(encrypts.then(|| "encrypts = true".to_owned()));
        self.with_table(&format!("environments.{}.rings.{ring}", key(environment)), &lines)
    }

    /// The same with one more table at its end.
    pub(super) fn with_table(&self, table: &str, lines: &[String]) -> Self {
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let gap = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { end };
        let lines: String = lines.iter().map(|line| format!("{line}{end}")).collect();
        let text = format!("{}{gap}{end}{}{end}{lines}", self.text, self.title(table));
        Self { path: self.path.clone(), text, kind: self.kind }
    }

    /// The file, as messages name it.
    pub(crate) fn name(&self) -> String {
        shown(&self.path)
    }

    pub(super) fn parse(&self) -> Result<Document<'_>, Failure> {
        // Only the parser's sentence: its long form quotes the line, and a store's URL could hold a password.
        DeTable::parse(&self.text).map_err(|error| self.wrong(error.span(), error.message()))
    }

    /// The header of a table of keybaton's in this file.
    pub(super) fn title(&self, table: &str) -> String {
        match self.kind {
            Kind::Own => format!("[{table}]"),
            Kind::Shared => format!("[tool.keybaton.{table}]"),
        }
    }

    /// The table that is keybaton's. There may be none in `pyproject.toml`.
    pub(super) fn own_table<'a>(&'a self, document: &'a Document<'a>) -> Option<Fields<'a>> {
        let document = document.get_ref();
        match self.kind {
            Kind::Own => Some(Fields::new(self, document, Vec::new())),
            Kind::Shared => {
                let keybaton = table(document, "tool").and_then(|tool| table(tool, "keybaton"))?;
                Some(Fields::new(self, keybaton, vec!["tool".into(), "keybaton".into()]))
            }
        }
    }

    /// Something is wrong in this file, and where.
    pub(super) fn wrong(&self, at: Option<Range<usize>>, what: &str) -> Failure {
        let line = at.map_or_else(String::new, |at| format!(", line {}", self.line(at.start)));
        Failure::new(Exit::Configuration, format!("{}{line}: {what}", self.name()))
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }
}

fn table<'a>(document: &'a DeTable<'a>, key: &str) -> Option<&'a DeTable<'a>> {
    match document.get(key)?.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// A path from the working folder, where it lies in it.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
