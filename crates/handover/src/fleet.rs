//! The processes of a project: what they report, and below which revision none of them may serve.

use std::error::Error;
use std::fmt;

use keybaton_core::{Beats, Floor, Revision, RingId};

/// Who knows what the processes of a project report.
pub trait Fleet: fmt::Debug + Send + Sync {
    /// What they report now.
    ///
    /// # Errors
    /// Nobody can tell.
    fn look(&self) -> Result<Beats, FleetError>;

    /// Lets no process serve any more with less than this revision of a ring. A floor is never lowered.
    ///
    /// # Errors
    /// It could not be raised, or nobody knows whether it was.
    fn raise_floor(&self, ring: RingId, to: Revision) -> Result<Floor, FleetError>;
}

/// Why the processes could not be asked.
#[derive(Debug)]
pub struct FleetError {
    /// What the caller does about it.
    pub kind: FleetErrorKind,
    /// What went wrong, and where.
    pub sentence: String,
    /// What now.
    pub hint: String,
    /// What caused it.
    pub source: Option<Box<dyn Error + Send + Sync>>,
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
