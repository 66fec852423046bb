//! What can go wrong with a store.

use std::error::Error;
use std::fmt;

use keybaton_files::{FileError, FileErrorKind};

/// Why a store could not be read or written: a kind, a sentence and what to do now. None of them holds a secret.
#[derive(Debug)]
pub struct StoreError {
    /// What the caller does differently.
    pub kind: StoreErrorKind,
    /// What happened, and where.
    pub sentence: String,
    /// What to do now.
    pub hint: Option<String>,
    /// What lies behind it.
    pub source: Option<Box<dyn Error + Send + Sync>>,
    /// Where a part of the write was done: why the rest was not, as it is told where nothing was.
    pub rest: Option<Box<Self>>,
}

/// What the caller of a store does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Somebody else wrote: read again.
    Conflict,
    /// Somebody has to grant a permission.
    Denied,
    /// The user has to sign in.
    SignInNeeded,
    /// Try later.
    Unreachable,
    /// Another program holds the lock: try when it has ended. Nothing was touched.
    Locked,
    /// Read again: the write may have been done.
    Uncertain,
    /// Somebody else wrote at the same moment, and one of the two writes is lost: read again, go on from what stands, and
    /// tell the user.
    Overlap,
    /// The texts do not fit.
    TooLarge,
    /// What is there, or what the URL says, makes no sense.
    Malformed,
    /// There is nothing that could hold the texts, and nobody said that it may be made.
    Missing,
    /// Unsafe as things are: the user has to decide.
    Refused,
    /// This store cannot do that.
    Unsupported,
}

impl StoreError {
    /// An error with nothing behind it.
    pub fn new(kind: StoreErrorKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), hint: None, source: None, rest: None }
    }

    /// Says what to do now.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// An error after the first of several values was written: what stands there now serves, and the next writer finishes it.
    pub(crate) fn after_a_part(mut self) -> Self {
        let sentence = format!("{}, after a part of the write was done", self.sentence);
        if matches!(self.kind, StoreErrorKind::Conflict | StoreErrorKind::Overlap) {
            return Self { kind: StoreErrorKind::Overlap, sentence, ..self }.hint(MIXED);
        }
        let source = self.source.take();
        let rest = Some(Box::new(self));
        Self { source, rest, ..Self::new(StoreErrorKind::Uncertain, sentence) }
            .hint("every key in use is still accepted; mend the cause and run it again to finish")
    }
}

/// What to do where two writers left a mixture: which keys it accepts, nobody knows before it was looked at.
pub(crate) const MIXED: &str = "run it again: it looks first, and finishes what is half done; then see whether what the other program did has to be done again";

/// The same sentence and hint, under the kind that fits a store.
impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        let kind = match error.kind() {
            FileErrorKind::Conflict => StoreErrorKind::Conflict,
            FileErrorKind::Denied | FileErrorKind::ReadOnly | FileErrorKind::ForeignLink => {
                StoreErrorKind::Denied
            }
            FileErrorKind::NotFound | FileErrorKind::NotAFile => StoreErrorKind::Malformed,
            FileErrorKind::TooLarge => StoreErrorKind::TooLarge,
            FileErrorKind::NoLocks | FileErrorKind::MountedFile | FileErrorKind::HardLink => {
                StoreErrorKind::Unsupported
            }
            FileErrorKind::LeftAside => StoreErrorKind::Refused,
            FileErrorKind::Uncertain => StoreErrorKind::Uncertain,
            FileErrorKind::Locked => StoreErrorKind::Locked,
            FileErrorKind::NoSpace | FileErrorKind::Silent | FileErrorKind::Other => {
                StoreErrorKind::Unreachable
            }
        };
        let (sentence, hint) = (error.to_string(), error.hint().map(str::to_owned));
        Self { kind, sentence, hint, source: error.into_cause().map(Into::into), rest: None }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
