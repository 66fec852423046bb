//! `run --watch`: a program that runs under keybaton, and its rings in a private folder that follows their stores.
//!
//! Two threads, each of which blocks: one waits for signals, of which the end of the program is one; the other sleeps, looks at
//! the stores and changes the folder.

mod base;
mod folder;
mod follow;
mod signals;
mod tracked;

use std::ffi::OsString;
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keybaton_core::time::Span;

use crate::child::{self, Environment};
use crate::exit::Exit;
use crate::failure::Failure;
use folder::Folder;
use follow::Follower;
use signals::Signals;
pub(crate) use tracked::Tracked;

/// Runs the program to its end, and ends with its code. Returns only where it could not be started.
pub(crate) fn run(
    command: &[OsString],
    environment: Environment,
    rings: Vec<Tracked>,
    every: Span,
) -> Failure {
    match supervise(command, environment, rings, every) {
        Ok(code) => process::exit(code),
        Err(failure) => failure,
    }
}

fn supervise(
    command: &[OsString],
    mut environment: Environment,
    rings: Vec<Tracked>,
    every: Span,
) -> Result<i32, Failure> {
    let mut signals = Signals::listen().map_err(|error| not_started("cannot listen for signals", error))?;
    let mut folder = Folder::make()?;
    folder
        .put(&tracked::files(&rings))
        .map_err(|error| folder.not_written(error).exiting(Exit::NotStarted))?;
    environment.set_folder(folder.path());
    let child = {
        let lent = folder.lend().map_err(|error| not_started("cannot hand the folder's lock on", error))?;
        let child = child::start(command, &environment)?;
        drop((lent, environment));
        child
    };
    let folder = Arc::new(Mutex::new(Some(folder)));
    Follower::new(rings, Arc::clone(&folder), signals.looking(), every)
        .begin()
        .map_err(|error| not_started("cannot start a thread", error))?;
    let code = signals.attend(child);
    held(&folder).take();
    Ok(code)
}

/// A panic ends the process, so nobody sees what it left half done.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_started(what: &str, error: std::io::Error) -> Failure {
    Failure::new(Exit::NotStarted, what).because(error)
}
