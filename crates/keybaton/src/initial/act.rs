//! Carrying out what `keybaton init` has decided.

use std::path::PathBuf;

use keybaton_audit::wire::Style;
use keybaton_core::RingName;
use keybaton_handover::{HandoverError, begin, standing};
use keybaton_stores::Version;

use super::files;
use super::guard::Guard;
use super::keys::{Begin, Beginning, With};
use super::settings::Rewrites;
use super::words::{Words, begun};
use crate::ask::Answer;
use crate::commands::World;
use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::{Opened, interruptible, tell};

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

    /// Finishes a write that was cut short: nothing can be decided before.
    pub(crate) fn finish(&mut self, opened: &Opened) -> Result<(), Failure> {
        self.unless_dry(|| self.write(opened, |world| standing(&opened.places, world)))?;
        self.words.done(&format!("finish a write of {} that had been cut short", opened.name()))
    }

    /// Does it, and tells each part as it is done. The file is kept out of git before a key is in it, and the settings
    /// come last: until then they read the key that signs today where they always did.
    pub(crate) fn all(mut self, plan: Plan<'_>, wanted: Answer) -> Result<Exit, Failure> {
        let Plan { opened, guard, version, beginning, configuration, settings, variable } = plan;
        self.keep_out_of_git(guard.as_ref())?;
        let is_open = configuration.is_some() && opened.place.propagation.is_none();
        let with = self.begin(&opened, beginning, &version)?;
        self.configure(configuration)?;
        self.wire(&settings, &opened.place.ring, wanted)?;
        if let Some(file) = guard.as_ref().and_then(|guard| guard.tracked.as_deref()) {
            self.words.leaked(file)?;
        }
        let is_wired = settings.by_hand.is_empty() && wanted == Answer::Yes;
        self.what_now(with, is_wired)?;
        if let (Some(variable), Some(_), false) = (variable, with, self.dry_run) {
            self.words.behind(&format!(
                "The settings read {variable} from the environment: where servers set it, that key stays"
            ))?;
        }
        if is_open && !self.dry_run {
            self.words.behind("`keybaton rotate` will ask for `propagation`: how long a new key takes to reach each process")?;
        }
        Ok(if settings.by_hand.is_empty() { Exit::Done } else { Exit::Findings })
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
    ) -> Result<Option<With>, Failure> {
        let name = opened.name();
        match beginning {
            Beginning::Finish => self.finish(opened).map(|()| None),
            Beginning::Begin(Begin { adoption, with, .. }) => {
                self.unless_dry(|| {
                    self.write(opened, |world| begin(&opened.places, adoption, version, world))
                })?;
                self.words.done(&begun(&name, with))?;
                Ok(Some(with))
            }
            _ => {
                // Mirrors that were missed, by an earlier run or because they are new here.
                self.unless_dry(|| self.write(opened, |world| standing(&opened.places, world)))?;
                self.words.already(&format!("{name} is a ring already")).map(|()| None)
            }
        }
    }

    fn configure(&mut self, configuration: Option<(PathBuf, String)>) -> Result<(), Failure> {
        let Some((path, text)) = configuration else {
            return self.words.already("the configuration says where the ring lives");
        };
        self.unless_dry(|| files::replace(&path, None, text.as_bytes()))?;
        self.words.done(&format!("say where the ring lives: {}", shown(&path)))
    }

    fn wire(&mut self, settings: &Rewrites<'_>, ring: &RingName, wanted: Answer) -> Result<(), Failure> {
        for (file, line) in &settings.by_hand {
            self.words.by_hand(file, *line, ring, self.style)?;
        }
        if wanted == Answer::No {
            return self.words.left(ring, self.style);
        }
        for rewrite in &settings.rewrites {
            self.unless_dry(|| rewrite.write())?;
            self.words.done(&format!("let the settings read the ring: {}", rewrite.name()))?;
        }
        if settings.rewrites.is_empty() && settings.by_hand.is_empty() {
            self.words.already("the settings read the ring")?;
        }
        Ok(())
    }

    fn unless_dry(&self, act: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        if self.dry_run { Ok(()) } else { act() }
    }

    fn what_now(&self, with: Option<With>, is_wired: bool) -> Result<(), Failure> {
        if !self.words.is_changed() && is_wired {
            return self.words.next("nothing: all is as it should be");
        }
        if self.dry_run {
            return Ok(());
        }
        let first = if is_wired { "" } else { "put the lines in, then " };
        self.words.next(&match self.style {
            Style::Load => {
                format!("{first}restart the server. The settings import keybaton, so name it in your requirements")
            }
            Style::Plain => format!("{first}start programs with `keybaton run -- python manage.py runserver`: it sets what the settings read"),
        })?;
        if with == Some(With::SettingsStaged) {
            self.words.behind(
                "The old key is in source control: once every server is restarted, `keybaton rotate`",
            )?;
            self.words.behind("moves on to its successor, step by step, and nobody is logged out")?;
        }
        Ok(())
    }

    fn write(
        &self,
        opened: &Opened,
        act: impl FnOnce(&mut keybaton_handover::World<'_>) -> Result<keybaton_handover::Standing, HandoverError>,
    ) -> Result<(), Failure> {
        let standing = opened.write(self.world, &interruptible()?, act)?;
        tell(self.world, standing.mended, &standing.notes);
        Ok(())
    }
}
