//! What a rule found.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::fix::Remedy;
use crate::source::Place;

/// Something about a key that is not as it should be. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub at: At,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// What mends it.
    pub mend: String,
    /// Who does that.
    pub remedy: Remedy,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Others can have the key, guess it, or do without it.
    Error,
    /// It can come to that.
    Warning,
    /// It is on its way out, and there is nothing to do now.
    Note,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// In a file, at a place.
    Place(PathBuf, Place),
    /// A file as a whole.
    File(PathBuf),
    /// A ring, as the program names it.
    Ring(String),
}

impl At {
    /// The file, if it is in one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Place(file, _) | Self::File(file) => Some(file),
            Self::Ring(_) => None,
        }
    }

    /// The place in the file, if it is at one.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Place(_, place) => Some(*place),
            _ => None,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(file, place) => write!(f, "{}:{}:{}", file.display(), place.line, place.column),
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Ring(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}
