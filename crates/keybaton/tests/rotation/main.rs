//! Rotations, copies and what follows them, in the words that a user sees.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod after_write;
mod copy;
mod diff;
mod dry_runs;
mod ground;
mod kin;
mod mirrors;
mod named;
mod rings;
#[cfg(feature = "all")]
mod sealed;
mod steps;
mod tracked;
mod waiting;
