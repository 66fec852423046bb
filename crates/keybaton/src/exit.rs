//! What the program's exit code says.

use std::process::ExitCode;

/// The exit codes. Waiting for a safe moment is [`Exit::Done`]: a scheduled job that waits has not failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    /// Something is not as it should be.
    Findings = 1,
    Usage = 2,
    Configuration = 3,
    Store = 4,
    /// Somebody else wrote.
    Conflict = 5,
    /// Refused as unsafe.
    Refused = 6,
    PartlyWritten = 7,
    /// Something that should not happen, such as a panic or a standard output that cannot be written.
    Broken = 70,
    TimedOut = 124,
    /// `run`: keybaton itself failed, so the program was not started.
    NotStarted = 125,
    /// `run`: the program is there and cannot be executed.
    CannotExecute = 126,
    /// `run`: there is no such program.
    NotFound = 127,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
