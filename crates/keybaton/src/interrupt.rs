//! Ctrl-C, or what a service manager sends in its place: the first one lets the write in flight finish and ends every wait,
//! the second one ends the program.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::print::Print;
use crate::system::Bell;

/// Listens for Ctrl-C. Commands that neither write nor wait have none, and Ctrl-C ends them as it ends any program.
#[derive(Debug)]
pub(crate) struct Interrupt(Bell);

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Enough,
    Interrupted,
}

impl Interrupt {
    pub(crate) fn listen() -> io::Result<Self> {
        Bell::hang().map(Self)
    }

    pub(crate) fn came(&self) -> bool {
        self.0.rang()
    }

    /// Waits, unless Ctrl-C came or comes.
    pub(crate) fn wait(&self, time: Duration) -> Waited {
        let end = Instant::now() + time;
        while !self.came() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Waited::Enough;
            }
            self.0.wait(left);
        }
        Waited::Interrupted
    }

    /// Writes, and tells whoever presses Ctrl-C meanwhile that the write is being finished.
    pub(crate) fn during<T>(&self, print: &Print, write: impl FnOnce() -> T) -> T {
        let (finish, finished) = channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                while finished.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) && !self.came() {}
                if self.came() {
                    print.note("finishing the write; again to stop now");
                }
            });
            let written = write();
            drop(finish);
            written
        })
    }
}

const LOOK_EVERY: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use signal_hook::consts::SIGINT;
    use signal_hook::low_level;

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
        assert_eq!(interrupt.during(&Print::new(), || 5), 5);
        assert_eq!(interrupt.wait(Duration::from_secs(30)), Waited::Interrupted);
    }
}
