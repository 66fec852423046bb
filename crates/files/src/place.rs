//! Where a file really stands.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::shown;
use crate::{FileError, FileErrorKind, Lock, system};

/// The folder and the name of a file that may be written, after its links were followed.
///
/// A deployment often has `current/.env -> ../shared/.env`. A link is followed when the link and what it leads to belong
/// to us; any other could have been laid to make us write where its owner may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    folder: PathBuf,
    name: OsString,
}

impl Place {
    /// Follows `path` to the file it means, which need not exist yet.
    pub fn find(path: &Path) -> Result<Self, FileError> {
        let mut target = path.to_owned();
        for _ in 0..MOST_LINKS {
            let Some(next) = follow(&target)? else {
                return Self::at_end(path, &target);
            };
            target = next;
        }
        let sentence = format!("{} is a link that leads in a circle", shown(path));
        Err(FileError::new(FileErrorKind::ForeignLink, sentence))
    }

    /// The folder, which is what gets locked.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name within the folder.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// The whole path.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        if self.folder == Path::new(".") {
            return PathBuf::from(&self.name);
        }
        self.folder.join(&self.name)
    }

    /// Another file in the same folder.
    #[must_use]
    pub fn beside(&self, name: impl Into<OsString>) -> Self {
        Self { folder: self.folder.clone(), name: name.into() }
    }

    /// Locks the folder against other writers.
    pub fn lock(&self, patience: Duration) -> Result<Lock, FileError> {
        Lock::on_directory(&self.folder, patience)
    }

    fn at_end(given: &Path, target: &Path) -> Result<Self, FileError> {
        let place = Self::split(target)?;
        if given != target && !ends_with_us(&place) {
            return Err(foreign(given, &place.path()));
        }
        Ok(place)
    }

    fn split(path: &Path) -> Result<Self, FileError> {
        let Some(name) = path.file_name() else {
            return Err(crate::content::not_a_file(path, "a folder"));
        };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Self { folder, name: name.to_owned() })
    }
}

/// Where a link of ours leads; `None` for what is no link.
fn follow(path: &Path) -> Result<Option<PathBuf>, FileError> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileError::from_io("look at", path, error)),
    };
    if !metadata.is_symlink() {
        return Ok(None);
    }
    let target = fs::read_link(path).map_err(|error| FileError::from_io("follow", path, error))?;
    if !system::is_ours(&metadata) {
        return Err(foreign(path, &target));
    }
    Ok(Some(path.parent().unwrap_or(Path::new("")).join(target)))
}

/// Whether the file at the end of a link is ours; where there is none yet, whether its folder is.
fn ends_with_us(place: &Place) -> bool {
    fs::symlink_metadata(place.path())
        .or_else(|_| fs::metadata(&place.folder))
        .is_ok_and(|metadata| system::is_ours(&metadata))
}

fn foreign(link: &Path, target: &Path) -> FileError {
    let sentence = format!("{} is a link to {}, and not both of them are yours", shown(link), shown(target));
    FileError::new(FileErrorKind::ForeignLink, sentence)
        .with_hint(format!("name the file itself: {}", shown(target)))
}

/// As patient as most programs, and enough for any deployment.
const MOST_LINKS: usize = 8;
