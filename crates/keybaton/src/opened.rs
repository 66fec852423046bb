//! A ring that commands look at and write: its store, its mirrors, its policy.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Kin, MirrorSeen, Policy, Random, Reading, Revision, Ring, RingName, Seen, is_follow_due,
};
use keybaton_handover::{HandoverError, Look, Missed, Places, Standing, agree, look};
use keybaton_stores::{Note, StoreError, StoreErrorKind};

use crate::allowed::Allowed;
use crate::clock;
use crate::commands::World;
use crate::configuration::{Located, Place};
use crate::encrypted::Packages;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet;
use crate::follow::follow;
use crate::initial::guard::Guard;
use crate::initial::refusals::would_leak;
use crate::interrupt::Interrupt;
use crate::kin::Relation;
use crate::leftover;
use crate::missed;
use crate::policy::policy;
use crate::print::Print;
use crate::random;
use crate::store;

/// A ring, and everywhere it lives.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) place: Place,
    pub(crate) places: Places,
    pub(crate) policy: Policy,
    /// The packages that encrypt data with the main ring, once that is known.
    pub(crate) encrypting: Option<Packages>,
    /// The rings that it has keys in common with, once they were looked at.
    pub(crate) relations: Vec<Relation>,
}

impl Opened {
    /// Opens the ring that the configuration here and the user's choices mean. Nothing is read yet.
    pub(crate) fn here(world: &World<'_>, allowed: Allowed) -> Result<Self, Failure> {
        Self::of(world.place(std::path::Path::new("."))?, allowed)
    }

    pub(crate) fn of(place: Place, allowed: Allowed) -> Result<Self, Failure> {
        let open = |at| opened(&place.ring, at, allowed);
        store::must_be_readable(&place.store)?;
        let mirrors = place.mirrors.iter().map(open).collect::<Result<_, _>>()?;
        let fleet = fleet::fleet(&place, fleet::PATIENCE);
        let kin = Kin { name: place.ring.clone(), ..Kin::default() };
        let places = Places { store: open(&place.store)?, mirrors, fleet, gone: Vec::new(), kin };
        let policy = policy(&place)?;
        Ok(Self { place, places, policy, relations: Vec::new(), encrypting: None })
    }

    /// From now on who does not answer at once is not waited for.
    pub(crate) fn make_haste(&mut self) {
        self.places.fleet = fleet::fleet(&self.place, fleet::HASTE);
    }

    /// How messages name the ring: its name, its store, its environment.
    pub(crate) fn name(&self) -> String {
        self.place.name()
    }

    /// The mirrors that hold what the store does not know; they are asked only where one lacks the last write.
    pub(crate) fn disagreeing(&self, ring: &Ring, seen: &[MirrorSeen]) -> Vec<Missed> {
        if seen.iter().all(|mirror| mirror.has(ring)) { Vec::new() } else { self.places.disagreeing(ring) }
    }

    /// Whether after-write is due: it failed, or is to be run once more.
    pub(crate) fn is_follow_due(&self, ring: &Ring) -> bool {
        if ring.head.is_follow_due() || self.policy.stale == Span(0) {
            return ring.head.is_follow_due();
        }
        let mirrors = self.places.mirrors_of(ring);
        is_follow_due(
            &Seen { now: clock::now(), ring, mirrors: &mirrors, undelivered: false, fleet: None },
            &self.policy,
        )
    }

    /// A command on the same ring, as it is typed.
    pub(crate) fn again(&self, words: &str) -> String {
        self.place.again(words)
    }

    /// Runs the commands of `after-write`.
    pub(crate) fn run_after_write(&self, print: &Print, interrupt: &Interrupt) -> Result<(), Failure> {
        let hint = format!(
            "mend the cause, then `{}` runs after-write again before it goes on",
            self.again("rotate --continue")
        );
        let Some(after_write) = &self.place.after_write else { return Ok(()) };
        after_write.run(print, interrupt).map_err(|failed| failed.hint(hint))
    }

    /// A fresh key must not be written into a file that git tracks: the next commit would publish it.
    pub(crate) fn must_not_leak(&self) -> Result<(), Failure> {
        must_not_leak(&self.place.store)
    }

    /// Writes, while Ctrl-C waits for the write to end.
    pub(crate) fn write<T>(
        &self,
        world: &World<'_>,
        interrupt: &Interrupt,
        act: impl FnOnce(&mut keybaton_handover::World<'_>) -> Result<T, HandoverError>,
    ) -> Result<T, Failure> {
        writing(world, interrupt, act).map_err(|error| self.failed(error))
    }

    /// Tells what was written before any change was made, and runs what has to follow it, or did not follow earlier.
    ///
    /// # Errors
    /// That failed, or a mirror stays behind: nothing may go on.
    pub(crate) fn settle(
        &self,
        world: &World<'_>,
        interrupt: &Interrupt,
        standing: Standing,
    ) -> Result<Standing, Failure> {
        tell(world, standing.mended, &standing.notes);
        // A store that was put back is not to be loaded anywhere.
        let is_put_back = missed::disagrees(&standing.missed);
        let behind = missed::behind(self, &standing.missed);
        if is_put_back {
            return behind.map_or(Ok(standing), Err);
        }
        let is_due = standing.wrote() || self.is_follow_due(&standing.ring);
        let settled = if is_due { follow(self, world, interrupt, standing) } else { Ok(standing) };
        match (settled, behind) {
            (Ok(standing), None) => Ok(standing),
            (Ok(_), Some(behind)) => Err(behind),
            (Err(failed), behind) => {
                behind.iter().for_each(|behind| world.print.warning(&behind.in_full()));
                Err(failed)
            }
        }
    }

    /// The ring as a writer would find it, without writing anything.
    pub(crate) fn peek(&self) -> Result<Standing, Failure> {
        let Look { reading, version } = look(&self.places.store).map_err(Failure::of_store)?;
        match reading {
            Reading::Whole(ring) => {
                self.agree(&ring)?;
                Ok(Standing::of(ring, version))
            }
            Reading::Torn(_) => {
                let sentence = format!("{}: a write was cut short and would be finished first", self.name());
                Err(Failure::new(Exit::Refused, sentence).hint("leave --dry-run out"))
            }
            other => Err(self.unusable(&other)),
        }
    }

    /// What stands in the store is nothing to begin with.
    pub(crate) fn unusable(&self, reading: &Reading) -> Failure {
        match reading {
            Reading::Edited(edited) => self.failed(HandoverError::Edited(edited.why)),
            Reading::Newer(newer) => self.failed(HandoverError::Newer(newer.format)),
            Reading::Sealed(_) => self.failed(HandoverError::Sealed),
            Reading::Bare(_) => self.failed(HandoverError::Bare),
            Reading::Absent | Reading::Whole(_) | Reading::Torn(_) => self.failed(HandoverError::Absent),
        }
    }

    /// Sees that no mirror holds what the store does not know.
    pub(crate) fn agree(&self, ring: &Ring) -> Result<(), Failure> {
        agree(&self.places, ring).map_err(|error| self.failed(error))
    }

    /// Somebody else wrote at the same moment.
    pub(crate) fn overlapped(&self, error: StoreError) -> Failure {
        let status = self.again("status");
        let hint = error.hint.as_ref().map(|hint| format!("{hint}; `{status}` shows what stands"));
        self.collided(StoreError { hint, ..error })
    }

    /// Somebody else wrote. Where that program knows nothing of rings, running it again goes on from nothing.
    fn collided(&self, error: StoreError) -> Failure {
        let is_edited = matches!(look(&self.places.store), Ok(Look { reading: Reading::Edited(_), .. }));
        let failure = Failure::of_store(error);
        if !is_edited {
            return failure;
        }
        let (adopt, status) = (self.again("init --adopt"), self.again("status"));
        failure.hint(format!(
            "what it wrote is no ring's: see whether its keys are to be accepted, and take out by hand those that are not; then \
             `{adopt}` takes in what stands there; `{status}` shows it"
        ))
    }

    /// What a failed handover means to the user.
    pub(crate) fn failed(&self, error: HandoverError) -> Failure {
        let sentence = format!("{}: {error}", self.name());
        let (adopt, status) = (self.again("init --adopt"), self.again("status"));
        match error {
            HandoverError::Store(error) if error.kind == StoreErrorKind::Overlap => self.overlapped(error),
            HandoverError::Store(error) if error.kind == StoreErrorKind::Conflict => self.collided(error),
            HandoverError::Store(error) => Failure::of_store(error),
            HandoverError::Partly(error) => Failure::of_store(error).exiting(Exit::PartlyWritten),
            HandoverError::Absent => {
                let init = self.again("init");
                let usual = || format!("`{init}` makes a key, `keybaton copy` brings one from another store");
                Failure::new(Exit::Store, sentence).hint(leftover::hint(&self.place).unwrap_or_else(usual))
            }
            HandoverError::Bare => Failure::new(Exit::Store, sentence)
                .hint(format!("`{adopt}` takes it in; the key stays as it is")),
            HandoverError::Edited(_) => Failure::new(Exit::Conflict, sentence)
                .hint(format!("`{adopt}` takes in what stands there; `{status}` shows it")),
            HandoverError::Newer(_) => {
                Failure::new(Exit::Conflict, sentence).hint("update keybaton: pip install --upgrade keybaton")
            }
            HandoverError::NotACopy(_) => Failure::new(Exit::Refused, sentence)
                .hint("nothing was written; `keybaton diff` shows how the two differ"),
            HandoverError::TooManyKeys(_) => Failure::new(Exit::Refused, sentence)
                .hint("take the oldest fallbacks out by hand, then run it again"),
            HandoverError::Sealed => store::sealed(&self.place.store),
            HandoverError::Misfit(_) => Failure::new(Exit::Refused, sentence)
                .hint(format!("`{status}` shows where the handover stands")),
            HandoverError::Disagree(missed) => missed::disagree(self, sentence, &missed),
        }
    }
}

/// A key must not be written into a file that git tracks: the next commit would publish it.
pub(crate) fn must_not_leak(at: &Located) -> Result<(), Failure> {
    match Guard::look(&store::files(at)?, &at.folder)?.and_then(|guard| guard.tracked) {
        Some(file) => Err(would_leak(&file, "run it again")),
        None => Ok(()),
    }
}

/// Writes, while Ctrl-C waits for the write to end.
pub(crate) fn writing<T>(
    world: &World<'_>,
    interrupt: &Interrupt,
    act: impl FnOnce(&mut keybaton_handover::World<'_>) -> Result<T, HandoverError>,
) -> Result<T, HandoverError> {
    interrupt.during(world.print, || with_the_world(act))
}

/// Runs something with the system's clock and random source.
pub(crate) fn with_the_world<T>(act: impl FnOnce(&mut keybaton_handover::World<'_>) -> T) -> T {
    let now: &dyn Fn() -> Timestamp = &clock::now;
    let random: Random<'_> = &mut random::fill;
    act(&mut keybaton_handover::World { now, random, floor: Revision::default() })
}

/// A store, opened for the ring.
pub(crate) fn opened(
    ring: &RingName,
    at: &Located,
    allowed: Allowed,
) -> Result<keybaton_handover::Place, Failure> {
    let store = store::open(at, ring, allowed)?;
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
