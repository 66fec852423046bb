//! What was read last, so that a write need not read it again.

use std::sync::{Mutex, PoisonError};

use crate::Version;

/// What a store saw when it read a version: whatever a write has to keep beside the ring.
pub(crate) struct Seen<T>(Mutex<Option<(Version, T)>>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Seen<T> {
    pub(crate) fn keep(&self, version: &Version, what: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((version.clone(), what));
    }

    /// What was seen at that version, once: after the write it is out of date.
    pub(crate) fn take(&self, version: &Version) -> Option<T> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.take_if(|(seen, _)| seen == version).map(|(_, what)| what)
    }
}
