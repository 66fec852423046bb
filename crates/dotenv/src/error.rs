//! What can go wrong. No sentence shows a value.

use alloc::format;
use alloc::string::String;
use core::error::Error;
use core::fmt;

/// The `${…}` of a file put in more than any program could be started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// The line that went over the limit.
    pub line: usize,
}

impl TooLarge {
    /// What now.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "look for lines that put each other in again and again"
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "with line {} the ${{…}} of the file put in more than 8 MiB", self.line)
    }
}

impl Error for TooLarge {}

/// Why a change cannot be written. The text stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    kind: EditErrorKind,
    /// A variable's name, or what was given for one.
    name: String,
}

/// What to do about an [`EditError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditErrorKind {
    /// Give another name: this one is not letters, digits and underscores, or begins with a digit.
    BadName,
    /// Give each variable once.
    GivenTwice,
    /// Give another value: python-dotenv would replace a `${…}` in it, however it is quoted.
    Reference,
    /// Have the user decide: the variable takes its value from elsewhere by `${…}`, and the file would hold it in clear.
    FromElsewhere {
        /// Where the variable stands.
        line: usize,
    },
    /// Give another value: it holds a NUL, which no environment can.
    Nul,
    /// Mend the file: a quote on this line is never closed, and would take the new value's quotes for its own end.
    UnclosedQuote {
        /// Where the quote stands.
        line: usize,
    },
}

impl EditError {
    pub(crate) fn new(kind: EditErrorKind, name: &str) -> Self {
        Self { kind, name: String::from(name) }
    }

    /// What the caller can do.
    #[must_use]
    pub fn kind(&self) -> EditErrorKind {
        self.kind
    }

    /// What now.
    #[must_use]
    pub fn hint(&self) -> String {
        match self.kind {
            EditErrorKind::BadName => "use letters, digits and underscores, and no digit first".into(),
            EditErrorKind::GivenTwice => "give each variable one value".into(),
            EditErrorKind::Reference => "a key without ${ can be written".into(),
            EditErrorKind::FromElsewhere { line } => {
                format!("put the value itself on line {line}, or keep the ring where the value comes from")
            }
            EditErrorKind::Nul => "a key without NUL can be written".into(),
            EditErrorKind::UnclosedQuote { line } => {
                format!("close the quote on line {line}, or put # before it")
            }
        }
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.kind {
            EditErrorKind::BadName => write!(f, "{name:?} cannot name a variable of a .env file"),
            EditErrorKind::GivenTwice => write!(f, "two values were given for {name}"),
            EditErrorKind::Reference => {
                write!(
                    f,
                    "the value of {name} holds a ${{…}}, which python-dotenv replaces even inside quotes"
                )
            }
            EditErrorKind::FromElsewhere { line } => {
                write!(
                    f,
                    "{name} on line {line} takes its value from elsewhere by ${{…}}, and the file would hold it in clear"
                )
            }
            EditErrorKind::Nul => write!(f, "the value of {name} holds a NUL, which no environment can hold"),
            EditErrorKind::UnclosedQuote { line } => {
                write!(f, "{name} cannot be written, because a quote on line {line} is never closed")
            }
        }
    }
}

impl Error for EditError {}
