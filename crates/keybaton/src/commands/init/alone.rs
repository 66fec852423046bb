//! Taking in what stands in a store, where there are no settings: a machine that rotates has none.

use std::path::Path;

use keybaton_audit::project::ProjectError;
use keybaton_core::Reading;
use keybaton_handover::{Look, look};

use super::Init;
use crate::commands::World;
use crate::configuration::{Configuration, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::initial::act::Act;
use crate::initial::guard::Guard;
use crate::initial::keys::{Terms, decide};
use crate::initial::refusals::no_project;
use crate::initial::today::Today;
use crate::opened::Opened;
use crate::store;

impl Init {
    /// Which key signs today only settings tell, so a ring that is to begin needs them, and one that was edited does not. Where
    /// there are several projects, nobody knows whose it is.
    pub(super) fn without_settings(&self, world: &World<'_>, why: ProjectError) -> Result<Exit, Failure> {
        if !self.adopt || !is_named(world)? || !is_nowhere(&why) {
            return Err(no_project(why, self.adopt));
        }
        let opened = Opened::of(world.place(Path::new("."))?, self.allowed())?;
        let mut act = Act::new(world, self.style(), self.dry_run);
        if act.put_back(&opened.place.store)? && self.dry_run {
            return Ok(Exit::Done);
        }
        let mut found = look(&opened.places.store).map_err(Failure::of_store)?;
        if matches!(found.reading, Reading::Torn(_)) && !self.dry_run {
            act.finish(&opened)?;
            found = look(&opened.places.store).map_err(Failure::of_store)?;
        }
        let Look { reading, version } = found;
        if matches!(reading, Reading::Absent | Reading::Bare(_)) {
            return Err(no_project(why, self.adopt));
        }
        let at = &opened.place.store;
        let guard = Guard::look(&store::files(at)?, &at.folder)?;
        let tracked = guard.as_ref().and_then(|guard| guard.tracked.as_deref());
        let terms = Terms { adopt: true, tracked };
        let beginning = decide(reading, Today::Nothing, Vec::new(), terms);
        let beginning = self.decided(world, &opened, beginning, terms)?;
        act.adopt(&opened, guard.as_ref(), beginning, &version)
    }
}

/// Whether the configuration or the user names the store.
fn is_named(world: &World<'_>) -> Result<bool, Failure> {
    Ok(Wishes::new(world.choices)?.store.is_some() || Configuration::find(Path::new("."))?.is_some())
}

/// Whether there is no project, rather than one that cannot be worked with.
fn is_nowhere(why: &ProjectError) -> bool {
    matches!(why, ProjectError::NotFound { .. })
}
