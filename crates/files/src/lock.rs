//! One writer at a time.

use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::shown;
use crate::system::{self, Folder, shows_holder};
use crate::tidy::{Stranded, tidy};
use crate::{FileError, FileErrorKind};

/// A lock on a folder, held until it is dropped or the process ends, however it ends.
///
/// It is advisory and holds between processes of one host. The folder itself is locked, so no lock file lies about, and
/// the lock survives that files in the folder are replaced. On network file systems another host may not see it; there
/// the comparison just before the replacement is what is left.
#[derive(Debug)]
pub struct Lock {
    pub(crate) folder: Folder,
    pub(crate) path: PathBuf,
}

impl Lock {
    /// Locks `folder`, waiting for another holder as long as `patience` lasts.
    pub fn on_directory(folder: &Path, patience: Duration) -> Result<Self, FileError> {
        let deadline = Instant::now() + patience;
        loop {
            let opened = Folder::open(folder).map_err(|error| unopened(folder, error))?;
            wait_for(&opened, folder, deadline)?;
            // While we waited, somebody may have put another folder in this one's place.
            if opened.stands_at(folder) {
                tidy(&opened).map_err(|found| stranded(folder, found))?;
                return Ok(Self { folder: opened, path: folder.to_owned() });
            }
        }
    }

    /// The folder that is locked.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.path
    }
}

fn wait_for(folder: &Folder, path: &Path, deadline: Instant) -> Result<(), FileError> {
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(unlockable(path, error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Err(held(path)),
            Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN_TRIES),
        }
    }
}

fn unopened(path: &Path, error: io::Error) -> FileError {
    if error.kind() == io::ErrorKind::NotADirectory {
        return FileError::new(FileErrorKind::NotFound, format!("{} is not a folder", shown(path)));
    }
    FileError::from_io("open the folder", path, error)
}

/// Nothing may be written then: of the two files, only the user can say which one counts.
fn stranded(folder: &Path, Stranded { name, of, why }: Stranded) -> FileError {
    let [aside, path] = [folder.join(name), folder.join(of)].map(|path| shown(&path));
    if why.kind() != io::ErrorKind::AlreadyExists {
        return FileError::from_io("put back", &folder.join(&aside), why)
            .because(format!("a crash left {path} as {aside}, and it could not be put back"));
    }
    let sentence = format!("a crash left the old {path} as {aside}, and another {path} has come since");
    FileError::new(FileErrorKind::LeftAside, sentence).with_hint(format!(
        "nothing was written; take over what {path} lacks, which may be all keys in use, then remove {aside}"
    ))
}

fn held(path: &Path) -> FileError {
    let sentence = format!("another program holds the lock on {}", shown(path));
    FileError::new(FileErrorKind::Locked, sentence)
        .with_hint(format!("wait for it to end; {}", shows_holder(&shown(path))))
}

fn unlockable(path: &Path, error: io::Error) -> FileError {
    if !system::means_no_locks(&error) {
        return FileError::from_io("lock", path, error);
    }
    let sentence = format!("the file system of {} has no locks", shown(path));
    FileError::new(FileErrorKind::NoLocks, sentence)
        .with_hint("keep the file on a local disk, or on a network file system that was mounted with locks")
}

const BETWEEN_TRIES: Duration = Duration::from_millis(20);
