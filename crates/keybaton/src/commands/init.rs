//! From nothing to a key that is looked after.

use std::path::{Path, PathBuf};

use clap::Args;
use keybaton_audit::project::{Project, ProjectError};
use keybaton_audit::wire::Style;
use keybaton_core::time::Span;
use keybaton_core::{Adoption, Fallback, Reading, RingName, SecretText, survives_commas};
use keybaton_handover::{HandoverError, Look, begin, look, standing};
use keybaton_stores::Version;

use crate::ask::{Answer, can_ask, confirm};
use crate::commands::World;
use crate::configuration::{Configuration, Place, Wishes, shown};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::initial::guard::Guard;
use crate::initial::keys::{Begin, Beginning, With, decide};
use crate::initial::settings::{Rewrite, Rewrites};
use crate::initial::today::Today;
use crate::initial::words::{Words, begun};
use crate::initial::{configuration, files};
use crate::opened::{Opened, interruptible, tell};
use crate::store;

/// Make a key, keep it out of source control, and let the settings read it
///
/// Finds manage.py here, above or below. Nobody is logged out: the key that signs today goes on signing. Run again, it
/// changes nothing
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton init                           A key in .env, a keybaton.toml, and the settings wired
  keybaton init --dry-run                 What it would do
  keybaton init --write --no-input        The same as the first, without a question
  keybaton init --plain                   Settings that read the environment, without the package
  keybaton init --adopt --fallback next   Take in a rotation that was begun by hand")]
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    Old,
    Next,
}

/// Everything that will be done, decided before anything is.
struct Plan<'a> {
    opened: Opened,
    guard: Option<Guard>,
    version: Version,
    beginning: Beginning,
    /// The new `keybaton.toml`.
    configuration: Option<(PathBuf, String)>,
    settings: Rewrites<'a>,
}

impl Init {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let project = Project::find(Path::new(".")).map_err(no_project)?;
        let plan = self.plan(world, &project)?;
        let wanted = self.wanted(world, &plan.settings)?;
        self.act(world, plan, wanted)
    }

    /// Looks at everything, and writes nothing.
    fn plan<'a>(&self, world: &World<'_>, project: &'a Project) -> Result<Plan<'a>, Failure> {
        let known = Configuration::find(&project.folder)?;
        let place = place(world, known.as_ref(), project)?;
        let settings = Rewrites::plan(project, &place.ring, self.style())?;
        let guard = Guard::look(&store::files(&place.store)?)?;
        let configuration = match known {
            Some(_) => None,
            None => {
                let text = configuration::text(&place.ring, &place.store.url);
                Some((project.folder.join(configuration::NAME), text))
            }
        };
        let opened = Opened::of(place)?;
        let Look { reading, version } = look(&opened.places.store).map_err(Failure::of_store)?;
        let beginning = self.beginning(world, project, &opened, reading, guard.as_ref())?;
        Ok(Plan { opened, guard, version, beginning, configuration, settings })
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
            return Err(would_leak(file));
        }
        let is_absent = matches!(reading, Reading::Absent);
        if self.plain && !fits_plain(&reading) {
            return Err(awkward(opened));
        }
        let today = Today::of(project, &opened.place.ring, is_absent)?;
        let fallbacks = project.literal_fallbacks().map(SecretText::duplicate).collect();
        match decide(reading, today, fallbacks, self.adopt) {
            Beginning::Newer(format) => Err(opened.failed(HandoverError::Newer(format))),
            Beginning::Edited(edit) => Err(opened.failed(HandoverError::Edited(edit))),
            Beginning::Foreign => Err(foreign(opened)),
            Beginning::Begin(begin) => {
                let adoption = self.with_fallback(world, begin.adoption, begin.unknown_fallbacks)?;
                let adoption = if tracked.is_some() { adoption.exposed() } else { adoption };
                if self.plain && !adoption.survives_commas() {
                    return Err(awkward(opened));
                }
                Ok(Beginning::Begin(Begin { adoption, ..begin }))
            }
            other => Ok(other),
        }
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
    fn wanted(&self, world: &World<'_>, settings: &Rewrites<'_>) -> Result<Answer, Failure> {
        let rewrites = &settings.rewrites;
        for rewrite in rewrites {
            world.print.result(&format!("{}\n", rewrite.diff(world.print)))?;
        }
        if rewrites.is_empty() || self.write || self.dry_run {
            return Ok(Answer::Yes);
        }
        let names: Vec<String> = rewrites.iter().map(Rewrite::name).collect();
        confirm(world, &format!("Change {} as shown?", names.join(" and ")), "--write")
    }

    /// Does it, and tells each part as it is done. The file is kept out of git before a key is in it, and the settings
    /// come last: until then they read the key that signs today where they always did.
    fn act(&self, world: &World<'_>, plan: Plan<'_>, wanted: Answer) -> Result<Exit, Failure> {
        let mut words = Words::new(world.print, self.dry_run);
        let Plan { opened, guard, version, beginning, configuration, settings } = plan;
        self.keep_out_of_git(world, &mut words, guard.as_ref())?;
        let with = self.begin(world, &mut words, &opened, beginning, &version)?;
        self.configure(&mut words, configuration)?;
        self.wire(&mut words, &settings, &opened.place.ring, wanted)?;
        if let Some(file) = guard.as_ref().and_then(|guard| guard.tracked.as_deref()) {
            words.leaked(file)?;
        }
        let is_wired = settings.by_hand.is_empty() && wanted == Answer::Yes;
        self.what_now(&words, with, is_wired)?;
        Ok(if settings.by_hand.is_empty() { Exit::Done } else { Exit::Findings })
    }

    fn keep_out_of_git(
        &self,
        world: &World<'_>,
        words: &mut Words<'_>,
        guard: Option<&Guard>,
    ) -> Result<(), Failure> {
        let Some(guard) = guard else { return words.already("the keys are in no file that git could track") };
        if let Some(error) = &guard.unasked {
            world.print.warning(&format!(
                "cannot ask git what it leaves out, so .gitignore alone was read: {error}"
            ));
        }
        match guard.wanted() {
            None => words.already("git leaves the file of keys out"),
            Some(what) => {
                self.unless_dry(|| guard.write())?;
                words.done(&what)
            }
        }
    }

    fn begin(
        &self,
        world: &World<'_>,
        words: &mut Words<'_>,
        opened: &Opened,
        beginning: Beginning,
        version: &Version,
    ) -> Result<Option<With>, Failure> {
        let name = opened.name();
        match beginning {
            Beginning::Finish => {
                self.unless_dry(|| write(world, opened, |world| standing(&opened.places.store, world)))?;
                words.done(&format!("finish a write of {name} that had been cut short"))?;
                Ok(None)
            }
            Beginning::Begin(Begin { adoption, with, .. }) => {
                self.unless_dry(|| {
                    write(world, opened, |world| begin(&opened.places, adoption, version, world))
                })?;
                words.done(&begun(&name, with))?;
                Ok(Some(with))
            }
            _ => words.already(&format!("{name} is a ring already")).map(|()| None),
        }
    }

    fn configure(
        &self,
        words: &mut Words<'_>,
        configuration: Option<(PathBuf, String)>,
    ) -> Result<(), Failure> {
        let Some((path, text)) = configuration else {
            return words.already("the configuration says where the ring lives");
        };
        self.unless_dry(|| files::replace(&path, None, text.as_bytes()))?;
        words.done(&format!("say where the ring lives: {}", shown(&path)))
    }

    fn wire(
        &self,
        words: &mut Words<'_>,
        settings: &Rewrites<'_>,
        ring: &RingName,
        wanted: Answer,
    ) -> Result<(), Failure> {
        for (file, line) in &settings.by_hand {
            words.by_hand(file, *line, ring, self.style())?;
        }
        if wanted == Answer::No {
            return words.left(ring, self.style());
        }
        for rewrite in &settings.rewrites {
            self.unless_dry(|| rewrite.write())?;
            words.done(&format!("let the settings read the ring: {}", rewrite.name()))?;
        }
        if settings.rewrites.is_empty() && settings.by_hand.is_empty() {
            words.already("the settings read the ring")?;
        }
        Ok(())
    }

    fn unless_dry(&self, act: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        if self.dry_run { Ok(()) } else { act() }
    }

    fn what_now(&self, words: &Words<'_>, with: Option<With>, is_wired: bool) -> Result<(), Failure> {
        if !words.is_changed() && is_wired {
            return words.next("nothing: all is as it should be");
        }
        if self.dry_run {
            return Ok(());
        }
        let first = if is_wired { "" } else { "put the lines in, then " };
        words.next(&match self.style() {
            Style::Load => {
                format!("{first}restart the server. The settings import keybaton, so name it in your requirements")
            }
            Style::Plain => format!("{first}start programs with `keybaton run -- python manage.py runserver`: it sets what the settings read"),
        })?;
        if with == Some(With::SettingsStaged) {
            words.behind(
                "The old key is in source control: once every server is restarted, `keybaton rotate`",
            )?;
            words.behind("moves on to its successor, step by step, and nobody is logged out")?;
        }
        Ok(())
    }
}

/// Whether settings that split at commas can read the ring that is there.
fn fits_plain(reading: &Reading) -> bool {
    match reading {
        Reading::Whole(ring) => ring.accepted().into_iter().all(|key| survives_commas(&key.secret)),
        _ => true,
    }
}

fn write(
    world: &World<'_>,
    opened: &Opened,
    act: impl FnOnce(&mut keybaton_handover::World<'_>) -> Result<keybaton_handover::Standing, HandoverError>,
) -> Result<(), Failure> {
    let standing = opened.write(world, &interruptible()?, act)?;
    tell(world, standing.mended, &standing.notes);
    Ok(())
}

/// Where the ring lives: as configured, or in a .env file beside manage.py, under the name that the settings look up.
fn place(world: &World<'_>, known: Option<&Configuration>, project: &Project) -> Result<Place, Failure> {
    let mut wishes = Wishes::new(world.choices)?;
    if known.is_some() {
        return Place::choose(&wishes, known, &project.folder);
    }
    let variable = project.variable().filter(|name| name.parse::<RingName>().is_ok());
    wishes.ring = wishes.ring.or_else(|| variable.map(str::to_owned));
    let development = wishes.store.is_none();
    wishes.store.get_or_insert_with(|| "dotenv:.env".to_owned());
    let place = Place::choose(&wishes, None, &project.folder)?;
    let environment = place.environment.or_else(|| development.then(|| "dev".to_owned()));
    Ok(Place { environment, propagation: development.then_some(Span(0)), ..place })
}

fn no_project(error: ProjectError) -> Failure {
    let hint = match &error {
        ProjectError::NotFound { .. } => {
            "run `keybaton init` in the folder of manage.py, or make a project first: django-admin startproject NAME ."
        }
        ProjectError::Several { .. } => "run `keybaton init` in the folder of the one that is meant",
        ProjectError::NoSettings { .. } => {
            "name them there: os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"NAME.settings\")"
        }
        ProjectError::Undecodable(_) => {
            "save it as UTF-8, or name its encoding in the first line: # -*- coding: latin-1 -*-"
        }
        ProjectError::Unreadable(_) => "let yourself read it",
    };
    let hint = match &error {
        ProjectError::Unreadable(error) => error.hint().unwrap_or(hint).to_owned(),
        _ => hint.to_owned(),
    };
    Failure::new(Exit::Configuration, told(&error)).hint(hint)
}

/// The error's sentence, with paths as the user would type them.
fn told(error: &ProjectError) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    error.to_string().replace(&format!("{}/", here.display()), "")
}

fn would_leak(file: &Path) -> Failure {
    let file = shown(file);
    Failure::new(
        Exit::Refused,
        format!("git tracks {file}, so a key written into it would get into the repository"),
    )
    .hint(format!(
        "git rm --cached {file} && git commit -m \"Stop tracking {file}\", then run `keybaton init` again"
    ))
}

fn foreign(opened: &Opened) -> Failure {
    let sentence =
        format!("{} does not hold the key that stands in the settings and signs today", opened.name());
    Failure::new(Exit::Refused, sentence)
        .hint("reading the ring instead would log everybody out; if that is well, put keybaton.load() into the settings yourself")
}

fn awkward(opened: &Opened) -> Failure {
    let sentence = format!(
        "a key of {} has a comma in it or begins with `[`, which --plain settings cannot read as a fallback",
        opened.name()
    );
    Failure::new(Exit::Refused, sentence).hint("leave --plain out: keybaton.load() reads any key")
}
