//! A ring that commands look at and write: its store, its mirrors, its policy.

use keybaton_core::time::Timestamp;
use keybaton_core::{Policy, Random, Reading};
use keybaton_handover::{HandoverError, Look, Places, Standing, look};
use keybaton_stores::Note;

use crate::clock;
use crate::commands::World;
use crate::configuration::{Located, Place};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::random;
use crate::store;

/// A ring, and everywhere it lives.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) place: Place,
    pub(crate) places: Places,
    pub(crate) policy: Policy,
}

impl Opened {
    /// Opens the ring that the configuration here and the user's choices mean. Nothing is read yet.
    pub(crate) fn here(world: &World<'_>) -> Result<Self, Failure> {
        Self::of(world.place(std::path::Path::new("."))?)
    }

    pub(crate) fn of(place: Place) -> Result<Self, Failure> {
        let mirrors = place.mirrors.iter().map(|mirror| opened(&place, mirror)).collect::<Result<_, _>>()?;
        let places = Places { store: opened(&place, &place.store)?, mirrors };
        let policy = Policy { propagation: place.propagation, longest_signature: place.longest_signature };
        Ok(Self { place, places, policy })
    }

    /// How messages name the ring: its name, its store, its environment.
    pub(crate) fn name(&self) -> String {
        self.place.name()
    }

    /// Writes, while Ctrl-C waits for the write to end.
    pub(crate) fn write<T>(
        &self,
        world: &World<'_>,
        interrupt: &Interrupt,
        act: impl FnOnce(&mut keybaton_handover::World<'_>) -> Result<T, HandoverError>,
    ) -> Result<T, Failure> {
        let done = interrupt.during(world.print, || with_the_world(act));
        let done = done.map_err(|error| Failure::new(Exit::Broken, "cannot make a pipe").because(error))?;
        done.map_err(|error| self.failed(error))
    }

    /// The ring as a writer would find it, without writing anything.
    pub(crate) fn peek(&self) -> Result<Standing, Failure> {
        let Look { reading, version } = look(&self.places.store).map_err(Failure::of_store)?;
        match reading {
            Reading::Whole(ring) => Ok(Standing { ring, version, mended: false, notes: Vec::new() }),
            Reading::Torn(_) => {
                let sentence = format!("{}: a write was cut short and would be finished first", self.name());
                Err(Failure::new(Exit::Refused, sentence).hint("leave --dry-run out"))
            }
            Reading::Absent => Err(self.failed(HandoverError::Absent)),
            Reading::Bare(_) => Err(self.failed(HandoverError::Bare)),
            Reading::Edited(edited) => Err(self.failed(HandoverError::Edited(edited.why))),
            Reading::Newer(newer) => Err(self.failed(HandoverError::Newer(newer.format))),
        }
    }

    /// What a failed handover means to the user.
    pub(crate) fn failed(&self, error: HandoverError) -> Failure {
        let sentence = format!("{}: {error}", self.name());
        match error {
            HandoverError::Store(error) => Failure::of_store(error),
            HandoverError::Absent => Failure::new(Exit::Store, sentence).hint("`keybaton init` makes a key"),
            HandoverError::Bare => Failure::new(Exit::Store, sentence)
                .hint("`keybaton init --adopt` takes it in; the key stays as it is"),
            HandoverError::Edited(_) => Failure::new(Exit::Conflict, sentence)
                .hint("`keybaton init --adopt` takes in what stands there; `keybaton status` shows it"),
            HandoverError::Newer(_) => {
                Failure::new(Exit::Conflict, sentence).hint("update keybaton: pip install --upgrade keybaton")
            }
            HandoverError::TooManyKeys(_) => Failure::new(Exit::Refused, sentence)
                .hint("take the oldest fallbacks out by hand, then run it again"),
            HandoverError::Misfit(_) => Failure::new(Exit::Refused, sentence)
                .hint("`keybaton status` shows where the handover stands"),
            HandoverError::Partly(missed) => {
                let reasons: Vec<String> =
                    missed.iter().map(|missed| format!("{}: {}", missed.url, missed.reason)).collect();
                Failure::new(Exit::PartlyWritten, sentence)
                    .because(reasons.join("; "))
                    .hint("run the command again: it writes only what is missing")
            }
        }
    }
}

/// Runs something with the system's clock and random source.
pub(crate) fn with_the_world<T>(act: impl FnOnce(&mut keybaton_handover::World<'_>) -> T) -> T {
    let now: &dyn Fn() -> Timestamp = &clock::now;
    let random: Random<'_> = &mut random::fill;
    act(&mut keybaton_handover::World { now, random })
}

fn opened(place: &Place, at: &Located) -> Result<keybaton_handover::Place, Failure> {
    let store = store::open(at, &place.ring)?;
    Ok(keybaton_handover::Place { url: at.url.clone(), store })
}

/// Listens for Ctrl-C, for a command that writes or waits.
pub(crate) fn interruptible() -> Result<Interrupt, Failure> {
    Interrupt::listen().map_err(|error| Failure::new(Exit::Broken, "cannot listen for Ctrl-C").because(error))
}

/// Tells what the stores had to say of a write.
pub(crate) fn tell(world: &World<'_>, mended: bool, notes: &[Note]) {
    if mended {
        world.print.note("finished a write that had been cut short");
    }
    for note in notes {
        world.print.warning(&note.0);
    }
}
