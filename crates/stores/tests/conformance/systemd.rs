//! What is special about systemd's credentials.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::ground::Ground;

mod broken;
mod keys;
mod program;
mod tpm;

/// A folder of the test's own; `None` where the programs are not at hand, so there is nothing to test.
fn begin() -> Option<Ground> {
    Ground::of("systemd")
}

fn file(ground: &Ground, name: &str) -> PathBuf {
    ground.world.path().join("secrets").join(name)
}

/// What becomes of a command that a hint names, at a user's prompt.
fn typed(command: &str) -> Output {
    Command::new("bash").args(["-c", command]).output().unwrap()
}

/// The three files as they are, sealed.
fn sealed(ground: &Ground) -> Vec<Vec<u8>> {
    let names = ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"];
    names.map(|name| fs::read(file(ground, name)).unwrap_or_default()).into()
}
