//! Which ring is meant, and where it lives.

use std::path::{Path, PathBuf};

use keybaton_core::time::Span;
use keybaton_core::{Reporting, RingName, shell};
use keybaton_stores::StoreUrl;

use super::{Configuration, Environment, Wishes, key, quoted, shown};
use crate::after_write::AfterWrite;
use crate::exit::Exit;
use crate::failure::Failure;

/// One ring in one environment, with everything the configuration says about it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) ring: RingName,
    /// Whether it is the main ring, which signs sessions, or one besides it.
    pub(crate) is_main: bool,
    /// Whether it encrypts what is stored, and does not only sign what expires.
    pub(crate) encrypts: bool,
    /// None where a store was named by hand and no environment was.
    pub(crate) environment: Option<String>,
    pub(crate) store: Located,
    pub(crate) mirrors: Vec<Located>,
    pub(crate) propagation: Option<Span>,
    /// What the environment says; none where nobody says it.
    pub(crate) longest_signature: Option<Span>,
    /// What the table of a further ring says of its own signatures.
    pub(crate) longest_of_ring: Option<Span>,
    /// How old a copy may be that stands in for the store while it is away.
    pub(crate) offline: Option<Span>,
    /// None where no environment of a configuration was chosen: then nobody says what has to follow a write.
    pub(crate) after_write: Option<AfterWrite>,
    /// Who is asked which keys the processes use; nobody where none reports.
    pub(crate) fleet: Option<Asked>,
    /// What has to be named for the same ring to be meant again.
    pub(crate) wishes: Wishes,
}

/// A project that is asked what its processes report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Which of them report.
    pub(crate) reporting: Reporting,
    /// A program and its arguments; none where nobody named one.
    pub(crate) command: Vec<String>,
    pub(crate) folder: PathBuf,
}

/// A store's URL, and the folder that a path in it is relative to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
}

impl Place {
    /// Decides between wishes and configuration. A store that was named by hand is relative to `here`.
    pub(crate) fn choose(
        wishes: &Wishes,
        configuration: Option<&Configuration>,
        here: &Path,
    ) -> Result<Self, Failure> {
        let ring = ring(wishes, configuration)?;
        let chosen =
            configuration.map(|configuration| environment(wishes, configuration)).transpose()?.flatten();
        let store = match (&wishes.store, &chosen) {
            (Some(url), _) => Located { url: url.clone(), folder: here.to_owned() },
            (None, Some(chosen)) => chosen.store(&ring)?,
            (None, None) => return Err(no_configuration(here)),
        };
        Ok(Self {
            environment: chosen.as_ref().map(|chosen| chosen.name.to_owned()).or(wishes.environment.clone()),
            store,
            mirrors: chosen.as_ref().map(|chosen| chosen.mirrors(&ring)).unwrap_or_default(),
            after_write: chosen.as_ref().map(Chosen::after_write),
            fleet: chosen.as_ref().and_then(|chosen| chosen.asked(wishes, here)),
            propagation: chosen.as_ref().and_then(|chosen| chosen.says.propagation),
            offline: chosen.as_ref().and_then(|chosen| chosen.says.offline),
            encrypts: chosen.as_ref().is_some_and(|chosen| chosen.encrypts(&ring)),
            longest_of_ring: chosen.as_ref().and_then(|chosen| chosen.longest_of(&ring)),
            longest_signature: chosen.and_then(|chosen| chosen.says.longest_signature),
            wishes: wishes.beyond(configuration),
            is_main: configuration.is_none_or(|configuration| configuration.ring == ring),
            ring,
        })
    }
}

impl Place {
    /// The ring that is meant, and the other rings of its environment.
    pub(crate) fn choose_all(
        wishes: &Wishes,
        configuration: Option<&Configuration>,
        here: &Path,
    ) -> Result<(Self, Vec<Self>), Failure> {
        let first = Self::choose(wishes, configuration, here)?;
        let all = configuration.iter().flat_map(|configuration| configuration.all_rings());
        let others =
            all.filter(|(name, ring)| first.environment.as_deref() == Some(*name) && *ring != first.ring);
        let others = others.map(|(_, ring)| {
            let wishes = Wishes { ring: Some(ring.as_str().to_owned()), ..wishes.clone() };
            Self::choose(&wishes, configuration, here)
        });
        let others = others.collect::<Result<_, _>>()?;
        Ok((first, others))
    }

    /// The environment that is meant.
    pub(crate) fn environment_of<'a>(
        wishes: &'a Wishes,
        configuration: &'a Configuration,
    ) -> Result<Option<&'a str>, Failure> {
        environment(wishes, configuration).map(|chosen| chosen.map(|chosen| chosen.name))
    }

    /// The ring that is meant.
    pub(crate) fn ring(wishes: &Wishes, configuration: Option<&Configuration>) -> Result<RingName, Failure> {
        ring(wishes, configuration)
    }

    /// A command on the same ring, as it is typed.
    pub(crate) fn again(&self, words: &str) -> String {
        self.wishes.again(words)
    }

    /// How messages name the ring: its name, its store, its environment.
    pub(crate) fn name(&self) -> String {
        let environment = self.environment.as_deref();
        let environment = environment.map_or_else(String::new, |name| format!(" ({name})"));
        // A URL that makes no sense is not shown: it may hold a password.
        let store =
            StoreUrl::parse(&self.store.url).map_or_else(|_| String::new(), |url| format!(" in {url}"));
        format!("{}{store}{environment}", self.ring)
    }
}

fn ring(wishes: &Wishes, configuration: Option<&Configuration>) -> Result<RingName, Failure> {
    let Some(name) = &wishes.ring else {
        return Ok(configuration.map(|configuration| configuration.ring.clone()).unwrap_or_default());
    };
    // The text is not shown: it may be a key that slipped in.
    name.parse().map_err(|error| Failure::new(Exit::Usage, "--ring does not name a ring").because(error))
}

/// An environment and the file that says what it is.
struct Chosen<'a> {
    name: &'a str,
    says: &'a Environment,
    configuration: &'a Configuration,
}

/// None where a store is named by hand and no environment is: the default environment's waiting times and mirrors are
/// not for that store.
fn environment<'a>(
    wishes: &'a Wishes,
    configuration: &'a Configuration,
) -> Result<Option<Chosen<'a>>, Failure> {
    let name = match &wishes.environment {
        Some(name) => name,
        None if wishes.store.is_some() => return Ok(None),
        None => usual(configuration)?,
    };
    match configuration.environments.get(name) {
        Some(says) => Ok(Some(Chosen { name, says, configuration })),
        None => Err(unknown(name, configuration)),
    }
}

/// The environment that is meant when nobody names one.
fn usual(configuration: &Configuration) -> Result<&str, Failure> {
    let names: Vec<&str> = configuration.environments.keys().map(String::as_str).collect();
    match (&configuration.default_environment, names.as_slice()) {
        (Some(name), _) => Ok(name),
        (None, [only]) => Ok(only),
        (None, []) => Err(configuration
            .source
            .wrong(None, "no environment is described here")
            .hint("write [environments.dev] with store = \"dotenv:.env\" and propagation = \"0s\"")),
        (None, several) => {
            let what = format!("no default among the environments {}", several.join(", "));
            let hint = format!("name one with -e, or write default-environment = \"{}\"", several[0]);
            Err(configuration.source.wrong(None, &what).hint(hint))
        }
    }
}

fn unknown(name: &str, configuration: &Configuration) -> Failure {
    let names: Vec<&str> = configuration.environments.keys().map(String::as_str).collect();
    let what = format!("there is no environment \"{name}\"");
    let table = configuration.source.title(&format!("environments.{}", key(name)));
    let store = quoted(&format!("dotenv:.env.{name}"));
    configuration.source.wrong(None, &what).hint(format!(
        "the environments here are {}; for one more, write {table} with store = {store} and propagation = \"15m\"",
        names.join(", ")
    ))
}

impl Chosen<'_> {
    fn store(&self, ring: &RingName) -> Result<Located, Failure> {
        let main = self.says.store.as_ref().filter(|_| *ring == self.configuration.ring);
        match self.says.rings.get(ring).map(|further| &further.store).or(main) {
            Some(url) => Ok(self.located(url)),
            None => Err(self.no_store(ring)),
        }
    }

    /// A mirror receives the main ring; other rings have none.
    fn mirrors(&self, ring: &RingName) -> Vec<Located> {
        let of_main = self.says.mirrors.iter().filter(|_| *ring == self.configuration.ring);
        of_main.map(|url| self.located(url)).collect()
    }

    /// A further ring may sign what lasts longer, or less long, than the sessions of the main one.
    fn longest_of(&self, ring: &RingName) -> Option<Span> {
        self.says.rings.get(ring).and_then(|further| further.longest_signature)
    }

    fn encrypts(&self, ring: &RingName) -> bool {
        self.says.rings.get(ring).is_some_and(|further| further.encrypts)
    }

    fn after_write(&self) -> AfterWrite {
        AfterWrite {
            commands: self.says.after_write.clone(),
            timeout: self.says.after_write_timeout.unwrap_or(AFTER_WRITE_TIMEOUT),
            folder: self.configuration.source.folder().to_owned(),
        }
    }

    /// The file's own command comes first: it is the one for this environment. The other one is meant to be run from here.
    fn asked(&self, wishes: &Wishes, here: &Path) -> Option<Asked> {
        let own = self.says.manage.as_ref().map(|command| (command, self.configuration.source.folder()));
        let command = own.or_else(|| wishes.manage.as_ref().map(|command| (command, here)));
        let usual = if command.is_some() { Reporting::All } else { Reporting::None };
        let reporting = self.says.fleet.unwrap_or(usual);
        let (command, folder) =
            command.map_or_else(Default::default, |(words, at)| (words.clone(), at.to_owned()));
        (reporting != Reporting::None).then_some(Asked { reporting, command, folder })
    }

    fn located(&self, url: &str) -> Located {
        Located { url: url.to_owned(), folder: self.configuration.source.folder().to_owned() }
    }

    fn no_store(&self, ring: &RingName) -> Failure {
        let what = format!("no store for the ring {ring} in the environment \"{}\"", self.name);
        let table = if *ring == self.configuration.ring { String::new() } else { format!(".rings.{ring}") };
        let hint =
            format!("write a store in [environments.{}{table}], or name another ring with --ring", self.name);
        self.configuration.source.wrong(None, &what).hint(hint)
    }
}

fn no_configuration(here: &Path) -> Failure {
    let failure = Failure::new(Exit::Configuration, "there is no keybaton.toml here or above");
    match Configuration::below(here) {
        Ok(Some(below)) => {
            let folder = shown(below.source.folder());
            failure.hint(format!("there is one in {folder}: cd {}", shell::quoted(&folder)))
        }
        _ => failure
            .hint("run `keybaton init` in the folder of manage.py, or name a store: --store dotenv:.env"),
    }
}

/// A rollout that only has to be begun takes seconds; one that is waited for, minutes.
const AFTER_WRITE_TIMEOUT: Span = Span(300);
