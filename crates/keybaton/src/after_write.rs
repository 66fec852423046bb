//! Commands that run after a step's last write, such as one that restarts the processes.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use keybaton_core::shell::typed;
use keybaton_core::time::Span;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::{Interrupt, Waited};
use crate::print::Print;
use crate::system;

/// What runs after a step's last write, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AfterWrite {
    /// A program and its arguments each; no shell is in between.
    pub(crate) commands: Vec<Vec<String>>,
    pub(crate) timeout: Span,
    /// The folder of the configuration.
    pub(crate) folder: PathBuf,
}

/// How a command ended.
enum Ended {
    By(ExitStatus),
    Timeout,
    Interrupted,
}

impl AfterWrite {
    /// Runs one command after another. What they print is talk: it goes to standard error.
    pub(crate) fn run(&self, print: &Print, interrupt: &Interrupt) -> Result<(), Failure> {
        for command in &self.commands {
            print.note(&format!("running {}", typed(command)));
            self.run_one(command, interrupt)?;
        }
        Ok(())
    }

    fn run_one(&self, command: &[String], interrupt: &Interrupt) -> Result<(), Failure> {
        if interrupt.came() {
            return Err(failed(Exit::Interrupted, command, "was not run: Ctrl-C came before"));
        }
        let ended = self.start(command).and_then(|child| self.wait(child, interrupt));
        match ended {
            Ok(Ended::By(status)) if status.success() => Ok(()),
            Ok(Ended::By(status)) => Err(failed(Exit::PartlyWritten, command, &told(status))),
            Ok(Ended::Timeout) => {
                let what = format!("took longer than {} and was ended", self.timeout);
                Err(failed(Exit::PartlyWritten, command, &what))
            }
            Ok(Ended::Interrupted) => Err(failed(Exit::Interrupted, command, "was ended by Ctrl-C")),
            Err(error) => Err(failed(Exit::PartlyWritten, command, "could not be started").because(error)),
        }
    }

    fn start(&self, command: &[String]) -> io::Result<Child> {
        let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut next = system::command(OsStr::new(program));
        next.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).stdout(io::stderr());
        system::set_apart(&mut next).spawn()
    }

    fn wait(&self, mut child: Child, interrupt: &Interrupt) -> io::Result<Ended> {
        let deadline = Instant::now().checked_add(Duration::from_secs(self.timeout.0));
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Ended::By(status));
            }
            let ended = match interrupt.wait(LOOK_EVERY) {
                Waited::Interrupted => Ended::Interrupted,
                Waited::Enough if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                    Ended::Timeout
                }
                Waited::Enough => continue,
            };
            system::end(&mut child)?;
            return Ok(ended);
        }
    }
}

fn failed(exit: Exit, command: &[String], what: &str) -> Failure {
    Failure::new(exit, format!("the ring was written; `{}` {what}", typed(command)))
}

fn told(status: ExitStatus) -> String {
    match (status.code(), system::signal_of(status)) {
        (Some(code), _) => format!("ended with {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended in an unknown way".to_owned(),
    }
}

const LOOK_EVERY: Duration = Duration::from_millis(20);
