//! Where the rings of the environment live that a recipe is for.

use std::collections::BTreeSet;
use std::path::PathBuf;

use keybaton_core::RingName;
use keybaton_stores::StoreUrl;

use super::table::{self, Table};
use crate::configuration::{Configuration, Place, Wishes, quoted};
use crate::exit::Exit;
use crate::failure::Failure;

/// The environment that a recipe is for, and its rings.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) environment: String,
    /// The main ring first.
    pub(crate) rings: Vec<Ring>,
    /// The stores that get each write of the main ring too.
    pub(crate) mirrors: Vec<StoreUrl>,
    /// Every store that the configuration names, in whatever environment.
    pub(crate) all_stores: Vec<StoreUrl>,
    /// The configuration with the environment in it, where it has none of that name yet: its file, what stands there and what belongs there.
    pub(crate) added: Option<(PathBuf, String, String)>,
    pub(super) table: Table,
}

/// A ring and the store that it lives in.
#[derive(Debug)]
pub(crate) struct Ring {
    pub(crate) name: RingName,
    pub(crate) store: StoreUrl,
}

/// Where a platform's rings live, and how their changes reach the processes there.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) store: String,
    /// None where nobody but the operator can know it.
    pub(crate) propagation: Option<&'static str>,
    pub(crate) after_write: Vec<Vec<String>>,
    /// Whole lines of its table besides, such as `manage = …`.
    pub(crate) more: Vec<String>,
}

impl Home {
    /// The environment that the user names, else production. Where the configuration has none of that name, it is proposed.
    pub(crate) fn find(
        wishes: &Wishes,
        known: &Configuration,
        proposal: impl FnOnce(&str) -> Result<Proposal, Failure>,
    ) -> Result<Self, Failure> {
        let environment = wishes.environment.clone().unwrap_or_else(|| PRODUCTION.to_owned());
        if known.environments.contains_key(&environment) {
            return Self::of(known, environment, None);
        }
        let proposal = proposal(&known.table_of(&environment))?;
        if proposal.is_of_no_environment() {
            return Self::usual(known);
        }
        let (text, with) = known.with_environment(&environment, &proposal.lines())?;
        let added = (known.source.path().to_owned(), known.source.text().to_owned(), text);
        Self::of(&with, environment, Some(added))
    }

    /// The environment that is meant on this machine, where nobody names one.
    pub(crate) fn here(wishes: &Wishes, known: &Configuration) -> Result<Self, Failure> {
        let wishes = Wishes { store: None, ..wishes.clone() };
        let meant = Place::environment_of(&wishes, known)?.unwrap_or_default();
        Self::of(known, meant.to_owned(), None)
    }

    fn of(
        known: &Configuration,
        environment: String,
        added: Option<(PathBuf, String, String)>,
    ) -> Result<Self, Failure> {
        must_be_plain(&environment)?;
        let (rings, mirrors) = (rings(known, &environment)?, mirrors(known, &environment)?);
        // One without a table has no rings.
        let table = Table::of(known, &environment);
        Ok(Self { environment, rings, mirrors, all_stores: all_stores(known), added, table })
    }

    /// Whether each step asks the project which keys its processes use.
    pub(crate) fn asks_the_project(&self) -> bool {
        !self.table.lacks("manage")
    }

    /// Whatever environment there is, for what is the same in each.
    fn usual(known: &Configuration) -> Result<Self, Failure> {
        let first = known.default_environment.as_ref().or_else(|| known.environments.keys().next());
        let environment = first.cloned().unwrap_or_else(|| PRODUCTION.to_owned());
        Self::of(known, environment, None)
    }

    /// What `keybaton VERB` is told to be for each of the rings in turn: the environment, and the ring where there are several.
    pub(crate) fn for_each_ring(&self) -> Vec<String> {
        let environment = format!("-e {}", self.environment);
        match self.rings.as_slice() {
            [_] => vec![environment],
            rings => rings.iter().map(|ring| format!("{environment} --ring {}", ring.name)).collect(),
        }
    }

    /// The folders of this machine that the rings lie in, where their stores name the whole path; each once.
    pub(crate) fn folders(&self) -> Vec<&str> {
        let stores = self.rings.iter().map(|ring| &ring.store).filter(|store| store.scheme() == "dir");
        let paths = stores.map(StoreUrl::rest).filter(|path| path.starts_with('/'));
        paths.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The main ring.
    pub(crate) fn main(&self) -> &Ring {
        &self.rings[0]
    }
}

impl Proposal {
    /// For a recipe that is the same in each environment: none is added.
    pub(crate) fn of_no_environment() -> Self {
        Self { store: String::new(), propagation: None, after_write: Vec::new(), more: Vec::new() }
    }

    fn is_of_no_environment(&self) -> bool {
        self.store.is_empty()
    }

    /// The table of an environment.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("store = {}", quoted(&self.store))];
        lines.push(match self.propagation {
            Some(span) => table::propagation(span),
            None => "# How long a new key takes to reach each process: `keybaton rotate` wants to know.\n# propagation = \"15m\"".to_owned(),
        });
        lines.extend((!self.after_write.is_empty()).then(|| table::after_write(&self.after_write)));
        lines.extend(self.more.iter().cloned());
        lines
    }
}

/// It stands in commands, units, YAML and templates, each of which takes other characters for something else, quoted or not.
fn must_be_plain(environment: &str) -> Result<(), Failure> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if environment.chars().all(is_plain) && !environment.starts_with('-') {
        return Ok(());
    }
    let sentence = "the name of the environment has characters that mean something else in files and shells";
    Err(Failure::new(Exit::Configuration, sentence)
        .hint("use letters, digits, dots, hyphens and underscores there"))
}

fn rings(known: &Configuration, environment: &str) -> Result<Vec<Ring>, Failure> {
    let named = known.all_rings().filter(|(name, _)| *name == environment);
    let rings: Vec<Ring> = named
        .map(|(_, name)| {
            let store = store(known.says_of(environment, &name).unwrap_or_default())?;
            Ok(Ring { name, store })
        })
        .collect::<Result<_, Failure>>()?;
    match rings.first() {
        Some(first) if first.name == known.ring => Ok(rings),
        _ => Err(Failure::new(
            Exit::Configuration,
            format!("the environment {environment} has no store for {}", known.ring),
        )
        .hint(format!(
            "write store = … into its table in {}; `keybaton stores` lists what can stand there",
            known.source.name()
        ))),
    }
}

fn mirrors(known: &Configuration, environment: &str) -> Result<Vec<StoreUrl>, Failure> {
    known
        .environments
        .get(environment)
        .into_iter()
        .flat_map(|found| &found.mirrors)
        .map(|url| store(url))
        .collect()
}

/// Those that make no sense are named where their environment is meant.
fn all_stores(known: &Configuration) -> Vec<StoreUrl> {
    let mirrors =
        known.environments.values().flat_map(|environment| &environment.mirrors).map(String::as_str);
    let named: Vec<&str> = known
        .environments
        .values()
        .flat_map(|environment| {
            environment.store.iter().chain(environment.rings.values().map(|ring| &ring.store))
        })
        .map(String::as_str)
        .chain(mirrors)
        .collect();
    named.into_iter().filter_map(|url| StoreUrl::parse(url).ok()).collect()
}

/// A URL that makes no sense is not shown: it may hold a password.
fn store(url: &str) -> Result<StoreUrl, Failure> {
    StoreUrl::parse(url).map_err(Failure::of_store)
}

/// Recipes are for the machines that serve.
const PRODUCTION: &str = "production";
