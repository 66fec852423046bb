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

    /// The same, with some time kept back for what has to be tidied up afterwards.
    pub(crate) fn but_for_the_claim(self) -> Self {
        Self(self.0.checked_sub(RELEASE).unwrap_or(self.0))
    }

    /// The same, but for time that was spent on something else than the server.
    #[cfg(feature = "vault")]
    pub(crate) fn later_by(self, spent: Duration) -> Self {
        Self(self.0 + spent)
    }

    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// What a user waits for a connection: a host that answers at all does so sooner.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);

/// What is left to a write that used its time up to take its claim away, so that it keeps nobody out.
const RELEASE: Duration = Duration::from_secs(4);

/// What a user waits for a store; claims older than that are nobody's any more.
pub(crate) const WHOLE: Duration = Duration::from_secs(30);
