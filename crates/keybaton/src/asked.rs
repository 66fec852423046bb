//! The project, asked once for all that one command has to know of it: each time a whole Django starts.

use std::time::{Duration, Instant};

use keybaton_handover::{Answer, FleetError, Reported};

use crate::commands::World;
use crate::opened::Opened;

/// What the project answered before anything else was done.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) reported: Reported,
    at: Instant,
}

impl Asked {
    pub(crate) fn now(reported: Reported) -> Self {
        Self { reported, at: Instant::now() }
    }

    /// The answer, unless so much time has passed that processes may say something else now.
    pub(crate) fn fresh(self) -> Option<Reported> {
        (self.at.elapsed() < FRESH).then_some(self.reported)
    }
}

impl Opened {
    /// Asks the project, where it can be asked: how long what it signs is valid is learnt, and who uses the ring is given.
    pub(crate) fn ask(&mut self, world: &World<'_>) -> Asked {
        let answer = self.answer();
        Asked::now(self.hear(world, answer))
    }

    /// What the project answers now; nothing where nobody is to be asked.
    pub(crate) fn answer(&self) -> Option<Result<Answer, FleetError>> {
        self.places.fleet.as_ref().map(|fleet| fleet.look())
    }

    /// Learns from an answer that may have been given for another ring of the same project.
    pub(crate) fn hear(&mut self, world: &World<'_>, answer: Option<Result<Answer, FleetError>>) -> Reported {
        if let Some(Ok(answer)) = &answer {
            self.learn_lifetimes(world, &answer.lifetimes);
        }
        let mut reported = answer.map(Reported::from).unwrap_or_default();
        reported.beats = reported.beats.map(|beats| beats.turned_to(&self.place.ring));
        reported
    }
}

/// Less than the time between two beats.
const FRESH: Duration = Duration::from_secs(10);
