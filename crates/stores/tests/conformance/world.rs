//! One test's own folder and environment, and the store in them.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex};

use keybaton_core::{RingName, SecretText, Texts};
use keybaton_stores::{Environment, Guard, Held, Settings, Store, StoreKind, StoreUrl, Version};

use crate::fixtures::{FIXTURES, Fixture};

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) environment: Arc<Mutex<BTreeMap<String, OsString>>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("world-").rand_bytes(12).tempdir().unwrap();
        Self { folder, environment: Arc::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn open(&self, fixture: &Fixture) -> Box<dyn Store> {
        self.open_with(fixture, |_| {})
    }

    /// The store under other settings than most tests want.
    pub(crate) fn open_with(
        &self,
        fixture: &Fixture,
        change: impl FnOnce(&mut Settings<'_>),
    ) -> Box<dyn Store> {
        let mut settings = self.settings(fixture);
        change(&mut settings);
        open_url(&self.url(fixture), &settings)
    }

    /// The same place for a ring of another name.
    pub(crate) fn open_ring(&self, fixture: &Fixture, ring: &str) -> Box<dyn Store> {
        let (url, ring) = (StoreUrl::parse(&self.url(fixture)).unwrap(), ring.parse().unwrap());
        keybaton_stores::open(&url, &ring, &self.settings(fixture)).unwrap()
    }

    fn settings(&self, fixture: &Fixture) -> Settings<'_> {
        let (environment, is_served) = (Arc::clone(&self.environment), fixture.outside.is_served());
        let look_up = move |name: &str| {
            let own = environment.lock().unwrap().get(name).cloned();
            // Where the servers are, only the environment of these tests says.
            own.or_else(|| env::var_os(name).filter(|_| is_served))
        };
        settings(self.path(), Arc::new(look_up))
    }

    pub(crate) fn url(&self, fixture: &Fixture) -> String {
        let name = self.path().file_name().unwrap().to_str().unwrap();
        let named = fixture.template.replace("{world}", &name.to_lowercase());
        named.replace("{folder}", self.path().to_str().unwrap())
    }

    /// The URL of the store of a scheme; behind a `?` stand parameters, where it has several fixtures.
    pub(crate) fn url_of(&self, named: &str) -> String {
        let (scheme, parameters) = named.split_once('?').unwrap_or((named, ""));
        let is_named =
            |fixture: &&Fixture| fixture.scheme() == scheme && fixture.template.ends_with(parameters);
        self.url(FIXTURES.iter().find(is_named).unwrap())
    }
}

pub(crate) fn open_url(url: &str, settings: &Settings<'_>) -> Box<dyn Store> {
    let url = StoreUrl::parse(url).unwrap();
    let store = keybaton_stores::open(&url, &RingName::default(), settings).unwrap();
    #[cfg(feature = "gha")]
    let store = crate::unsealed::Unsealed::of(store, &url);
    store
}

/// Settings that let a store make what is missing.
pub(crate) fn settings(base: &Path, environment: Environment) -> Settings<'_> {
    Settings { may_create: true, ..Settings::new(base, environment) }
}

/// The environment of these tests, for stores that are opened by another process.
pub(crate) fn outer_environment() -> Environment {
    Arc::new(|name| env::var_os(name))
}

/// The stores that are tested now: those whose servers run, else those that need none.
pub(crate) fn tested() -> impl Iterator<Item = &'static Fixture> {
    let named = env::var("KEYBATON_TEST_STORES").ok();
    FIXTURES.iter().filter(move |fixture| match &named {
        Some(named) => named.split(',').any(|name| name == fixture.scheme()),
        None => !fixture.outside.is_served(),
    })
}

/// Those of them that can be written.
pub(crate) fn writable() -> impl Iterator<Item = &'static Fixture> {
    tested().filter(|fixture| fixture.kind().can.guard != Guard::ReadOnly)
}

impl Fixture {
    pub(crate) fn scheme(&self) -> &'static str {
        self.template.split(':').next().unwrap()
    }

    pub(crate) fn kind(&self) -> &'static StoreKind {
        StoreUrl::parse(self.template).unwrap().kind()
    }

    /// Whether the three texts are written in one call: never where the URL asks for three values.
    pub(crate) fn is_atomic(&self) -> bool {
        self.kind().can.atomic && !self.template.contains("layout=separate")
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
        Held::Sealed { .. } => panic!("the keys of {store:?} are read by nobody"),
    }
}
