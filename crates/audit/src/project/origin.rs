//! Where the key comes from that signs today, as far as that can be told without running anything.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::effective::Said;
use super::{Project, SettingsFile};
use crate::settings::{Entry, Form, KeySource, Literal, LiteralRole, Sets};

/// What gives SECRET_KEY its value.
#[derive(Debug)]
pub enum Origin<'a> {
    /// Nothing that would be missed: it is not set, or drawn anew at each start.
    Nothing,
    /// The ring, through `keybaton.load()`.
    Ring,
    /// A key that stands in the source.
    Literal(&'a Literal),
    /// A variable of the environment.
    Lookup {
        /// Its name.
        variable: &'a str,
        /// The key that is used where it is not set.
        default: Option<&'a Literal>,
    },
    /// A variable of the environment in one branch, a key that stands in the source in another.
    Either {
        /// The variable's name.
        variable: &'a str,
        /// The key in the source.
        key: &'a Literal,
        /// Where both stand.
        lines: Vec<Line>,
    },
    /// One of several, and only running the settings says which.
    Several(Vec<Line>),
    /// What no reader of sources can tell: a file, a service, a text that is put together.
    Unseen {
        /// Where.
        line: Line,
        /// The variables that go into it.
        variables: Vec<&'a str>,
    },
}

/// What gives SECRET_KEY_FALLBACKS its value.
#[derive(Debug)]
pub enum Accepted<'a> {
    /// These keys, which may be none.
    Literals(Vec<&'a Literal>),
    /// Variables of the environment; nothing where they are not set.
    Environment(Line, Vec<&'a str>),
    /// What no reader of sources can tell.
    Unseen(Line),
}

/// A line of a settings file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
}

impl Project {
    /// Where the key comes from that signs today.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        let said = self.effective(&|entry| entry.sets.sets_key());
        let lines = said.iter().rev().map(Said::line).collect();
        concluded(said.iter().map(|said| self.resolved(said, DEEPEST)), lines)
    }

    /// Which keys are accepted besides, as the settings say.
    #[must_use]
    pub fn accepted(&self) -> Accepted<'_> {
        let said = self.effective(&|entry| entry.sets.sets_fallbacks());
        let entries: Vec<(&Said<'_>, &Entry)> =
            said.iter().filter_map(|said| Some((said, said.entry?))).collect();
        match entries.as_slice() {
            [] => Accepted::Literals(Vec::new()),
            [(_, entry)] if entry.sets == Sets::Both => Accepted::Literals(Vec::new()),
            [(said, entry)] if entry.is_exact && entry.form != Form::Imported => {
                let variables: Vec<&str> = looked_up(entry).collect();
                match variables.is_empty() {
                    true => Accepted::Literals(entry.literals.iter().collect()),
                    false => Accepted::Environment(said.line(), variables),
                }
            }
            [(said, _), ..] => Accepted::Unseen(said.line()),
        }
    }

    /// The name that the settings look the key up under: what `manage.py` uses first, then what stands beside it, as where
    /// development has a key of its own and production a variable.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        let first = self.key().map(|(_, entry)| entry);
        let others = self.files.iter().flat_map(|file| file.settings.keys());
        let exact = first.into_iter().chain(others).filter(|entry| entry.is_exact);
        exact.flat_map(looked_up).next()
    }

    /// The lines of a file that is not in use here on which another key stands than the one that signs here.
    #[must_use]
    pub fn lines_of_other_keys(&self, file: &SettingsFile) -> Vec<usize> {
        let here = match self.origin() {
            _ if file.is_used => return Vec::new(),
            Origin::Literal(key) | Origin::Either { key, .. } => Some(key),
            Origin::Lookup { default, .. } => default,
            _ => None,
        };
        let is_other = |literal: &&Literal| here.is_none_or(|here| here.text != literal.text);
        let settings = file.settings.entries.iter().filter(|entry| entry.is_setting());
        let others = settings.flat_map(|entry| &entry.literals).filter(is_other);
        let lines: BTreeSet<usize> =
            others.map(|literal| file.source.place(literal.range.start).line).collect();
        lines.into_iter().collect()
    }

    fn resolved<'a>(&'a self, said: &Said<'a>, depth: usize) -> Origin<'a> {
        let unseen = |variables| Origin::Unseen { line: said.line(), variables };
        let (Some(entry), Some(depth)) = (said.entry, depth.checked_sub(1)) else {
            return unseen(Vec::new());
        };
        if !entry.is_exact || !self.means_what_it_says(said.file, entry) {
            return unseen(looked_up(entry).collect());
        }
        match (entry.sources.as_slice(), entry.literals.as_slice(), entry.variables.as_slice()) {
            ([KeySource::Keybaton { .. }], ..) => Origin::Ring,
            ([.., KeySource::Environment { variable, .. }], ..) => {
                self.looked_up(said, entry, variable).unwrap_or_else(|| unseen(vec![variable.as_str()]))
            }
            ([] | [KeySource::Literal], [literal], _) => Origin::Literal(literal),
            ([] | [KeySource::Generated], [], []) => Origin::Nothing,
            ([], [], [variable]) => match *self.bindings(said.file, variable) {
                [ref only] if only.is_certain => self.resolved(only, depth),
                _ => unseen(Vec::new()),
            },
            _ => unseen(Vec::new()),
        }
    }

    /// A lookup, with the default that the environment was given before: `os.environ.setdefault("X", …)`.
    fn looked_up<'a>(&'a self, said: &Said<'a>, entry: &'a Entry, variable: &'a str) -> Option<Origin<'a>> {
        let files = std::iter::once(said.file).chain(self.used().filter(|file| file.path != said.file.path));
        let given = files.flat_map(|file| &file.settings.entries);
        let given: Vec<&Entry> =
            given.filter(|given| given.sets == Sets::Environment && given.name == variable).collect();
        let default = match *given {
            [] => entry.literals.first(),
            [only] if only.is_exact && only.surroundings.is_certain() && entry.literals.is_empty() => {
                only.literals.first()
            }
            _ => return None,
        };
        Some(Origin::Lookup { variable, default })
    }
}

/// What several statements come to where each may have the last word.
fn concluded<'a>(origins: impl Iterator<Item = Origin<'a>>, lines: Vec<Line>) -> Origin<'a> {
    let (mut variables, mut literals, mut ring) = (BTreeSet::new(), Vec::new(), false);
    for origin in origins {
        match origin {
            Origin::Nothing => {}
            Origin::Ring => ring = true,
            Origin::Literal(literal) => literals.push(literal),
            Origin::Lookup { variable, default } => {
                variables.insert(variable);
                literals.extend(default);
            }
            Origin::Unseen { .. } | Origin::Either { .. } | Origin::Several(_) => return origin,
        }
    }
    literals.sort_by_key(|literal| literal.role == LiteralRole::Default);
    let is_one_key = literals.iter().all(|literal| literal.text == literals[0].text);
    let variables: Vec<&str> = variables.into_iter().collect();
    match (variables.as_slice(), literals.first().copied()) {
        _ if ring => Origin::Ring,
        ([], None) => Origin::Nothing,
        ([], Some(key)) if is_one_key => Origin::Literal(key),
        ([variable], None) => Origin::Lookup { variable, default: None },
        ([variable], Some(key)) if is_one_key => match key.role {
            LiteralRole::Default => Origin::Lookup { variable, default: Some(key) },
            LiteralRole::Value => Origin::Either { variable, key, lines },
        },
        _ => Origin::Several(lines),
    }
}

fn looked_up(entry: &Entry) -> impl Iterator<Item = &str> {
    entry.sources.iter().filter_map(|source| match source {
        KeySource::Environment { variable, .. } => Some(variable.as_str()),
        KeySource::Keybaton { ring } => Some(ring.as_str()),
        _ => None,
    })
}

/// No key comes through more variables.
const DEEPEST: usize = 8;
