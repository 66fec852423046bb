//! Folders for secrets, and files that nobody else has touched.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::content::{not_a_file, read_bounded};
use crate::error::shown;
use crate::{Content, FileError, FileErrorKind, Limits, system};

/// Makes a folder that only its owner can enter (0700), and the missing ones above it alike.
///
/// A folder that is there already stays as it is: its mode is its owner's decision.
pub fn private_folder(path: &Path) -> Result<(), FileError> {
    if path.is_dir() {
        return Ok(());
    }
    system::create_private_folders(path).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            let sentence = format!("{} is not a folder", shown(path));
            return FileError::new(FileErrorKind::Conflict, sentence);
        }
        FileError::from_io("make the folder", path, error)
    })
}

/// Reads a file that is ours alone, in a folder that is ours alone; `None` where there is none.
///
/// For what keybaton keeps for itself, and would believe: a link is refused here, and so is what belongs to somebody else,
/// what others may read or change, and what has a second name.
pub fn read_private(path: &Path, limits: Limits) -> Result<Option<Content>, FileError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        outcome => must_be_ours_alone(folder, outcome)?,
    }
    let file = match system::open_without_following(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if system::means_link(&error) => return Err(not_ours_alone(path, "is a link")),
        Err(error) => return Err(FileError::from_io("read", path, error)),
        Ok(file) => file,
    };
    must_be_ours_alone(path, file.metadata())?;
    let metadata = file.metadata().map_err(|error| FileError::from_io("look at", path, error))?;
    if !metadata.is_file() {
        return Err(not_a_file(path, if metadata.is_dir() { "a folder" } else { "a pipe or a device" }));
    }
    let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    read_bounded(&file, path, limits, size).map(Some)
}

fn must_be_ours_alone(path: &Path, metadata: io::Result<Metadata>) -> Result<(), FileError> {
    let metadata = metadata.map_err(|error| FileError::from_io("look at", path, error))?;
    must_be_ours(path, &metadata)?;
    match metadata {
        _ if system::is_open_to_others(&metadata) => Err(not_ours_alone(path, "is open to others")),
        _ if metadata.is_file() && system::names_of(&metadata) > 1 => {
            Err(not_ours_alone(path, "has a second name"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn must_be_ours(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    match metadata {
        _ if metadata.is_symlink() => Err(not_ours_alone(path, "is a link")),
        _ if !system::is_ours(metadata) => Err(not_ours_alone(path, "belongs to somebody else")),
        _ => Ok(()),
    }
}

fn not_ours_alone(path: &Path, what: &str) -> FileError {
    FileError::new(FileErrorKind::Denied, format!("{} {what}", shown(path)))
        .with_hint(format!("see who put it there, then remove {}", shown(path)))
}
