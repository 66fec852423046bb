//! Handovers on real files.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod copies;
mod delivery;
mod doubt;
mod ground;
mod looks;
#[cfg(unix)]
mod manage;
mod mirrors;
mod rotation;
mod sealed;
