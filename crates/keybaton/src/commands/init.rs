//! From nothing to a key that is looked after.

use std::path::Path;

use clap::Args;
use keybaton_audit::project::Project;
use keybaton_audit::wire::Style;
use keybaton_core::time::Span;
use keybaton_core::{Adoption, Fallback, Reading, RingName, survives_commas};
use keybaton_handover::{HandoverError, Look, look};

use crate::allowed::{Allowed, Owner};
use crate::ask::{Answer, can_ask, confirm};
use crate::commands::World;
use crate::configuration::{Configuration, Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::initial::act::{Act, Plan};
use crate::initial::configuration;
use crate::initial::guard::Guard;
use crate::initial::in_use::{self, in_use};
use crate::initial::keys::{Begin, Beginning, Terms, decide};
use crate::initial::refusals::{awkward, foreign, leaked_successor, too_many, would_leak};
use crate::initial::settings::{Rewrite, Rewrites};
use crate::initial::today::{Today, fallbacks};
use crate::opened::Opened;
use crate::store;

mod alone;
mod further;

/// Make a key, keep it out of source control, and let the settings read it
///
/// Finds manage.py here, above or below. The key that signs today goes on signing. When it changes, nobody is logged out where
/// keybaton's middleware stands in the place of Django's own, behind which some users are: it is put there, or the line to
/// change is named. Run again, it changes nothing
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton init                           A key in .env, a keybaton.toml, and the settings wired
  keybaton init --dry-run                 What it would do
  keybaton init --write --no-input        The same as the first, without a question
  keybaton init --plain                   Settings that read the environment, without the package
  keybaton init --adopt --fallback next   Take in a rotation that was begun by hand
  keybaton init --ring LINK_SIGNING_KEY   A further ring, with a key of its own
  keybaton init --ring COOKIE_SIGNING_KEY --from SECRET_KEY
                                          A further ring for a use that leaves SECRET_KEY")]
pub(crate) struct Init {
    /// Keep the key that is there, and take in what was put in by hand
    #[arg(long)]
    adopt: bool,
    /// What a fallback that is there is: the key before, or the key to come
    #[arg(long, value_name = "WHICH", value_enum)]
    fallback: Option<Which>,
    /// Let the settings read the environment, in two lines that need no package
    #[arg(long)]
    plain: bool,
    /// Change the settings without asking
    #[arg(long)]
    write: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Make a JSON object of a value that is a key and nothing else: each consumer then has to pick from it
    #[arg(long)]
    reshape: bool,
    /// Begin a further ring with the keys of this one: what was signed so far stays valid
    #[arg(long, value_name = "RING", conflicts_with_all = ["adopt", "plain", "fallback"])]
    from: Option<String>,
    #[command(flatten)]
    owner: Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    Old,
    Next,
}

impl Init {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        if let Some(exit) = self.further(world)? {
            return Ok(exit);
        }
        let project = match Project::find(Path::new(".")) {
            Ok(project) => project,
            Err(error) => return self.without_settings(world, error),
        };
        let mut act = Act::new(world, self.style(), self.dry_run);
        let known = Configuration::find(&project.folder)?;
        let at = place(world, known.as_ref(), &project, self.adopt)?.store;
        if act.put_back(&at)? && self.dry_run {
            return Ok(Exit::Done);
        }
        let mut plan = self.plan(world, &project)?;
        if matches!(plan.beginning, Beginning::Finish) && !self.dry_run {
            act.finish(&plan.opened)?;
            plan = self.plan(world, &project)?;
        }
        let wanted = self.wanted(world, &plan.settings, &plan.opened.place.ring)?;
        act.all(plan, wanted)
    }

    /// Looks at everything, and writes nothing.
    fn plan<'a>(&self, world: &World<'_>, project: &'a Project) -> Result<Plan<'a>, Failure> {
        let known = Configuration::find(&project.folder)?;
        let place = place(world, known.as_ref(), project, self.adopt)?;
        let settings = Rewrites::plan(project, &place.ring, self.style())?;
        let guard = Guard::look(&store::files(&place.store)?, &project.folder)?;
        let elsewhere = below(known.as_ref().map_or(&project.folder, |known| known.source.folder()));
        let configuration = match known {
            Some(_) => None,
            None => Some(configuration::first(&project.folder, &place)?),
        };
        let opened = Opened::of(place, self.allowed())?;
        let Look { reading, version } = look(&opened.places.store).map_err(Failure::of_store)?;
        let beginning = self.beginning(world, project, &opened, reading, guard.as_ref())?;
        let variable = in_use::variable(project).map(str::to_owned);
        Ok(Plan { opened, guard, version, beginning, configuration, settings, variable, elsewhere })
    }

    /// Making what holds the ring is what this command is for.
    fn allowed(&self) -> Allowed {
        Allowed { create: true, reshape: self.reshape, ..self.owner.allowed() }
    }

    fn style(&self) -> Style {
        if self.plain { Style::Plain } else { Style::Load }
    }

    /// Which keys the ring begins with, where it begins.
    fn beginning(
        &self,
        world: &World<'_>,
        project: &Project,
        opened: &Opened,
        reading: Reading,
        guard: Option<&Guard>,
    ) -> Result<Beginning, Failure> {
        let tracked = guard.and_then(|guard| guard.tracked.as_deref());
        if let (Reading::Absent, Some(file)) = (&reading, tracked) {
            return Err(would_leak(file, &again(opened, "init")));
        }
        if self.plain && !fits_plain(&reading) {
            return Err(awkward(opened));
        }
        let begins = matches!(reading, Reading::Absent | Reading::Bare(_));
        let held = if begins { in_use(project, self.adopt)? } else { None };
        let today = Today::of(project, opened, &reading, held.as_ref())?;
        let fallbacks = fallbacks(project, &opened.place.ring, &reading, held.as_ref())?;
        let terms = Terms { adopt: self.adopt, tracked };
        self.decided(world, opened, decide(reading, today, fallbacks, terms), terms)
    }

    fn decided(
        &self,
        world: &World<'_>,
        opened: &Opened,
        beginning: Beginning,
        terms: Terms<'_>,
    ) -> Result<Beginning, Failure> {
        match beginning {
            Beginning::Newer(format) => Err(opened.failed(HandoverError::Newer(format))),
            Beginning::Sealed => Err(opened.failed(HandoverError::Sealed)),
            Beginning::Edited(edit) => Err(opened.failed(HandoverError::Edited(edit))),
            Beginning::Foreign => Err(foreign(opened)),
            Beginning::Leaked(file) => Err(leaked_successor(&file, &opened.place.ring)),
            Beginning::Begin(begin) => self.begin(world, opened, begin, terms.tracked).map(Beginning::Begin),
            other => Ok(other),
        }
    }

    /// How the ring begins, once it is known that it may.
    fn begin(
        &self,
        world: &World<'_>,
        opened: &Opened,
        begin: Begin,
        tracked: Option<&Path>,
    ) -> Result<Begin, Failure> {
        if let Some(file) = tracked.filter(|_| begin.adoption.draws_the_signing_key()) {
            return Err(would_leak(file, &again(opened, "init --adopt")));
        }
        if let Some(keys) = begin.adoption.too_many() {
            return Err(too_many(opened, keys));
        }
        let adoption = self.with_fallback(world, begin.adoption, begin.unknown_fallbacks)?;
        let adoption = if tracked.is_some() { adoption.all_exposed() } else { adoption };
        if self.plain && !adoption.survives_commas() {
            return Err(awkward(opened));
        }
        Ok(Begin { adoption, ..begin })
    }

    /// A fallback that nobody knows is the key before, unless the user says otherwise; a person is asked.
    fn with_fallback(
        &self,
        world: &World<'_>,
        adoption: Adoption,
        unknown: usize,
    ) -> Result<Adoption, Failure> {
        let question = "There is a fallback key. Is it the one that shall sign next?";
        let is_next = match self.fallback {
            _ if unknown == 0 => false,
            Some(which) => which == Which::Next,
            None if can_ask(world) => confirm(world, question, "--fallback")? == Answer::Yes,
            None => false,
        };
        Ok(if is_next { adoption.with_fallback(Fallback::Next) } else { adoption })
    }

    /// Shows what would become of the settings, and asks.
    fn wanted(&self, world: &World<'_>, settings: &Rewrites<'_>, ring: &RingName) -> Result<Answer, Failure> {
        let rewrites = &settings.rewrites;
        // Settings that read the ring already serve as they are: where nobody can be asked, it is said instead.
        if !settings.wire() && !self.write && !self.dry_run && !can_ask(world) {
            return Ok(Answer::No);
        }
        for rewrite in rewrites {
            world.print.result(&format!("{}\n", rewrite.diff(world.print, ring)))?;
        }
        if rewrites.is_empty() || self.write || self.dry_run {
            return Ok(Answer::Yes);
        }
        let names: Vec<String> = rewrites.iter().map(Rewrite::name).collect();
        confirm(world, &format!("Change {} as shown?", names.join(" and ")), "--write")
    }
}

fn again(opened: &Opened, words: &str) -> String {
    format!("run `{}` again", opened.again(words))
}

/// Whether settings that split at commas can read the ring that is there.
fn fits_plain(reading: &Reading) -> bool {
    match reading {
        Reading::Whole(ring) => ring.accepted().into_iter().all(|key| survives_commas(&key.secret)),
        _ => true,
    }
}

/// A folder below the working folder, where other commands would not find the configuration from here.
fn below(folder: &Path) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let below = folder.strip_prefix(here).ok()?;
    (!below.as_os_str().is_empty()).then(|| below.display().to_string())
}

/// Where the ring lives: as configured, or in a .env file beside manage.py, under the name that the settings look up.
fn place(
    world: &World<'_>,
    known: Option<&Configuration>,
    project: &Project,
    adopt: bool,
) -> Result<Place, Failure> {
    let chosen = Wishes::new(world.choices)?;
    let mut wishes = chosen.clone();
    if known.is_some() {
        return Place::choose(&wishes, known, &project.folder);
    }
    let variable = project.variable().filter(|name| name.parse::<RingName>().is_ok());
    wishes.ring = wishes.ring.or_else(|| variable.map(str::to_owned));
    let environment = wishes.environment.get_or_insert_with(|| configuration::DEVELOPMENT.to_owned());
    let on_this_machine = wishes.store.is_none() && *environment == configuration::DEVELOPMENT;
    if wishes.store.is_none() {
        let held = in_use(project, adopt)?;
        wishes.store = held.map(|holder| in_use::url(&holder, &project.folder));
    }
    wishes.store.get_or_insert_with(|| "dotenv:.env".to_owned());
    let place = Place::choose(&wishes, None, &project.folder)?;
    let propagation = on_this_machine.then_some(Span(0));
    Ok(Place { propagation, wishes: chosen, ..place })
}
