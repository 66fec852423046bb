//! The processes of a project: what they report, and below which revision none of them may serve.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use keybaton_core::{Beats, Revision, RingId};

use crate::Lifetimes;

/// Who knows what the processes of a project report.
pub trait Fleet: fmt::Debug + Send + Sync {
    /// What they report now.
    ///
    /// # Errors
    /// Nobody can tell.
    fn look(&self) -> Result<Answer, FleetError>;

    /// Lets no process serve any more with less than this revision of a ring, and *then* looks. A floor is never lowered.
    ///
    /// # Errors
    /// It could not be raised, or nobody knows whether it was.
    fn raise_floor(&self, ring: RingId, to: Revision) -> Result<Answer, FleetError>;
}

/// What a project says of itself.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What its processes report.
    pub beats: Beats,
    /// How long what it signs is valid.
    pub lifetimes: Lifetimes,
}

/// What the processes report, or why they could not be asked; neither where they are not to be.
#[derive(Clone, Debug, Default)]
pub struct Reported {
    /// What they report.
    pub beats: Option<Beats>,
    /// Why nobody can tell.
    pub not_asked: Option<FleetError>,
}

impl From<Result<Answer, FleetError>> for Reported {
    fn from(answer: Result<Answer, FleetError>) -> Self {
        match answer {
            Ok(Answer { beats, .. }) => Self { beats: Some(beats), not_asked: None },
            Err(error) => Self { beats: None, not_asked: Some(error) },
        }
    }
}

/// Why the processes could not be asked.
#[derive(Clone, Debug)]
pub struct FleetError {
    /// What the caller does about it.
    pub kind: FleetErrorKind,
    /// What went wrong, and where.
    pub sentence: String,
    /// What now.
    pub hint: String,
    /// What caused it.
    pub source: Option<Arc<dyn Error + Send + Sync>>,
}

/// What the caller does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetErrorKind {
    /// Try later: the database may be away.
    Unreachable,
    /// The configuration has to be mended.
    Misconfigured,
    /// The project has no tables for what processes report.
    NoTable,
}

impl fmt::Display for FleetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Error for FleetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
