//! Services that keep single values by name. A ring is one value there, a JSON object of the three texts, or three values.

use std::fmt;

use keybaton_core::{RingName, SecretText};
use keybaton_files::OwnLock;

use super::joined::Joined;
use super::separate::Separate;
use super::{Address, Deadline};
use crate::{Note, Settings, Store, StoreError, StoreUrl, Version};

/// A service that keeps single values by name.
pub(crate) trait Values: Send + Sync {
    /// What stands under a name; `None` where nothing does.
    fn get(&self, name: &str, deadline: Deadline) -> Result<Option<Value>, StoreError>;

    /// Whether the service can hold such a value: asked of all that is to be written, before anything is.
    fn must_fit(&self, _new: &SecretText) -> Result<(), StoreError> {
        Ok(())
    }

    /// Keeps other writers out for one whole write, where there is a way to. Dropped, it lets them in.
    fn alone(&self) -> Result<Option<OwnLock>, StoreError> {
        Ok(None)
    }

    /// Puts a value in the place of what was found.
    fn put(
        &self,
        name: &str,
        new: &SecretText,
        over: Over<'_>,
        deadline: Deadline,
    ) -> Result<Put, StoreError>;

    /// Waits, once all is written, until the copies of a value have it too.
    fn wait_for_copies(&self, _name: &str, _deadline: Deadline) -> Vec<Note> {
        Vec::new()
    }
}

/// What was found where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over<'a> {
    Version(&'a str),
    Nothing {
        /// Whether the user said that it may be made.
        may_create: bool,
    },
}

impl<'a> Over<'a> {
    pub(crate) fn version(self) -> Option<&'a str> {
        match self {
            Self::Version(version) => Some(version),
            Self::Nothing { .. } => None,
        }
    }
}

/// A value, and the service's own name for this version of it.
pub(crate) struct Value {
    pub(crate) text: SecretText,
    pub(crate) version: Box<str>,
}

/// What became of a value.
#[derive(Default)]
pub(crate) struct Put {
    pub(crate) version: Box<str>,
    pub(crate) notes: Vec<Note>,
    /// What to say of somebody else's write that this one went over: once all of the ring is written.
    pub(crate) overlap: Option<StoreError>,
    /// Whether the service has copies of it elsewhere, which it brings up after the write.
    pub(crate) has_copies: bool,
}

/// Where a ring stands among the values of a service.
pub(crate) struct Spot {
    /// The store as the user names it.
    pub(crate) store: String,
    /// The value's name, or what the names of the three begin with.
    pub(crate) name: String,
    pub(crate) ring: RingName,
    /// Whether a ring may be begun where there is none.
    pub(crate) may_create: bool,
    /// Whether a value that is read whole may become an object.
    pub(crate) may_reshape: bool,
}

impl Spot {
    /// What a value is put in the place of.
    pub(crate) fn over<'a>(&self, value: Option<&'a str>, ring: &Version) -> Over<'a> {
        // A ring that was begun may be finished: the user said yes to all of it.
        let may_create = self.may_create || *ring != Version::Absent;
        value.map_or(Over::Nothing { may_create }, Over::Version)
    }
}

impl fmt::Debug for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ring {}", self.store, self.ring)
    }
}

/// The parameter of a URL that says which of the two it is.
pub(crate) const LAYOUT: &str = "layout";

/// The store for a ring in the layout that its URL asks for.
pub(crate) fn arranged(
    values: impl Values + 'static,
    name: &str,
    (url, address): (&StoreUrl, &Address),
    ring: &RingName,
    settings: &Settings<'_>,
) -> Result<Box<dyn Store>, StoreError> {
    let (store, name, ring) = (url.to_string(), name.to_owned(), ring.clone());
    let Settings { may_create, may_reshape, .. } = *settings;
    let spot = Spot { store, name, ring, may_create, may_reshape };
    match address.get(LAYOUT) {
        None | Some("json") => Ok(Box::new(Joined::new(values, spot))),
        Some("separate") => Ok(Box::new(Separate { values, spot })),
        Some(_) => {
            let hint = "layout=json is one value with three members, layout=separate is three values";
            Err(url.malformed("names a layout that there is not", hint))
        }
    }
}
