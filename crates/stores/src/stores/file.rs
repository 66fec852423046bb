//! One file with the signing key, and two beside it with the other texts.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use keybaton_core::{RingName, Writes};
use keybaton_files::{Place, private_folder};

use crate::local::path_of;
use crate::three_files::{Files, Names, Plain};
use crate::{
    Can, Guard, Held, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl, Version, Written,
};

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "file",
    summary: "one file, with .fallbacks and .ring beside it",
    example: "file:secrets/secret_key.txt",
    can: Can { read_back: true, guard: Guard::Lock, atomic: false },
    guarded_by: "folder lock, one file after another",
    creates: "three files (0600), and their folder (0700)",
    local: true,
    chosen_by: &[],
    open,
};

#[derive(Debug)]
struct KeyFile {
    path: PathBuf,
}

fn open(url: &StoreUrl, _ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    Ok(Box::new(KeyFile { path: path_of(url, settings.base)? }))
}

impl Store for KeyFile {
    fn read(&self) -> Result<Held, StoreError> {
        let (folder, names) = beside(&self.linked())?;
        Files { folder: &folder, names: &names, form: &Plain }.read()
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        if *over == Version::Absent {
            private_folder(&beside(&self.path)?.0)?;
        }
        let (folder, names) = beside(&Place::find(&self.path)?.path())?;
        Files { folder: &folder, names: &names, form: &Plain }.write(new, over)
    }
}

impl KeyFile {
    /// The file that the path leads to: the other two stand beside that one, not beside a link to it.
    fn linked(&self) -> PathBuf {
        if !self.path.is_symlink() {
            return self.path.clone();
        }
        fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone())
    }
}

/// The folder of a file, and the names of the three.
fn beside(path: &Path) -> Result<(PathBuf, Names), StoreError> {
    let Some(name) = path.file_name() else {
        let sentence = format!("{} names no file", path.display());
        return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint(format!("write for example {}", KIND.example)));
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let with = |ending: &str| {
        let mut name = OsString::from(name);
        name.push(ending);
        name
    };
    let names = Names { signing: with(""), fallbacks: with(".fallbacks"), record: with(".ring") };
    Ok((folder.to_owned(), names))
}
