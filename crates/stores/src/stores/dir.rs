//! A folder with one file for each text, as Docker secrets, a mounted Kubernetes Secret and systemd's credentials have it.
//!
//! The files are called exactly as the texts are, in upper case too.

use std::path::PathBuf;

use keybaton_core::{RingName, Writes};
use keybaton_files::private_folder;

use crate::local::{is_no_folder, path_of};
use crate::three_files::{Files, Names, Plain};
use crate::{
    Can, Guard, Held, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl, Version, Written,
};

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "dir",
    summary: "a folder of files",
    example: "dir:/run/secrets",
    can: Can { read_back: true, guard: Guard::Lock, atomic: false },
    guarded_by: "folder lock, one file after another",
    creates: "a folder (0700) with three files (0600)",
    local: true,
    chosen_by: &[],
    open,
};

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    names: Names,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let names = Names::of_ring(ring);
    Ok(Box::new(Folder { path: path_of(url, settings.base)?, names }))
}

impl Store for Folder {
    fn read(&self) -> Result<Held, StoreError> {
        self.must_be_a_folder()?;
        self.files().read()
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        self.must_be_a_folder()?;
        if *over == Version::Absent {
            private_folder(&self.path)?;
        }
        self.files().write(new, over)
    }
}

impl Folder {
    fn files(&self) -> Files<'_> {
        Files { folder: &self.path, names: &self.names, form: &Plain }
    }

    fn must_be_a_folder(&self) -> Result<(), StoreError> {
        if !is_no_folder(&self.path) {
            return Ok(());
        }
        let sentence = format!("{} is not a folder", self.path.display());
        Err(StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint(format!("for a file write file:{}", self.path.display())))
    }
}
