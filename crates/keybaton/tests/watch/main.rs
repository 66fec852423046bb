//! `run --watch`, with real programs under it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

mod first_process;
mod folder;
mod following;
mod ground;
mod signals;
mod stores_away;
