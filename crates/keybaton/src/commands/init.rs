//! From nothing to a key that is looked after.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use keybaton_core::RingName;
use keybaton_core::time::Span;
use keybaton_core::{Adoption, Fallback};
use keybaton_files::{Audience, Change, FileErrorKind, Limits};
use keybaton_handover::{HandoverError, Look, begin, look, standing};

use crate::commands::World;
use crate::configuration::{Configuration, LONGEST_SIGNATURE, Located, Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::initial::keys::{Begin, Beginning, InSettings, With, decide};
use crate::initial::{configuration, ignore};
use crate::opened::{Opened, interruptible, tell};

/// Make a key, keep it out of source control, and say how the settings read it
///
/// Run in the folder of manage.py. Run again, it changes nothing
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton init                           A key in .env, and a keybaton.toml
  keybaton init --adopt --fallback next   Take in a rotation that was begun by hand
  keybaton init --ring DJANGO_SECRET_KEY  For settings that read another variable")]
pub(crate) struct Init {
    /// Take in what is there as it is, keys that were put in by hand too
    #[arg(long)]
    adopt: bool,
    /// What a fallback that is there is: the key before, or the key to come
    #[arg(long, value_name = "WHICH", value_enum, default_value_t = Which::Old)]
    fallback: Which,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Which {
    Old,
    Next,
}

/// What one part of the work came to, for people.
enum Done {
    /// Something was, or would be, made.
    Made(String),
    /// All was well already.
    Already(String),
}

impl Init {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let project = project()?;
        let known = Configuration::find(&project)?;
        let place = place(world, known.as_ref(), &project)?;
        let opened = Opened::of(place)?;
        let parts = [
            self.keep_out_of_git(&project)?,
            self.begin(world, &opened)?,
            self.configure(known.as_ref(), &opened, &project)?,
        ];
        for part in &parts {
            world.print.result(&self.told(part))?;
        }
        if parts.iter().any(|part| matches!(part, Done::Made(_))) && !self.dry_run {
            world.print.result(&settings_lines(&opened.place.ring))?;
        }
        Ok(Exit::Done)
    }

    fn told(&self, part: &Done) -> String {
        match part {
            Done::Already(text) => format!("as it is  {text}"),
            Done::Made(text) if self.dry_run => format!("would     {text}"),
            Done::Made(text) => format!("done      {text}"),
        }
    }

    /// The file is kept out of source control before a key is in it.
    fn keep_out_of_git(&self, project: &Path) -> Result<Done, Failure> {
        let path = project.join(".gitignore");
        if !project.ancestors().any(|folder| folder.join(".git").exists()) {
            return Ok(Done::Already("no git repository is here, so .env cannot get into one".into()));
        }
        let old = read_text(&path)?;
        if old
            .iter()
            .flat_map(|old| old.lines())
            .any(|line| matches!(line.trim(), ".env" | "/.env" | "*.env" | ".env*"))
        {
            return Ok(Done::Already(".gitignore leaves .env out".into()));
        }
        if !self.dry_run {
            let new = ignore::with_line(old.as_deref().unwrap_or_default(), "/.env");
            replace(&path, old.as_deref(), &new)?;
        }
        Ok(Done::Made("leave .env out of git: a line in .gitignore".into()))
    }

    fn begin(&self, world: &World<'_>, opened: &Opened) -> Result<Done, Failure> {
        let Look { reading, version } = look(&opened.places.store).map_err(Failure::of_store)?;
        let name = opened.name();
        match decide(reading, InSettings::default(), self.adopt) {
            Beginning::AsItIs => Ok(Done::Already(format!("{name} is a ring already"))),
            Beginning::Newer(format) => Err(opened.failed(HandoverError::Newer(format))),
            Beginning::Edited(edit) => Err(opened.failed(HandoverError::Edited(edit))),
            Beginning::Finish => {
                self.write(world, opened, |world| standing(&opened.places.store, world))?;
                Ok(Done::Made(format!("finish a write of {name} that had been cut short")))
            }
            Beginning::Begin(Begin { adoption, with, unknown_fallbacks }) => {
                let adoption = self.with_fallback(adoption, unknown_fallbacks);
                self.write(world, opened, |world| begin(&opened.places, adoption, &version, world))?;
                Ok(Done::Made(begun(&name, with)))
            }
        }
    }

    fn with_fallback(&self, adoption: Adoption, unknown: usize) -> Adoption {
        match self.fallback {
            Which::Next if unknown > 0 => adoption.with_fallback(Fallback::Next),
            _ => adoption,
        }
    }

    fn write(
        &self,
        world: &World<'_>,
        opened: &Opened,
        act: impl FnOnce(&mut keybaton_handover::World<'_>) -> Result<keybaton_handover::Standing, HandoverError>,
    ) -> Result<(), Failure> {
        if self.dry_run {
            return Ok(());
        }
        let standing = opened.write(world, &interruptible()?, act)?;
        tell(world, standing.mended, &standing.notes);
        Ok(())
    }

    fn configure(
        &self,
        known: Option<&Configuration>,
        opened: &Opened,
        project: &Path,
    ) -> Result<Done, Failure> {
        if let Some(known) = known {
            return Ok(Done::Already(format!("{} says where the ring lives", known.source.name())));
        }
        if !self.dry_run {
            let text = configuration::text(&opened.place.ring, &opened.place.store.url);
            replace(&project.join(configuration::NAME), None, &text)?;
        }
        Ok(Done::Made(format!("say in {} where the ring lives", configuration::NAME)))
    }
}

/// The folder of manage.py, which has to be this one.
fn project() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Configuration, "cannot tell the working folder").because(error)
    })?;
    if here.join("manage.py").is_file() {
        return Ok(here);
    }
    Err(Failure::new(Exit::Configuration, "there is no manage.py here, so this is no Django project")
        .hint("run `keybaton init` in the folder of manage.py"))
}

/// Where the ring lives: as configured, or in a .env file beside manage.py.
fn place(world: &World<'_>, known: Option<&Configuration>, project: &Path) -> Result<Place, Failure> {
    let wishes = Wishes::new(world.choices)?;
    if known.is_some() || wishes.store.is_some() {
        return Place::choose(&wishes, known, project);
    }
    let ring = match &wishes.ring {
        Some(name) => name
            .parse()
            .map_err(|error| Failure::new(Exit::Usage, "--ring does not name a ring").because(error))?,
        None => RingName::default(),
    };
    Ok(Place {
        ring,
        environment: Some("dev".into()),
        store: Located { url: "dotenv:.env".into(), folder: project.to_owned() },
        mirrors: Vec::new(),
        propagation: Some(Span(0)),
        longest_signature: LONGEST_SIGNATURE,
    })
}

fn begun(name: &str, with: With) -> String {
    match with {
        With::Fresh => format!("make a key: {name}"),
        With::Store => format!("take in the key that is there: {name}"),
        With::SettingsStaged => format!("take in the key of the settings, and stage its successor: {name}"),
        With::Settings => format!("take in the key of the settings: {name}"),
    }
}

fn settings_lines(ring: &RingName) -> String {
    let argument = if *ring == RingName::default() { String::new() } else { format!("\"{ring}\"") };
    format!(
        "next      put these lines into the settings, in the place of SECRET_KEY:

    import keybaton

    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load({argument})"
    )
}

/// What a file holds that need not be there.
fn read_text(path: &Path) -> Result<Option<String>, Failure> {
    let content = match keybaton_files::read(path, Limits::default()) {
        Err(error) if error.kind() == FileErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| Failure::of_file(Exit::Configuration, error))?,
    };
    let text = String::from_utf8(content.expose().to_vec());
    text.map(Some)
        .map_err(|_| Failure::new(Exit::Configuration, format!("{} is not UTF-8 text", path.display())))
}

/// Writes a file that holds no secret, over just what was read.
fn replace(path: &Path, old: Option<&str>, new: &str) -> Result<(), Failure> {
    let change = Change { new: new.as_bytes(), over: old.map(str::as_bytes), audience: Audience::Anybody };
    let written = keybaton_files::Place::find(path).and_then(|place| {
        place.lock(PATIENCE).and_then(|lock| keybaton_files::replace(&place, &change, &lock))
    });
    written.map_err(|error| Failure::of_file(Exit::Configuration, error))
}

/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
