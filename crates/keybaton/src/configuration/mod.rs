//! `keybaton.toml`, or `[tool.keybaton]` in `pyproject.toml`: where rings live, and how long a rotation waits.

#[cfg(test)]
mod documented;
mod fields;
mod find;
mod keys;
mod place;
#[cfg(test)]
mod schema;
mod source;
#[cfg(test)]
mod tests;
mod wishes;
mod written;

use std::collections::BTreeMap;
use std::path::Path;

use keybaton_core::time::Span;
use keybaton_core::{Reporting, RingName};
use keybaton_stores::StoreUrl;

use crate::failure::Failure;
use fields::Fields;
pub(crate) use place::{Located, Place};
use source::Source;
pub(crate) use source::shown;
pub(crate) use wishes::Wishes;
pub(crate) use written::{key, quoted};

/// What a configuration file says. Every key it may have is read here, and any other is an error.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) source: Source,
    pub(crate) default_environment: Option<String>,
    /// The main ring's name.
    pub(crate) ring: RingName,
    pub(crate) environments: BTreeMap<String, Environment>,
}

/// `[environments.NAME]`.
#[derive(Debug)]
pub(crate) struct Environment {
    /// The main ring's store.
    pub(crate) store: Option<String>,
    pub(crate) mirrors: Vec<String>,
    pub(crate) propagation: Option<Span>,
    pub(crate) longest_signature: Option<Span>,
    /// How old a copy may be that stands in for a store that is away.
    pub(crate) offline: Option<Span>,
    /// What runs after a step's last write: programs and their arguments.
    pub(crate) after_write: Vec<Vec<String>>,
    /// How long each of them may take.
    pub(crate) after_write_timeout: Option<Span>,
    /// What asks the project: a program and its arguments.
    pub(crate) manage: Option<Vec<String>>,
    /// Which processes report.
    pub(crate) fleet: Option<Reporting>,
    /// The other rings: `[environments.NAME.rings.RING]`.
    pub(crate) rings: BTreeMap<RingName, Further>,
}

/// `[environments.NAME.rings.RING]`, a ring besides the main one.
#[derive(Debug)]
pub(crate) struct Further {
    pub(crate) store: String,
    /// What its own signatures last, where that is not what the environment says.
    pub(crate) longest_signature: Option<Span>,
    /// Whether it encrypts what is stored.
    pub(crate) encrypts: bool,
}

impl Configuration {
    /// What a `keybaton.toml` with this text says.
    pub(crate) fn of(path: &Path, text: &str) -> Result<Option<Self>, Failure> {
        Self::read(Source::new(path.to_owned(), text.to_owned(), source::Kind::Own))
    }

    /// Nothing where the file says nothing about keybaton.
    fn read(source: Source) -> Result<Option<Self>, Failure> {
        let document = source.parse()?;
        let Some(mut fields) = source.own_table(&document) else { return Ok(None) };
        let default_environment = fields.text(keys::DEFAULT_ENVIRONMENT)?.map(str::to_owned);
        let ring = fields.ring(keys::RING)?.unwrap_or_default();
        let tables = fields.tables(keys::ENVIRONMENTS)?;
        fields.done()?;
        let named = tables
            .into_iter()
            .map(|(name, table)| Ok((name.get_ref().to_string(), environment(table, &ring)?)));
        let environments = named.collect::<Result<_, Failure>>()?;
        drop(document);
        Ok(Some(Self { source, default_environment, ring, environments }))
    }
}

impl Configuration {
    /// The same with a ring more, as a text that was read back, and what it says.
    ///
    /// # Errors
    /// The file is written in such a way that a table at its end is none of the environment's.
    pub(crate) fn with_ring(
        &self,
        environment: &str,
        ring: &RingName,
        store: &str,
        encrypts: bool,
    ) -> Result<(String, Self), Failure> {
        let source = self.source.with_ring(environment, ring, store, encrypts);
        let text = source.text().to_owned();
        match Self::read(source) {
            Ok(Some(read)) if read.says_of(environment, ring) == Some(store) => Ok((text, read)),
            // What the parser complains of stands in a line that is not there yet.
            _ => {
                let table = self.source.title(&format!("environments.{}.rings.{ring}", key(environment)));
                let hint = format!("write it by hand, with store = {}", quoted(store));
                Err(self.source.wrong(None, &format!("{table} cannot be added at its end")).hint(hint))
            }
        }
    }

    /// Where the table of an environment stands, or would: `[environments.production] in keybaton.toml`.
    pub(crate) fn table_of(&self, environment: &str) -> String {
        let table = self.source.title(&format!("environments.{}", key(environment)));
        format!("{table} in {}", self.source.name())
    }

    /// The same with an environment more, as a text that was read back, and what it says.
    ///
    /// # Errors
    /// The file is written in such a way that a table at its end is no environment.
    pub(crate) fn with_environment(&self, name: &str, lines: &[String]) -> Result<(String, Self), Failure> {
        let table = format!("environments.{}", key(name));
        let source = self.source.with_table(&table, lines);
        let text = source.text().to_owned();
        match Self::read(source) {
            Ok(Some(read)) if read.environments.contains_key(name) => Ok((text, read)),
            _ => {
                let what = format!("{} cannot be added at its end", self.title(name));
                let hint = format!("write it by hand, with {}", lines.join("; "));
                Err(self.source.wrong(None, &what).hint(hint))
            }
        }
    }

    /// The header of the table of an environment.
    pub(crate) fn title(&self, environment: &str) -> String {
        self.source.title(&format!("environments.{}", key(environment)))
    }

    /// The store of a ring, where the file names one.
    pub(crate) fn says_of(&self, environment: &str, ring: &RingName) -> Option<&str> {
        let environment = self.environments.get(environment)?;
        let main = environment.store.as_ref().filter(|_| *ring == self.ring);
        environment.rings.get(ring).map(|further| &further.store).or(main).map(String::as_str)
    }

    /// The ring of an environment that lives in a store, by what the file says.
    pub(crate) fn ring_in(&self, environment: &str, store: &str) -> Option<RingName> {
        let rings = self.all_rings().filter(|(name, _)| *name == environment);
        rings.map(|(_, ring)| ring).find(|ring| self.says_of(environment, ring) == Some(store))
    }

    /// Every ring of every environment that has a store.
    pub(crate) fn all_rings(&self) -> impl Iterator<Item = (&str, RingName)> {
        self.environments.iter().flat_map(|(name, environment)| {
            let main = environment.store.as_ref().map(|_| self.ring.clone());
            let rings = main.into_iter().chain(environment.rings.keys().cloned());
            rings.map(move |ring| (name.as_str(), ring))
        })
    }

    /// The names of all rings.
    pub(crate) fn ring_names(&self) -> impl Iterator<Item = RingName> {
        self.all_rings().map(|(_, ring)| ring)
    }
}

/// `main`: the ring that the environment's own store is for.
fn environment(mut fields: Fields<'_>, main: &RingName) -> Result<Environment, Failure> {
    let environment = Environment {
        store: fields.text(keys::STORE)?.map(str::to_owned),
        mirrors: fields.texts(keys::MIRRORS)?,
        propagation: fields.span(keys::PROPAGATION)?,
        longest_signature: fields.span(keys::LONGEST_SIGNATURE)?,
        offline: fields.span(keys::OFFLINE)?,
        after_write: fields.commands(keys::AFTER_WRITE)?,
        after_write_timeout: fields.span(keys::AFTER_WRITE_TIMEOUT)?,
        manage: fields.command(keys::MANAGE)?,
        fleet: fields.fleet(keys::FLEET)?,
        rings: fields.rings(keys::RINGS, main)?.into_iter().map(further).collect::<Result<_, _>>()?,
    };
    fields.done()?;
    match one_for_two(&environment) {
        Some(url) => Err(fields.crowded(url)),
        None => Ok(environment),
    }
}

/// A store that two rings are to live in, and that has room for one.
fn one_for_two(environment: &Environment) -> Option<&str> {
    let further: Vec<&String> = environment.rings.values().map(|further| &further.store).collect();
    let of_main = environment.store.iter().chain(&environment.mirrors);
    let is_twice =
        |at: usize| further[..at].contains(&further[at]) || of_main.clone().any(|url| url == further[at]);
    let is_full = |url: &str| StoreUrl::parse(url).is_ok_and(|url| !url.holds_several());
    (0..further.len()).filter(|at| is_twice(*at)).map(|at| further[at].as_str()).find(|url| is_full(url))
}

fn further((name, mut fields): (RingName, Fields<'_>)) -> Result<(RingName, Further), Failure> {
    let store = fields.text(keys::STORE)?.map(str::to_owned);
    let longest_signature = fields.span(keys::LONGEST_SIGNATURE)?;
    let encrypts = fields.truth(keys::ENCRYPTS)?.unwrap_or(false);
    fields.done()?;
    Ok((
        name,
        Further { store: store.ok_or_else(|| fields.lacks(keys::STORE))?, longest_signature, encrypts },
    ))
}
