//! A folder and an environment of a test's own, in which each store can be opened.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex};

use keybaton_core::{RingName, SecretText, Texts};
use keybaton_stores::{Held, Settings, Store, StoreKind, StoreUrl, Version};

use crate::fixtures::{FIXTURES, Fixture};

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) environment: Arc<Mutex<BTreeMap<String, OsString>>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Arc::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn open(&self, fixture: &Fixture) -> Box<dyn Store> {
        let environment = Arc::clone(&self.environment);
        let look_up = move |name: &str| environment.lock().unwrap().get(name).cloned();
        let settings = Settings { base: self.path(), environment: Arc::new(look_up) };
        open_url(fixture.url, &settings)
    }
}

pub(crate) fn open_url(url: &str, settings: &Settings<'_>) -> Box<dyn Store> {
    keybaton_stores::open(&StoreUrl::parse(url).unwrap(), &RingName::default(), settings).unwrap()
}

/// Every store that can be written.
pub(crate) fn writable() -> impl Iterator<Item = &'static Fixture> {
    FIXTURES.iter().filter(|fixture| fixture.kind().can.guard != keybaton_stores::Guard::ReadOnly)
}

impl Fixture {
    pub(crate) fn kind(&self) -> &'static StoreKind {
        StoreUrl::parse(self.url).unwrap().kind()
    }
}

pub(crate) fn texts(signing: &str, fallbacks: &str, record: &str) -> Texts {
    Texts {
        signing: Some(SecretText::new(signing)),
        fallbacks: Some(SecretText::new(fallbacks)),
        record: Some(record.to_owned()),
    }
}

/// What the store holds: its texts and their version.
pub(crate) fn read(store: &dyn Store) -> (Texts, Version) {
    match store.read().unwrap() {
        Held::Absent => (Texts::default(), Version::Absent),
        Held::Texts(texts, version) => (texts, version),
    }
}
