//! Signals, process groups, and a program in the place of this one.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use crate::exit::Exit;

/// Becomes the program: the process id stays, and signals reach it. Returns only where that failed.
pub(crate) fn become_program(mut program: Command) -> io::Error {
    program.exec()
}

/// A command that starts a program by the name that a user gives it.
pub(crate) fn command(program: &std::ffi::OsStr) -> Command {
    Command::new(program)
}

/// Whether two names mean one variable of the environment.
pub(crate) fn is_same_variable(one: &str, other: &str) -> bool {
    one == other
}

/// Whether terminals take colours.
pub(crate) fn knows_colours() -> bool {
    true
}

/// How a command is given to a shell.
pub(crate) const BY_SHELL: &str = "sh -c '…'";

/// Gives a command a group of its own: what it starts can be ended with it.
pub(crate) fn set_apart(command: &mut Command) -> &mut Command {
    command.process_group(0)
}

/// Ends a command that was set apart, and what it started: kindly, then for good.
pub(crate) fn end(child: &mut Child) -> io::Result<()> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let Some(group) = group else { return child.kill() };
    // A group that is gone already cannot be ended, and need not be.
    let _ = kill_process_group(group, Signal::TERM);
    let patience = Instant::now() + PATIENCE;
    while child.try_wait()?.is_none() && Instant::now() < patience {
        std::thread::sleep(LOOK_EVERY);
    }
    let _ = kill_process_group(group, Signal::KILL);
    child.wait().map(drop)
}

/// The signal that ended a program.
pub(crate) fn signal_of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Rings at Ctrl-C, and at what a service manager sends in its place. The second time the program ends.
#[derive(Debug)]
pub(crate) struct Bell {
    rang: Arc<AtomicBool>,
    /// Has something to read once it rang; it is never read, so everybody who looks can see it.
    heard: OwnedFd,
}

impl Bell {
    /// Starts to listen, without a thread.
    pub(crate) fn hang() -> io::Result<Self> {
        let rang = Arc::clone(&RANG);
        let (heard, ringer) = pipe_with(PipeFlags::CLOEXEC)?;
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the first one must not find the flag set already.
            flag::register_conditional_shutdown(signal, Exit::Interrupted as i32, Arc::clone(&rang))?;
            flag::register(signal, Arc::clone(&rang))?;
            low_level::pipe::register(signal, ringer.try_clone()?)?;
        }
        Ok(Self { rang, heard })
    }

    pub(crate) fn rang(&self) -> bool {
        self.rang.load(Ordering::SeqCst)
    }

    /// Waits until it rings or the time is over. Another signal may cut it short.
    pub(crate) fn wait(&self, time: Duration) {
        let bell = PollFd::from_borrowed_fd(self.heard.as_fd(), PollFlags::IN);
        let _ = poll(&mut [bell], Some(&timespec(time)));
    }
}

/// Whether any bell rang: for those who were not given one.
pub(crate) fn rang() -> bool {
    RANG.load(Ordering::SeqCst)
}

static RANG: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

fn timespec(time: Duration) -> Timespec {
    Timespec { tv_sec: time.as_secs().try_into().unwrap_or(i64::MAX), tv_nsec: time.subsec_nanos().into() }
}

const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long a command may take to end itself.
const PATIENCE: Duration = Duration::from_secs(5);
