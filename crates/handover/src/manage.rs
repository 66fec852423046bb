//! The project itself, asked by its own `manage.py keybaton …`: the tables are Django's.

use std::error::Error;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use keybaton_core::shell::typed;
use keybaton_core::{Revision, RingId, RingName};
use keybaton_stores::program::{Failed, answer_unless};
use serde::de::DeserializeOwned;

use crate::observed::{Observed, Raised};
use crate::{Answer, Fleet, FleetError, FleetErrorKind};

/// A project that is asked through a command of its own, such as `python manage.py`.
#[derive(Clone, Debug)]
pub struct Manage {
    /// The program and its arguments, without `keybaton`.
    pub command: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// Variables that it finds besides those that we found.
    pub environment: Vec<(String, String)>,
    /// The ring whose use is asked for.
    pub ring: RingName,
    /// How long it may take: Django has to start.
    pub patience: Duration,
    /// Whether nobody waits for an answer any more.
    pub given_up: fn() -> bool,
}

impl Fleet for Manage {
    fn look(&self) -> Result<Answer, FleetError> {
        let words = ["observe"];
        self.understood(&words, self.ask(&words)?)
    }

    fn raise_floor(&self, ring: RingId, to: Revision) -> Result<Answer, FleetError> {
        let (ring, to_text) = (ring.to_string(), to.to_string());
        let words = ["floor", "raise", &ring, &to_text];
        let Raised { floor, observed } = self.ask(&words)?;
        match floor.floor().filter(|floor| floor.ring.to_string() == ring && floor.revision >= to) {
            Some(_) => self.understood(&words, observed),
            None => Err(self.senseless(&words, &"it names another floor")),
        }
    }
}

impl Manage {
    fn understood(&self, words: &[&str], observed: Observed) -> Result<Answer, FleetError> {
        if observed.format != FORMAT {
            let sentence = format!("`{}` answers in format {}", self.typed(words), observed.format);
            let hint = "this keybaton knows format 1: bring it and the project's package keybaton to the same version";
            return Err(error(FleetErrorKind::Misconfigured, sentence, hint));
        }
        if observed.missing {
            let sentence = "the project's database has no table for what the processes report".to_owned();
            let hint = format!("run `{} migrate keybaton`, and deploy the app", typed(&self.command));
            return Err(error(FleetErrorKind::NoTable, sentence, &hint));
        }
        observed.answer(&self.ring).map_err(|what| self.senseless(words, &what))
    }

    fn ask<T: DeserializeOwned>(&self, words: &[&str]) -> Result<T, FleetError> {
        let answer = self.run(words)?;
        serde_json::from_slice(&answer).map_err(|error| self.senseless(words, &error))
    }

    fn run(&self, words: &[&str]) -> Result<Vec<u8>, FleetError> {
        let Some((program, arguments)) = self.command.split_first() else {
            let sentence = "no command is named that asks the project".to_owned();
            return Err(error(FleetErrorKind::Misconfigured, sentence, MEND));
        };
        let mut command = Command::new(program);
        command.args(arguments).arg("keybaton").args(words).current_dir(&self.folder).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        answer_unless(self.given_up, &mut command, &[], self.patience, LONGEST)
            .map(|answer| answer.to_vec())
            .map_err(|(failed, complaint)| self.failed(words, failed, &complaint))
    }

    fn failed(&self, words: &[&str], failed: Failed, complaint: &str) -> FleetError {
        let command = self.typed(words);
        match failed {
            Failed::NotStarted(cause) => {
                let is_there = cause.kind() != ErrorKind::NotFound;
                let what = if is_there { "could not be started" } else { "there is no such program" };
                let sentence = format!("`{command}`: {what}");
                let source = is_there.then(|| -> Arc<dyn Error + Send + Sync> { Arc::new(cause) });
                FleetError { source, ..error(FleetErrorKind::Misconfigured, sentence, MEND) }
            }
            Failed::With(_) if !complaint.is_empty() => {
                let sentence = format!("`{command}` failed: {}", complaint.trim_end_matches('.'));
                error(FleetErrorKind::Unreachable, sentence, TRY)
            }
            Failed::TooLong => self.senseless(words, &"more than 16 MiB"),
            failed => error(FleetErrorKind::Unreachable, format!("`{command}` {failed}"), TRY),
        }
    }

    fn senseless(&self, words: &[&str], why: &dyn std::fmt::Display) -> FleetError {
        let sentence = format!("`{}` printed what makes no sense ({why})", self.typed(words));
        let hint = "run it by hand: it has to print one JSON object and nothing else on standard output";
        error(FleetErrorKind::Misconfigured, sentence, hint)
    }

    fn typed(&self, words: &[&str]) -> String {
        let words = ["keybaton"].iter().chain(words).map(|word| (*word).to_owned());
        typed(&self.command.iter().cloned().chain(words).collect::<Vec<_>>())
    }
}

fn error(kind: FleetErrorKind, sentence: String, hint: &str) -> FleetError {
    FleetError { kind, sentence, hint: hint.to_owned(), source: None }
}

const FORMAT: u64 = 1;
/// In bytes: some thousands of processes.
const LONGEST: u64 = 1 << 24;
const MEND: &str = "keybaton.toml says with `manage` how the project is asked, from the folder that it is in: \
                    manage = [\"python\", \"manage.py\"]";
const TRY: &str = "run it by hand to see more; is the database there?";
