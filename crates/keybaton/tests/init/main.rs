//! `keybaton init` in the words that a user sees, and what it leaves behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod crashes;
mod env_files;
mod git;
mod ground;
mod keys;
mod layouts;
mod middleware;
mod origins;
mod questions;
mod refusals;
