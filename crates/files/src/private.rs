//! Folders for secrets.

use std::path::Path;

use crate::{FileError, FileErrorKind, system};

/// Makes a folder that only its owner can enter (0700), and the missing ones above it alike.
///
/// A folder that is there already stays as it is: its mode is its owner's decision.
pub fn private_folder(path: &Path) -> Result<(), FileError> {
    if path.is_dir() {
        return Ok(());
    }
    system::create_private_folders(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            let sentence = format!("{} is not a folder", crate::error::shown(path));
            return FileError::new(FileErrorKind::Conflict, sentence);
        }
        FileError::from_io("make the folder", path, error)
    })
}
