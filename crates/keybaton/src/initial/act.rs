//! Carrying out what `keybaton init` has decided.

use std::path::PathBuf;

use keybaton_audit::wire::Style;
use keybaton_core::{Adoption, Ring, RingName};
use keybaton_handover::{begin, standing};
use keybaton_stores::Version;

use super::guard::Guard;
use super::keys::{Begin, Beginning, With};
use super::next::{After, what_now};
use super::settings::Rewrites;
use super::words::{Words, begun};
use crate::plain_files;

use crate::ask::Answer;
use crate::commands::World;
use crate::configuration::{Located, Wishes, shown};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::leftover;
use crate::missed;
use crate::opened::{Opened, interruptible, tell};

mod further;

pub(crate) use further::FurtherPlan;

/// Everything that will be done, decided before anything is.
pub(crate) struct Plan<'a> {
    pub(crate) opened: Opened,
    pub(crate) guard: Option<Guard>,
    pub(crate) version: Version,
    pub(crate) beginning: Beginning,
    /// The new `keybaton.toml`.
    pub(crate) configuration: Option<(PathBuf, String)>,
    pub(crate) settings: Rewrites<'a>,
    /// The variable that the settings read the key from before.
    pub(crate) variable: Option<String>,
    /// The folder of the configuration, where the user stands above it.
    pub(crate) elsewhere: Option<String>,
}

/// The hand that does it, and says so.
pub(crate) struct Act<'a> {
    world: &'a World<'a>,
    words: Words<'a>,
    style: Style,
    dry_run: bool,
}

impl<'a> Act<'a> {
    pub(crate) fn new(world: &'a World<'a>, style: Style, dry_run: bool) -> Self {
        Self { world, words: Words::new(world.print, dry_run), style, dry_run }
    }

    /// Puts back what a crash left aside beside the store, and says whether there was such: nothing can be decided before.
    pub(crate) fn put_back(&mut self, at: &Located) -> Result<bool, Failure> {
        let coming_back = leftover::coming_back(at);
        if coming_back.is_empty() {
            return Ok(false);
        }
        self.unless_dry(|| leftover::tidy(at))?;
        coming_back.iter().try_for_each(|what| self.words.done(what))?;
        Ok(true)
    }

    /// Finishes a write that was cut short: nothing can be decided before.
    pub(crate) fn finish(&mut self, opened: &Opened) -> Result<(), Failure> {
        self.unless_dry(|| self.catch_up(opened))?;
        self.words.done(&format!("finish a write of {} that had been cut short", opened.name()))
    }

    /// Does it, and tells each part as it is done. The file is kept out of git before a key is in it, and the settings
    /// come last: until then they read the key that signs today where they always did.
    pub(crate) fn all(mut self, plan: Plan<'_>, wanted: Answer) -> Result<Exit, Failure> {
        let Plan { opened, guard, version, beginning, configuration, settings, variable, elsewhere } = plan;
        self.keep_out_of_git(guard.as_ref())?;
        let is_open = configuration.is_some() && opened.place.propagation.is_none();
        let wishes = named_from_now_on(&opened, configuration.is_some());
        let (ring, with) = self.begin(&opened, beginning, &version)?;
        self.configure(configuration)?;
        self.wire(&settings, &opened.place.ring, wanted)?;
        let tracked = guard.as_ref().and_then(|guard| guard.tracked.as_deref());
        if let Some(file) = tracked {
            self.words.leaked(file, &wishes)?;
        }
        let is_written = wanted == Answer::Yes;
        self.next(&After {
            style: self.style,
            is_changed: self.words.is_changed(),
            is_wired: settings.are_wired() && (is_written || !settings.wire()),
            djangos: &settings.left_to_django(is_written),
            has_package: settings.has_package,
            users_stay: settings.users_stay(is_written),
            ring: ring.as_ref(),
            is_tracked: tracked.is_some(),
            variable: variable.as_deref().filter(|_| with.is_some()),
            elsewhere: elsewhere.as_deref(),
            is_open,
            wishes: &wishes,
        })?;
        Ok(if settings.by_hand.is_empty() { Exit::Done } else { Exit::Findings })
    }

    /// Takes in what stands in the store, and leaves the rest as it is.
    pub(crate) fn adopt(
        mut self,
        opened: &Opened,
        guard: Option<&Guard>,
        beginning: Beginning,
        version: &Version,
    ) -> Result<Exit, Failure> {
        self.keep_out_of_git(guard)?;
        self.begin(opened, beginning, version)?;
        if let Some(file) = guard.and_then(|guard| guard.tracked.as_deref()) {
            self.words.leaked(file, &opened.place.wishes)?;
        }
        match (self.words.is_changed(), self.dry_run) {
            (true, true) => {}
            (true, false) => {
                let status = opened.again("status");
                self.words.next(&format!("restart what reads the ring; `{status}` shows where it stands"))?;
            }
            (false, _) => self.words.next("nothing: all is as it should be")?,
        }
        Ok(Exit::Done)
    }

    fn keep_out_of_git(&mut self, guard: Option<&Guard>) -> Result<(), Failure> {
        let Some(guard) = guard else {
            return self.words.already("the keys are in no file that git could track");
        };
        if let Some(error) = &guard.unasked {
            self.world.print.warning(&format!(
                "cannot ask git what it leaves out, so .gitignore alone was read: {error}"
            ));
        }
        match guard.wanted() {
            None => self.words.already("git leaves the file of keys out"),
            Some(what) => {
                self.unless_dry(|| guard.write())?;
                self.words.done(&what)
            }
        }
    }

    fn begin(
        &mut self,
        opened: &Opened,
        beginning: Beginning,
        version: &Version,
    ) -> Result<(Option<Ring>, Option<With>), Failure> {
        let name = opened.name();
        match beginning {
            Beginning::Finish => self.finish(opened).map(|()| (None, None)),
            Beginning::Begin(Begin { adoption, with, .. }) => {
                let ring = self.unless_dry(|| begun_in(self.world, opened, adoption, version))?;
                self.words.done(&begun(&name, with))?;
                Ok((ring, Some(with)))
            }
            _ => {
                // Mirrors that were missed, by an earlier run or because they are new here.
                let ring = self.unless_dry(|| self.catch_up(opened))?;
                self.words.already(&format!("{name} is a ring already"))?;
                Ok((ring, None))
            }
        }
    }

    fn configure(&mut self, configuration: Option<(PathBuf, String)>) -> Result<(), Failure> {
        let Some((path, text)) = configuration else {
            return self.words.already("the configuration says where the ring lives");
        };
        self.unless_dry(|| plain_files::replace(&path, None, text.as_bytes()))?;
        self.words.done(&format!("say where the ring lives: {}", shown(&path)))
    }

    fn wire(&mut self, settings: &Rewrites<'_>, ring: &RingName, wanted: Answer) -> Result<(), Failure> {
        for by_hand in &settings.by_hand {
            self.words.by_hand(by_hand, ring, self.style)?;
        }
        if !settings.wire() && settings.by_hand.is_empty() {
            self.words.already("the settings read the ring")?;
        }
        match (wanted, settings.wire()) {
            (Answer::Yes, _) => self.rewrite(settings),
            (Answer::No, true) => self.words.left(ring, self.style),
            (Answer::No, false) => Ok(()),
        }
    }

    fn rewrite(&mut self, settings: &Rewrites<'_>) -> Result<(), Failure> {
        for rewrite in &settings.rewrites {
            self.unless_dry(|| rewrite.write())?;
            rewrite.effects().try_for_each(|effect| self.words.done(&effect))?;
        }
        Ok(())
    }

    fn unless_dry<T>(&self, act: impl FnOnce() -> Result<T, Failure>) -> Result<Option<T>, Failure> {
        if self.dry_run { Ok(None) } else { act().map(Some) }
    }

    /// What would be done has nothing to follow.
    fn next(&self, after: &After<'_>) -> Result<(), Failure> {
        if self.dry_run && after.is_changed {
            return Ok(());
        }
        let mut lines = what_now(after).into_iter();
        lines.next().map_or(Ok(()), |first| self.words.next(&first))?;
        lines.try_for_each(|line| self.words.behind(&line))
    }

    /// Brings up what an earlier write left behind, which is followed as the write itself would have been.
    fn catch_up(&self, opened: &Opened) -> Result<Ring, Failure> {
        let interrupt = interruptible()?;
        let standing = opened.write(self.world, &interrupt, |world| standing(&opened.places, world))?;
        Ok(opened.settle(self.world, &interrupt, standing)?.ring)
    }
}

/// What commands have to be told from now on: the configuration that is written says where the ring lives.
fn named_from_now_on(opened: &Opened, is_written: bool) -> Wishes {
    let wishes = opened.place.wishes.clone();
    if is_written { Wishes { environment: wishes.environment, ..Wishes::default() } } else { wishes }
}

fn begun_in(world: &World<'_>, opened: &Opened, adoption: Adoption, over: &Version) -> Result<Ring, Failure> {
    let standing =
        opened.write(world, &interruptible()?, |world| begin(&opened.places, adoption, over, world))?;
    tell(world, standing.mended, &standing.notes);
    if let Some(lost) = standing.lost {
        return Err(opened.overlapped(lost));
    }
    missed::partly(opened, &standing.missed).map_or(Ok(standing.ring), Err)
}
