//! A folder that is held open, so that what is locked is what is written.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags};
use rustix::fs::{openat, renameat, renameat_with, unlinkat};
use rustix::io::Errno;

#[derive(Debug)]
pub(crate) struct Folder(File);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self(opened.into()))
    }

    pub(crate) fn try_lock(&self) -> Result<(), TryLockError> {
        self.0.try_lock()
    }

    /// Stands for all who surely share the lock of this folder: the processes of the running kernel that see it as we do.
    /// Those of another system, to which it is exported or mounted as well, have other numbers, or none.
    pub(crate) fn circle(&self) -> Option<u32> {
        let facts = self.0.metadata().ok()?;
        let mut hasher = DefaultHasher::new();
        (running_kernel()?, facts.dev(), facts.ino()).hash(&mut hasher);
        u32::try_from(hasher.finish() >> 32).ok()
    }

    /// Whether `path` still means this folder.
    pub(crate) fn stands_at(&self, path: &Path) -> bool {
        let (Ok(ours), Ok(theirs)) = (self.0.metadata(), fs::metadata(path)) else { return false };
        (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino())
    }

    /// Opens a file of this folder for reading, neither following a link nor waiting for a pipe.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(openat(&self.0, name, flags, Mode::empty())?.into())
    }

    /// Makes a file that must not exist yet: open to whom the umask allows, or to its owner alone.
    pub(crate) fn create(&self, name: &OsStr, is_open: bool) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(if is_open { 0o666 } else { 0o600 });
        let file = openat(&self.0, name, flags, mode)?;
        if !is_open {
            // A strange umask can take the owner's own rights away.
            rustix::fs::fchmod(&file, mode)?;
        }
        Ok(file.into())
    }

    pub(crate) fn rename_over(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    /// Renames without replacing. A few file systems cannot promise that; there we look first, under the lock.
    pub(crate) fn rename_new(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        match renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            outcome => return Ok(outcome?),
        }
        match rustix::fs::statat(&self.0, to, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => self.rename_over(from, to),
            Err(errno) => Err(errno.into()),
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        }
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// When a regular file of this folder was last written; `None` where the name means something else, or nothing.
    pub(crate) fn written_at(&self, name: &OsStr) -> Option<SystemTime> {
        let facts = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let since = Duration::from_secs(u64::try_from(facts.st_mtime).unwrap_or_default());
        (FileType::from_raw_mode(facts.st_mode) == FileType::RegularFile).then_some(UNIX_EPOCH + since)
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            names.push(OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned());
        }
        Ok(names)
    }

    /// Flushes the names to disk. File systems that cannot do that for a folder do it by themselves.
    pub(crate) fn sync(&self) -> io::Result<()> {
        match rustix::fs::fsync(&self.0) {
            Err(Errno::INVAL | Errno::NOTSUP | Errno::BADF) => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// Whether `file`, which was opened in this folder, is a mount of its own.
    pub(crate) fn is_on_other_mount(&self, file: &File) -> bool {
        match (mount_of(&self.0), mount_of(file)) {
            (Some(ours), Some(theirs)) => ours != theirs,
            // Where mounts have no number, the rename itself will fail.
            _ => false,
        }
    }
}

/// A name that the kernel gives itself anew at each start.
fn running_kernel() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().filter(|name| !name.trim().is_empty())
}

#[cfg(target_os = "linux")]
fn mount_of(file: &File) -> Option<u64> {
    use rustix::fs::{StatxFlags, statx};
    let found = statx(file, "", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID).ok()?;
    StatxFlags::from_bits_retain(found.stx_mask).contains(StatxFlags::MNT_ID).then_some(found.stx_mnt_id)
}

#[cfg(not(target_os = "linux"))]
fn mount_of(_file: &File) -> Option<u64> {
    None
}
