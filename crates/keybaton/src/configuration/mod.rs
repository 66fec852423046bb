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
    pub(crate) after_write_timeout: Span,
    /// What asks the project: a program and its arguments.
    pub(crate) manage: Option<Vec<String>>,
    /// Which processes report.
    pub(crate) fleet: Option<Reporting>,
    /// The stores of other rings: `[environments.NAME.rings.RING]`.
    pub(crate) rings: BTreeMap<RingName, String>,
}

/// A rollout that only has to be begun takes seconds; one that is waited for, minutes.
const AFTER_WRITE_TIMEOUT: Span = Span(300);

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
        let named =
            tables.into_iter().map(|(name, table)| Ok((name.get_ref().to_string(), environment(table)?)));
        let environments = named.collect::<Result<_, Failure>>()?;
        drop(document);
        Ok(Some(Self { source, default_environment, ring, environments }))
    }
}

impl Configuration {
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

fn environment(mut fields: Fields<'_>) -> Result<Environment, Failure> {
    let environment = Environment {
        store: fields.text(keys::STORE)?.map(str::to_owned),
        mirrors: fields.texts(keys::MIRRORS)?,
        propagation: fields.span(keys::PROPAGATION)?,
        longest_signature: fields.span(keys::LONGEST_SIGNATURE)?,
        offline: fields.span(keys::OFFLINE)?,
        after_write: fields.commands(keys::AFTER_WRITE)?,
        after_write_timeout: fields.span(keys::AFTER_WRITE_TIMEOUT)?.unwrap_or(AFTER_WRITE_TIMEOUT),
        manage: fields.command(keys::MANAGE)?,
        fleet: fields.fleet(keys::FLEET)?,
        rings: fields.rings(keys::RINGS)?.into_iter().map(ring).collect::<Result<_, _>>()?,
    };
    fields.done()?;
    Ok(environment)
}

fn ring((name, mut fields): (RingName, Fields<'_>)) -> Result<(RingName, String), Failure> {
    let store = fields.text(keys::STORE)?.map(str::to_owned);
    fields.done()?;
    Ok((name, store.ok_or_else(|| fields.lacks(keys::STORE))?))
}
