//! What a process owes a program that runs under it: its signals, its exit code, and, as the first process of a container,
//! the end of those that nobody waits for.

use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, TryLockError};

use rustix::process::{Pid, Signal, WaitOptions, getpgid, getpgrp, getpid, kill_process, wait};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::iterator::exfiltrator::origin::Origin;
use signal_hook::low_level;
use signal_hook::low_level::siginfo::Cause;

use crate::watch::held;

pub(super) struct Signals {
    origins: SignalsInfo<WithOrigin>,
    looking: Looking,
}

/// Programs that a store is asked through are waited for by whoever started them. While a look lasts, nothing is reaped that might
/// be one.
#[derive(Clone, Debug, Default)]
pub(super) struct Looking(Arc<Mutex<()>>);

impl Signals {
    /// Signals that come from now on are passed on, also to a program that is started later.
    pub(super) fn listen() -> io::Result<Self> {
        let ignored = ignored();
        let passed = PASSED.into_iter().filter(|signal| !is_in(ignored, *signal));
        let origins = SignalsInfo::new(passed.chain([SIGCHLD]))?;
        Ok(Self { origins, looking: Looking::default() })
    }

    pub(super) fn looking(&self) -> Looking {
        self.looking.clone()
    }

    /// Serves the program to its end, and says with what code.
    pub(super) fn attend(&mut self, mut program: Child) -> i32 {
        let Some(pid) = i32::try_from(program.id()).ok().and_then(Pid::from_raw) else {
            return program.wait().map_or(UNKNOWN, code);
        };
        for origin in self.origins.forever() {
            if origin.signal != SIGCHLD {
                pass_on(&origin, pid);
                continue;
            }
            match program.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => return code(status),
                Err(_) => return UNKNOWN,
            }
            if let Some(code) = self.looking.reap(pid) {
                return code;
            }
        }
        UNKNOWN
    }
}

impl Looking {
    pub(super) fn during<T>(&self, look: impl FnOnce() -> T) -> T {
        let looking = held(&self.0);
        let seen = look();
        drop(looking);
        if is_first() {
            // What ended meanwhile is reaped now.
            let _ = low_level::raise(SIGCHLD);
        }
        seen
    }

    /// Waits for whatever has ended, as the first process has to. The code of the program, where it has ended too.
    fn reap(&self, program: Pid) -> Option<i32> {
        let _nobody_looks = match self.0.try_lock() {
            Err(TryLockError::WouldBlock) => return None,
            outcome => outcome,
        };
        if !is_first() {
            return None;
        }
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            if pid == program {
                return Some(code(ExitStatus::from_raw(status.as_raw())));
            }
        }
        None
    }
}

/// What a terminal sends, it sends to every process of the group: passed on, the program would have it twice.
fn pass_on(origin: &Origin, program: Pid) {
    let is_of_terminal =
        [SIGINT, SIGQUIT, SIGWINCH].contains(&origin.signal) && !matches!(origin.cause, Cause::Sent(_));
    let is_in_our_group = || getpgid(Some(program)).is_ok_and(|group| group == getpgrp());
    if is_of_terminal && is_in_our_group() {
        return;
    }
    if let Some(signal) = Signal::from_named_raw(origin.signal) {
        // One that has just ended cannot be told, and need not be.
        let _ = kill_process(program, signal);
    }
}

/// The signals that whoever started us wants to be ignored, as nohup does; so does the program then.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

fn is_in(mask: u64, signal: i32) -> bool {
    mask >> (signal - 1) & 1 == 1
}

fn is_first() -> bool {
    getpid().is_init()
}

fn code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(UNKNOWN)
}

const PASSED: [i32; 7] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH];

/// The code of a program of which nobody can tell how it ended.
const UNKNOWN: i32 = 70;
