//! Where a ring lives, who reports how it is used, and what its writers need.

use keybaton_core::time::Timestamp;
use keybaton_core::{Kin, Revision, Stamp};
use keybaton_stores::{Store, StoreUrl};

use crate::Fleet;

/// A store, and the URL that names it to the user.
#[derive(Debug)]
pub struct Place {
    /// The URL, which holds no secret.
    pub url: String,
    /// The store behind it.
    pub store: Box<dyn Store>,
}

impl Place {
    /// Whether its texts are read at one moment.
    pub(crate) fn is_atomic(&self) -> bool {
        StoreUrl::parse(&self.url).is_ok_and(|url| url.is_atomic())
    }
}

/// Everywhere one ring lives, and the processes that use it.
#[derive(Debug)]
pub struct Places {
    /// The store that tells the truth.
    pub store: Place,
    /// Stores that receive each write after it.
    pub mirrors: Vec<Place>,
    /// Who knows what the processes report; nobody where they are not to be asked.
    pub fleet: Option<Box<dyn Fleet>>,
    /// The processes that are gone, as the operator says.
    pub gone: Vec<Box<str>>,
    /// The rings that have keys in common with it, for which the processes that use them are waited for too.
    pub kin: Kin,
}

/// Time and chance.
pub struct World<'a> {
    /// The clock.
    pub now: &'a dyn Fn() -> Timestamp,
    /// The system's random source.
    pub random: &'a mut dyn FnMut(&mut [u8]),
    /// The lowest revision that may serve, where it is known: new ones lie above it.
    pub floor: Revision,
}

impl World<'_> {
    pub(crate) fn stamp<'a>(&'a mut self, reason: Option<&'a str>) -> Stamp<'a> {
        Stamp { now: (self.now)(), floor: self.floor, reason, random: self.random }
    }
}
