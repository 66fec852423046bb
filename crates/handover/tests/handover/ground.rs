//! A folder with stores in it, and a clock that tests move.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Adoption, Change, Kin, Policy, Reading, Reporting, Revision, Ring};
use keybaton_handover::{HandoverError, Place, Places, Standing, World, begin, look, standing};
use keybaton_stores::{Settings, StoreUrl, Version, open};

pub(crate) const POLICY: Policy = Policy {
    propagation: Some(Span(60)),
    longest_signature: Span(600),
    slowest_write: Span(0),
    stale: Span(0),
    follows: true,
    encrypts: false,
    fleet: Reporting::None,
};

pub(crate) struct Ground {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) places: Places,
    pub(crate) now: Cell<u64>,
}

impl Ground {
    /// Stores by their URLs, the first of them the one that tells the truth.
    pub(crate) fn empty(urls: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut places = urls.iter().map(|url| place(url, folder.path())).collect::<Vec<_>>().into_iter();
        let places = Places {
            store: places.next().unwrap(),
            mirrors: places.collect(),
            fleet: None,
            gone: Vec::new(),
            kin: Kin::default(),
        };
        Self { folder, places, now: Cell::new(1_000) }
    }

    /// The same with a fresh ring.
    pub(crate) fn settled(urls: &[&str]) -> Self {
        let ground = Self::empty(urls);
        let adoption = Adoption::nothing();
        ground.act(|world| begin(&ground.places, adoption, &Version::Absent, world)).unwrap();
        ground
    }

    pub(crate) fn act<T>(
        &self,
        act: impl FnOnce(&mut World<'_>) -> Result<T, HandoverError>,
    ) -> Result<T, HandoverError> {
        let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).unwrap();
        act(&mut World {
            now: &|| Timestamp(self.now.get()),
            random: &mut random,
            floor: Revision::default(),
        })
    }

    pub(crate) fn ring(&self) -> Ring {
        ring(&self.places.store)
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

/// Looks and makes one change, unless a mirror is behind, as the commands do.
pub(crate) fn change(
    places: &Places,
    change: Change,
    reason: Option<&str>,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    let before = standing(places, world)?;
    if !before.missed.is_empty() {
        return Ok(before);
    }
    keybaton_handover::change(places, before, change, reason, world)
}

pub(crate) fn ring(place: &Place) -> Ring {
    match look(place).unwrap().reading {
        Reading::Whole(ring) => ring,
        other => panic!("not a whole ring: {other:?}"),
    }
}

pub(crate) fn place(url: &str, base: &Path) -> Place {
    let settings = Settings::new(base, Arc::new(|_| None));
    let store = open(&StoreUrl::parse(url).unwrap(), &"SECRET_KEY".parse().unwrap(), &settings).unwrap();
    Place { url: url.to_owned(), store }
}
