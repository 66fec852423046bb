//! The keys of the rings on this machine, for a look at a project.

use std::path::absolute;

use keybaton_audit::{KnownKeys, Unexamined};

use crate::configuration::{Configuration, Place, Wishes};
use crate::failure::Failure;
use crate::store;

/// What was read, and what could not be: that is told, not fatal.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) rings: Vec<KnownKeys>,
    pub(crate) unread: Vec<Unexamined>,
}

impl Known {
    /// Every ring of every environment.
    pub(crate) fn of(configuration: &Configuration) -> Result<Self, Failure> {
        let mut known = Self::default();
        for (environment, ring) in configuration.all_rings() {
            let wishes = Wishes {
                environment: Some(environment.to_owned()),
                ring: Some(ring.to_string()),
                store: None,
            };
            known.take(&Place::choose(&wishes, Some(configuration), configuration.source.folder())?);
        }
        Ok(known)
    }

    /// Reads a ring whose store is made of files here; the others cost calls and credentials, which a look at a project must
    /// not.
    pub(crate) fn take(&mut self, place: &Place) {
        match keys(place) {
            Ok(found) => self.rings.extend(found),
            Err(failure) => self.unread.push(Unexamined { what: place.name(), why: failure.in_full() }),
        }
    }
}

fn keys(place: &Place) -> Result<Option<KnownKeys>, Failure> {
    let files = store::files(&place.store)?;
    let Some(first) = files.first() else { return Ok(None) };
    Ok(Some(KnownKeys {
        name: place.name(),
        ring: place.ring.to_string(),
        environment: place.environment.clone().unwrap_or_else(|| place.store.url.clone()),
        file: absolute(first).ok(),
        keys: store::read(place)?.keys(),
    }))
}
