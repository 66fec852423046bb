//! The processes of the project: who asks them, and which of them are gone.

use std::collections::BTreeSet;
use std::time::Duration;

use clap::Args;
use keybaton_core::{Beats, Reporting, Ring};
use keybaton_handover::{Fleet, FleetError, FleetErrorKind, Manage};

use crate::asked::Asked;
use crate::clock::ago;
use crate::configuration::Place;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::system::rang;

/// Processes that were killed, or whose machine is gone, and could not say so.
#[derive(Args, Debug)]
pub(crate) struct Gone {
    /// A process that reports no longer is gone, such as one that was killed; by its id or the beginning of it
    #[arg(long = "gone", value_name = "PROCESS")]
    processes: Vec<String>,
}

impl Gone {
    /// Takes the operator's word for it, where the processes themselves do not say otherwise.
    pub(crate) fn tell(&self, opened: &mut Opened, asked: Asked) -> Result<Asked, Failure> {
        if self.processes.is_empty() {
            return Ok(asked);
        }
        if let Some(error) = asked.reported.not_asked {
            return Err(Failure::of_fleet(error));
        }
        let Some(beats) = &asked.reported.beats else {
            let sentence = format!("{}: no process reports, so none can be gone", opened.name());
            return Err(Failure::new(Exit::Usage, sentence).hint("leave --gone out"));
        };
        opened.places.gone =
            self.processes.iter().map(|word| gone(word, beats, opened)).collect::<Result<_, _>>()?;
        Ok(asked)
    }
}

fn gone(word: &str, beats: &Beats, opened: &Opened) -> Result<Box<str>, Failure> {
    let hint = format!("`{}` shows the processes that are waited for", opened.again("status"));
    let refused = |what: &str| Failure::new(Exit::Refused, format!("--gone {word}: {what}")).hint(&hint);
    let seen = beats.of_processes(word).filter(|_| !word.is_empty());
    let meant: BTreeSet<&str> = seen.clone().map(|beat| &*beat.process).collect();
    let mut ids = meant.into_iter();
    match (ids.next(), ids.next()) {
        (None, _) => Err(refused("no process of this id reports, or it was forgotten already")),
        (Some(_), Some(_)) => Err(refused("several processes begin so")),
        (Some(process), None) => match seen.clone().find(|beat| beats.lives(beat)) {
            Some(beat) => {
                Err(refused(&format!("it reported {}, so it lives", ago(beats.now.since(beat.seen)))))
            }
            None => Ok(process.into()),
        },
    }
}

/// Who is asked; nobody where no process reports.
pub(crate) fn fleet(place: &Place, patience: Duration) -> Option<Box<dyn Fleet>> {
    let asked = place.fleet.as_ref()?;
    let named = place.wishes.environment.iter();
    let environment = named.map(|name| ("KEYBATON_ENV".to_owned(), name.clone())).collect();
    let (command, folder, ring) = (asked.command.clone(), asked.folder.clone(), place.ring.clone());
    Some(Box::new(Manage { command, folder, environment, ring, patience, given_up: rang }))
}

/// Which processes report.
pub(crate) fn reporting(place: &Place) -> Reporting {
    place.fleet.as_ref().map_or(Reporting::None, |asked| asked.reporting)
}

impl Failure {
    pub(crate) fn of_fleet(FleetError { kind, sentence, hint, source }: FleetError) -> Self {
        let exit = match kind {
            FleetErrorKind::Unreachable => Exit::Store,
            FleetErrorKind::Misconfigured => Exit::Configuration,
            FleetErrorKind::NoTable => Exit::Refused,
        };
        let failure = Self::new(exit, sentence).hint(hint);
        match source {
            Some(source) => failure.because(source),
            None => failure,
        }
    }
}

/// The processes do not report, so nothing tells whether they have the last write.
pub(crate) fn nobody_reports(opened: &Opened, ring: &Ring, beats: Option<&Beats>) -> Failure {
    let foreign = beats.map_or(0, |beats| beats.foreign(ring.head.id));
    let others = match foreign {
        0 => String::new(),
        1 => "; one does of another ring of this name, as after a copy of another site's database".to_owned(),
        _ => {
            format!("; {foreign} do of another ring of this name, as after a copy of another site's database")
        }
    };
    Failure::new(Exit::Refused, format!("{}: no process reports which keys it uses{others}", opened.name())).hint(
        "is keybaton.django among the INSTALLED_APPS, migrated and deployed, and has each process served a request? \
         Where none runs, say --force --reason \"…\" to the step; where none is to report, fleet = \"none\"",
    )
}

/// Django has to start, and to connect.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// What cuts a key off, takes a step back or is forced waits for no database.
pub(crate) const HASTE: Duration = Duration::from_secs(10);
