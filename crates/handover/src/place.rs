//! Where a ring lives, and what its writers need.

use keybaton_core::time::Timestamp;
use keybaton_core::{Revision, Stamp};
use keybaton_stores::{Store, StoreUrl};

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

/// Everywhere one ring lives.
#[derive(Debug)]
pub struct Places {
    /// The store that tells the truth.
    pub store: Place,
    /// Stores that receive each write after it.
    pub mirrors: Vec<Place>,
}

/// Time and chance.
pub struct World<'a> {
    /// The clock.
    pub now: &'a dyn Fn() -> Timestamp,
    /// The system's random source.
    pub random: &'a mut dyn FnMut(&mut [u8]),
}

impl World<'_> {
    pub(crate) fn stamp<'a>(&'a mut self, reason: Option<&'a str>) -> Stamp<'a> {
        Stamp { now: (self.now)(), floor: Revision::default(), reason, random: self.random }
    }
}
