//! Ctrl-C, or what a service manager sends in its place: the first one lets the write in flight finish and ends every wait,
//! the second one ends the program.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use crate::exit::Exit;
use crate::print::Print;

/// Listens for Ctrl-C. Commands that neither write nor wait have none, and Ctrl-C ends them as it ends any program.
#[derive(Debug)]
pub(crate) struct Interrupt {
    came: Arc<AtomicBool>,
    /// Has something to read once Ctrl-C came; it is never read, so everybody who looks can see it.
    bell: OwnedFd,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Enough,
    Interrupted,
}

impl Interrupt {
    /// Starts to listen, without a thread.
    pub(crate) fn listen() -> io::Result<Self> {
        let came = Arc::new(AtomicBool::new(false));
        let (bell, ringer) = pipe_with(PipeFlags::CLOEXEC)?;
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the first one must not find the flag set already.
            flag::register_conditional_shutdown(signal, Exit::Interrupted as i32, Arc::clone(&came))?;
            flag::register(signal, Arc::clone(&came))?;
            low_level::pipe::register(signal, ringer.try_clone()?)?;
        }
        Ok(Self { came, bell })
    }

    pub(crate) fn came(&self) -> bool {
        self.came.load(Ordering::SeqCst)
    }

    /// Waits, unless Ctrl-C came or comes.
    pub(crate) fn wait(&self, time: Duration) -> Waited {
        let end = Instant::now() + time;
        while !self.came() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Waited::Enough;
            }
            // A wait cut short by another signal is taken up again.
            let _ = poll(&mut [readable(&self.bell)], Some(&timespec(left)));
        }
        Waited::Interrupted
    }

    /// Writes, and tells whoever presses Ctrl-C meanwhile that the write is being finished.
    pub(crate) fn during<T>(&self, print: &Print, write: impl FnOnce() -> T) -> io::Result<T> {
        let (finished, finish) = pipe_with(PipeFlags::CLOEXEC)?;
        Ok(thread::scope(|scope| {
            scope.spawn(|| {
                let _ = poll(&mut [readable(&self.bell), readable(&finished)], None);
                if self.came() {
                    print.note("finishing the write; again to stop now");
                }
            });
            let written = write();
            drop(finish);
            written
        }))
    }
}

fn readable(end: &OwnedFd) -> PollFd<'_> {
    PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)
}

fn timespec(time: Duration) -> Timespec {
    Timespec { tv_sec: time.as_secs().try_into().unwrap_or(i64::MAX), tv_nsec: time.subsec_nanos().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, since a signal reaches the whole process.
    #[test]
    fn ctrl_c_ends_waits_and_lets_a_write_finish() {
        let interrupt = Interrupt::listen().unwrap();
        assert_eq!(interrupt.wait(Duration::from_millis(5)), Waited::Enough);
        assert!(!interrupt.came());

        let begun = Instant::now();
        let waited = thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(50));
                low_level::raise(SIGINT).unwrap();
            });
            interrupt.wait(Duration::from_secs(30))
        });
        assert_eq!(waited, Waited::Interrupted);
        assert!(begun.elapsed() < Duration::from_secs(10));

        assert!(interrupt.came());
        assert_eq!(interrupt.during(&Print::new(), || 5).unwrap(), 5);
        assert_eq!(interrupt.wait(Duration::from_secs(30)), Waited::Interrupted);
    }
}
