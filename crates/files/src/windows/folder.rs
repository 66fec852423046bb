//! A folder, what is locked in it and what is written in it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use winsafe::co::{ERROR, REPLACEFILE};

use super::{is_open_elsewhere, open_without_following, patiently};
use crate::temporary::name_aside;

#[derive(Debug)]
pub(crate) struct Folder {
    /// As the system itself writes it, with the drive or the server in front: no length limit holds for it.
    path: PathBuf,
    lock: OnceLock<File>,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if !fs::metadata(path)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { path: fs::canonicalize(path)?, lock: OnceLock::new() })
    }

    /// A folder cannot be locked here, so a file in it is held that nobody else can open meanwhile. The system removes it
    /// when we let go of it or end, however we end.
    pub(crate) fn try_lock(&self) -> Result<(), TryLockError> {
        let path = self.path.join(LOCK);
        let opened = OpenOptions::new()
            .write(true)
            .create(true)
            .access_mode(GENERIC_WRITE | DELETE)
            .share_mode(0)
            .custom_flags(FILE_FLAG_DELETE_ON_CLOSE)
            .open(&path);
        match opened {
            Ok(file) => {
                let _ = self.lock.set(file);
                Ok(())
            }
            Err(error) if is_open_elsewhere(&error) || is_going(&path, &error) => {
                Err(TryLockError::WouldBlock)
            }
            Err(error) => Err(TryLockError::Error(error)),
        }
    }

    /// Other systems that see the folder do not know its lock, and nothing here tells whether one does.
    pub(crate) fn circle(&self) -> Option<u32> {
        None
    }

    /// Whether `path` still means this folder.
    pub(crate) fn stands_at(&self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|path| path == self.path)
    }

    /// Opens a file of this folder for reading, and follows no link.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        open_without_following(&self.path.join(name))
    }

    /// Makes a file that must not exist yet. Who may read it is what the folder says, whether it is open or not.
    pub(crate) fn create(&self, name: &OsStr, _is_open: bool) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(self.path.join(name))
    }

    /// The file that is replaced leaves its access list, its attributes and its time of making to the new one.
    pub(crate) fn rename_over(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let (Some(own), Some(name)) = (from.to_str(), to.to_str()) else {
            return Err(io::ErrorKind::InvalidFilename.into());
        };
        let aside = name_aside(own, name);
        let [new, old, backup] = [self.text_of(from)?, self.text_of(to)?, self.text_of(OsStr::new(&aside))?];
        let replaced = patiently(|| {
            // Where the old one has a name to step aside to, it is never lost, whatever fails.
            let outcome = winsafe::ReplaceFile(&old, &new, Some(&backup), REPLACEFILE::default());
            if outcome == Err(ERROR::UNABLE_TO_MOVE_REPLACEMENT_2) {
                // It stepped aside, and the new one could not take its place.
                let _ = self.rename_new(OsStr::new(&aside), to);
            }
            outcome.map_err(told)
        });
        if replaced.is_ok() {
            // Who looks into it for longer keeps it until a later write; put back it is not, for the new one has come.
            let _ = patiently(|| fs::remove_file(&backup));
        }
        replaced
    }

    /// Renames without replacing.
    pub(crate) fn rename_new(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let [from, to] = [self.text_of(from)?, self.text_of(to)?];
        patiently(|| winsafe::MoveFile(&from, &to).map_err(told))
    }

    /// The whole path of a file of this folder.
    fn text_of(&self, name: &OsStr) -> io::Result<String> {
        let path = self.path.join(name).into_os_string();
        path.into_string().map_err(|_| io::ErrorKind::InvalidFilename.into())
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// When a regular file of this folder was last written; `None` where the name means something else, or nothing.
    pub(crate) fn written_at(&self, name: &OsStr) -> Option<SystemTime> {
        let facts = fs::symlink_metadata(self.path.join(name)).ok()?;
        facts.is_file().then(|| facts.modified().ok()).flatten()
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    /// The file system keeps a journal of its names, and flushes it by itself.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// No file is a mount of its own here.
    pub(crate) fn is_on_other_mount(&self, _file: &File) -> bool {
        false
    }
}

fn told(error: ERROR) -> io::Error {
    io::Error::from_raw_os_error(error.raw().cast_signed())
}

/// Whether a lock is being let go of just now: its file is still there, and refuses everybody.
fn is_going(lock: &Path, error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && fs::symlink_metadata(lock).is_ok()
}

/// Fits [`crate::TEMPORARY_FILES`], so that git ignores it too.
const LOCK: &str = ".keybaton-lock.tmp";

const GENERIC_WRITE: u32 = 0x4000_0000;
const DELETE: u32 = 0x0001_0000;
const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
