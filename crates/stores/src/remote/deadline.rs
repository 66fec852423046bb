//! How long a read or a whole write may take.

use std::time::{Duration, Instant};

/// The moment at which a read or a whole write is given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// For one read, or for all the calls of one write.
    pub(crate) fn begin() -> Self {
        Self(Instant::now() + WHOLE)
    }

    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// What a user waits for a connection: a host that answers at all does so sooner.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);

/// What a user waits for a store; claims older than that are nobody's any more.
pub(crate) const WHOLE: Duration = Duration::from_secs(30);
