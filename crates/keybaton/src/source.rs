//! A ring as a program is given it, and where it is read, once or again and again.

use keybaton_core::{Reading, Revision, RingId, Texts, read};
use zeroize::Zeroizing;

use crate::child::Environment;
use crate::configuration::Place;
use crate::env_file::EnvFile;
use crate::failure::Failure;
use crate::offline;
use crate::serving::{Served, duplicate};
use crate::store;

/// Where one ring is read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) place: Place,
    /// A .env file is then read as any store is, and its other variables are not wanted.
    pub(crate) only_ring: bool,
}

/// What was read.
pub(crate) struct Found {
    pub(crate) served: Served,
    /// All variables, where the store is a .env file whose other variables are wanted.
    pub(crate) file: Option<EnvFile>,
    /// Which ring it is, and how far it is; nothing where the texts do not fit together, or nobody has looked after them yet.
    #[cfg_attr(windows, expect(dead_code, reason = "nothing is followed there"))]
    pub(crate) standing: Option<(RingId, Revision)>,
    pub(crate) warnings: Vec<String>,
}

impl Source {
    /// For a start: where the store is away, a copy may stand in.
    pub(crate) fn first(&self) -> Result<Found, Failure> {
        match self.file()? {
            Some(file) => self.found(file.texts(&self.place.ring), Some(file), Vec::new()),
            None => {
                let (texts, warnings) = offline::read(&self.place)?;
                self.found(texts, None, warnings)
            }
        }
    }

    /// What the store itself holds.
    #[cfg(unix)]
    pub(crate) fn again(&self) -> Result<Found, Failure> {
        match self.file()? {
            Some(file) => self.found(file.texts(&self.place.ring), Some(file), Vec::new()),
            None => self.found(offline::read_again(&self.place)?, None, Vec::new()),
        }
    }

    fn file(&self) -> Result<Option<EnvFile>, Failure> {
        let environment = Environment::without([&self.place.ring]);
        let inherited = |name: &str| environment.inherited(name)?.into_string().ok().map(Zeroizing::new);
        if self.only_ring { Ok(None) } else { EnvFile::of(&self.place, &inherited) }
    }

    fn found(
        &self,
        texts: Texts,
        file: Option<EnvFile>,
        mut warnings: Vec<String>,
    ) -> Result<Found, Failure> {
        let Place { ring, wishes, .. } = &self.place;
        let standing = standing(&texts);
        let mut served = Served::new(ring, wishes, texts).ok_or_else(|| store::no_key(&self.place))?;
        warnings.append(&mut served.warnings);
        Ok(Found { served, file, standing, warnings })
    }
}

fn standing(texts: &Texts) -> Option<(RingId, Revision)> {
    match read(duplicate(texts)) {
        Reading::Whole(ring) => Some((ring.head.id, ring.head.revision)),
        _ => None,
    }
}
