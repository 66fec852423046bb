//! A program that runs while this one waits, and Ctrl-C, which the console gives to both.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::windows::process::CommandExt;
use std::path::Path;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::scripts::script;
use crate::exit::Exit;

/// Runs the program and ends with its code. Ctrl-C is the program's business: this one outlives it, and only waits.
/// Returns only where the program could not be started.
pub(crate) fn become_program(mut program: Command) -> io::Error {
    let outcome = ctrlc::set_handler(|| {}).map_err(io::Error::other).and_then(|()| program.status());
    match outcome {
        Ok(status) => process::exit(status.code().unwrap_or(Exit::Broken as i32)),
        Err(error) => error,
    }
}

/// A command that starts a program by the name that a user gives it: `npm` is `npm.cmd`, as in a shell.
pub(crate) fn command(program: &OsStr) -> Command {
    let name = Path::new(program);
    let folders = env::var_os("PATH").unwrap_or_default();
    let script = script(name, &folders, env::var("PATHEXT").ok().as_deref());
    Command::new(script.as_deref().unwrap_or(name))
}

/// Whether two names mean one variable of the environment.
pub(crate) fn is_same_variable(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether the console takes colours, which it has to be told first.
pub(crate) fn knows_colours() -> bool {
    anstyle_query::windows::enable_ansi_colors().unwrap_or(false)
}

/// How a command is given to a shell.
pub(crate) const BY_SHELL: &str = "cmd /c …, or powershell -Command …";

/// Gives a command a group of its own: Ctrl-C does not reach it, so that we decide when it ends.
pub(crate) fn set_apart(command: &mut Command) -> &mut Command {
    command.creation_flags(CREATE_NEW_PROCESS_GROUP)
}

/// Ends a command and what it started. There is no kind way that all programs know.
pub(crate) fn end(child: &mut Child) -> io::Result<()> {
    let tree = ["/t", "/f", "/pid", &child.id().to_string()];
    let _ = Command::new("taskkill").args(tree).stdout(Stdio::null()).stderr(Stdio::null()).status();
    // It may have ended by itself, or by this.
    let _ = child.kill();
    child.wait().map(drop)
}

/// The signal that ended a program: there are none here.
pub(crate) fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}

/// Rings at Ctrl-C, and when the console is closed. The second time the program ends. All bells are one: it can be hung
/// several times, and the system listens once.
#[derive(Debug)]
pub(crate) struct Bell;

impl Bell {
    /// Starts to listen.
    pub(crate) fn hang() -> io::Result<Self> {
        match ctrlc::set_handler(ring) {
            Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(Self),
            Err(error) => Err(io::Error::other(error)),
        }
    }

    pub(crate) fn rang(&self) -> bool {
        *rung()
    }

    /// Waits until it rings or the time is over.
    pub(crate) fn wait(&self, time: Duration) {
        drop(RINGS.wait_timeout_while(rung(), time, |rang| !*rang));
    }
}

/// Whether any bell rang: for those who were not given one.
pub(crate) fn rang() -> bool {
    *rung()
}

fn ring() {
    let mut rang = rung();
    if *rang {
        process::exit(Exit::Interrupted as i32);
    }
    *rang = true;
    RINGS.notify_all();
}

fn rung() -> MutexGuard<'static, bool> {
    RANG.lock().unwrap_or_else(PoisonError::into_inner)
}

static RANG: Mutex<bool> = Mutex::new(false);
static RINGS: Condvar = Condvar::new();

const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
