//! What an environment asks of a handover.

use crate::fleet::Reporting;
use crate::time::Span;

/// How long the steps of a handover have to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long after a write each process has loaded it. There is no default: it depends on who reads the store.
    pub propagation: Option<Span>,
    /// The longest lifetime of anything signed.
    pub longest_signature: Span,
    /// How much later than its record says a write may have been done: the record is made before, and a store on a network
    /// may take its time.
    pub slowest_write: Span,
    /// How long after a write a process may still start with what stood before it, since it asks no store, or one that is
    /// away.
    pub stale: Span,
    /// Whether it is known what has to follow a write, such as a restart of the processes.
    pub follows: bool,
    /// Whether the ring encrypts what is stored: that does not expire, so no time makes it safe to end the acceptance of a key.
    pub encrypts: bool,
    /// Which processes report the keys that they use.
    pub fleet: Reporting,
}

impl Policy {
    /// Django's sessions live for 14 days unless the settings say otherwise.
    pub const LONGEST_SIGNATURE: Span = Span::days(14);
}
