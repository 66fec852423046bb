//! How the key gets into the settings: which statements set it, what they read, and which keys stand in them.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use keybaton_core::SecretText;

use crate::source::Source;

mod collect;
mod context;
mod exact;
mod expression;
mod fallbacks;
mod literal;
mod target;

pub use context::Surroundings;
pub(crate) use expression::{called, is_load, is_variable, loaded_ring};
pub(crate) use literal::{elements, name};

/// What one Python file says about SECRET_KEY and SECRET_KEY_FALLBACKS.
#[derive(Debug, Default)]
pub struct Settings {
    /// Everything that sets the key, or a variable that the key is read from, in the order of the file.
    pub entries: Vec<Entry>,
    /// Modules of which all names are taken over: `from .base import *`.
    pub stars: Vec<Star>,
    /// Names that the key is read from and that another module defines.
    pub borrowed: Vec<Borrowed>,
    /// Where the names come from that lookups begin with.
    pub helpers: Vec<Borrowed>,
    /// Where each statement begins that may set any name: `exec(…)`, django-split-settings' `include(…)`.
    pub opaque: Vec<usize>,
    /// Names that the file gives a meaning of its own: its functions, its variables.
    pub own: BTreeSet<String>,
    /// Where each syntax error lies. What stands around them was still read.
    pub errors: Vec<usize>,
}

/// One place that sets the key or the fallbacks.
#[derive(Debug)]
pub struct Entry {
    /// What it sets.
    pub sets: Sets,
    /// The name as written: `SECRET_KEY`, `secret_key`, or that of a variable that the key is read from.
    pub name: String,
    /// How it is written.
    pub form: Form,
    /// The whole statement, or the argument or dictionary item.
    pub statement: Range<usize>,
    /// Where the value comes from; more than one where there is a choice.
    pub sources: Vec<KeySource>,
    /// The keys that stand in it.
    pub literals: Vec<Literal>,
    /// The variables whose values it takes over.
    pub variables: Vec<String>,
    /// Whether the value is one literal, one lookup, one variable or nothing, as it stands: neither cut nor joined, nor
    /// chosen among others.
    pub is_exact: bool,
    /// The name that its lookup begins with: `env` of `env("X")`.
    pub helper: Option<String>,
    /// Where the value of SECRET_KEY_FALLBACKS can hold an empty key.
    pub trap: Option<Range<usize>>,
    /// What is around it.
    pub surroundings: Surroundings,
}

/// What an [`Entry`] sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sets {
    /// SECRET_KEY, or a variable that it is read from.
    Key,
    /// SECRET_KEY_FALLBACKS.
    Fallbacks,
    /// Both, as `SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()` does.
    Both,
    /// The environment's variable, before it is read: `os.environ.setdefault("SECRET_KEY", …)`.
    Environment,
}

impl Entry {
    /// Whether it sets the setting itself, and not a variable that the setting is read from.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        let name = self.name.to_ascii_uppercase();
        matches!(name.as_str(), "SECRET_KEY" | "SECRET_KEY_FALLBACKS")
            && !self.surroundings.function
            && self.form != Form::Argument
    }
}

impl Sets {
    /// Whether SECRET_KEY gets its value here.
    #[must_use]
    pub fn sets_key(self) -> bool {
        matches!(self, Self::Key | Self::Both)
    }

    /// Whether SECRET_KEY_FALLBACKS gets its value here.
    #[must_use]
    pub fn sets_fallbacks(self) -> bool {
        matches!(self, Self::Fallbacks | Self::Both)
    }
}

/// How an [`Entry`] is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `SECRET_KEY = …`
    Assignment,
    /// `SECRET_KEY: str = …`
    Annotated,
    /// `SECRET_KEY = JWT_KEY = …`, `SECRET_KEY, DEBUG = …`, `(SECRET_KEY := …)`
    Shared,
    /// `SECRET_KEY_FALLBACKS += […]`
    Added,
    /// `settings["SECRET_KEY"] = …`, `settings.SECRET_KEY = …`
    Item,
    /// `configure(SECRET_KEY=…)`, `{"SECRET_KEY": …}`, `setdefault("SECRET_KEY", …)`
    Argument,
    /// `from .keys import SECRET_KEY`
    Imported,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// It stands there.
    Literal,
    /// It is looked up under a name: `os.environ["X"]`, `os.getenv("X")`, `env("X")`, `config("X")`.
    Environment {
        /// The name.
        variable: String,
        /// What is used when it is not set.
        default: Default,
    },
    /// `keybaton.load()`
    Keybaton {
        /// The name of the ring.
        ring: String,
    },
    /// A file that is read.
    File,
    /// It is drawn anew at each start: `get_random_secret_key()`.
    Generated,
    /// Something else.
    Unknown,
}

/// What a lookup gives when the name is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// It fails, or gives nothing.
    None,
    /// A key that stands in the source.
    Literal,
    /// Something else: another lookup, a variable.
    Other,
}

/// A key that stands in the source.
pub struct Literal {
    /// Where, with its quotes.
    pub range: Range<usize>,
    /// The key.
    pub text: SecretText,
    /// Whether it is the key or stands in for a missing one.
    pub role: LiteralRole,
    /// Chosen only while debugging or testing.
    pub debug: bool,
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Literal({:?}, {:?})", self.range, self.role)
    }
}

/// What a [`Literal`] is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralRole {
    /// It is the key.
    Value,
    /// It is used where the real key is missing.
    Default,
}

/// A module as an import statement names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Import {
    /// How many dots it begins with.
    pub level: u32,
    /// The name after the dots; may be empty.
    pub module: String,
}

/// `from .keys import MINE as KEY`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borrowed {
    /// The name here.
    pub name: String,
    /// Where it comes from.
    pub module: Import,
    /// Its name there.
    pub original: String,
}

/// `from .base import *`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Star {
    /// The module whose names are taken over.
    pub module: Import,
    /// Where the statement begins: what stands below it holds against it.
    pub at: usize,
    /// What is around it.
    pub surroundings: Surroundings,
}

impl Settings {
    /// Reads a file. Names in `also` count as SECRET_KEY too: another file reads the key from them.
    #[must_use]
    pub fn of(source: &Source, also: &[&str]) -> Self {
        crate::python::with_module(source.text(), |module| collect::settings(module, also))
    }

    /// The entries that set the key.
    pub fn keys(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.sets.sets_key())
    }

    /// The entries that set the fallbacks.
    pub fn fallbacks(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.sets.sets_fallbacks())
    }

    /// The names that the key is looked up under.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.keys().flat_map(|entry| &entry.sources).filter_map(|source| match source {
            KeySource::Environment { variable, .. } => Some(variable.as_str()),
            KeySource::Keybaton { ring } => Some(ring.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests;
