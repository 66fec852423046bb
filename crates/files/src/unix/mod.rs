//! Everything that only Unix has.

mod attributes;
mod folder;
mod user;

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_core::shell::quoted;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;

pub(crate) use attributes::Attributes;
pub(crate) use folder::Folder;
pub(crate) use user::own_folders;

/// Opens for reading. A pipe without a writer and a terminal line without a carrier do not hold us up.
pub(crate) fn open_without_waiting(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

/// The same, and a link is not followed.
pub(crate) fn open_without_following(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

/// Waits until there is something to read, or the writer of a pipe has gone. False when the time is over.
pub(crate) fn wait_until_readable(file: &File, patience: Duration) -> io::Result<bool> {
    let patience = Timespec::try_from(patience).map_err(|_| io::ErrorKind::InvalidInput)?;
    match poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&patience)) {
        Err(Errno::INTR) => Ok(true),
        ready => Ok(ready? > 0),
    }
}

/// Makes a folder with mode 0700, and the missing ones above it. The name of each is on the disk before anything is put
/// into it: a power cut takes the folder with all that was flushed within, or nothing.
pub(crate) fn create_private_folders(path: &Path) -> io::Result<()> {
    let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let mut folders = vec![path];
    folders.extend(path.ancestors().skip(1).take_while(missing));
    for folder in folders.into_iter().rev() {
        match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            outcome => outcome?,
        }
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
        Folder::open(above.unwrap_or(Path::new(".")))?.sync()?;
    }
    Ok(())
}

pub(crate) fn is_pipe(metadata: &Metadata) -> bool {
    metadata.file_type().is_fifo()
}

pub(crate) fn is_socket(metadata: &Metadata) -> bool {
    metadata.file_type().is_socket()
}

/// Whether we own it.
pub(crate) fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Whether anybody but its owner may read it or change it.
pub(crate) fn is_open_to_others(metadata: &Metadata) -> bool {
    metadata.mode() & 0o077 != 0
}

/// Lets nobody but its owner enter a folder.
pub(crate) fn close_to_others(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// How many names the file has.
pub(crate) fn names_of(metadata: &Metadata) -> u64 {
    metadata.nlink()
}

/// Whether a file was not opened because its name is a symbolic link.
pub(crate) fn means_link(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

/// Whether a lock was refused because the file system has none.
pub(crate) fn means_no_locks(error: &io::Error) -> bool {
    Errno::from_io_error(error).is_some_and(|errno| {
        [Errno::OPNOTSUPP, Errno::NOTSUP, Errno::NOLCK, Errno::INVAL, Errno::NOSYS, Errno::BADF]
            .contains(&errno)
    })
}

/// No program can keep others from opening a file.
pub(crate) fn is_open_elsewhere(_error: &io::Error) -> bool {
    false
}

/// The command that shows who may do what with a path.
pub(crate) fn shows_rights(path: &str) -> String {
    format!("ls -ld {}", quoted(path))
}

/// How to find the program that holds a folder's lock.
pub(crate) fn shows_holder(folder: &str) -> String {
    format!("`fuser -v {}` may show which one it is", quoted(folder))
}

/// A number for the owner of a file.
pub fn owner(path: &Path) -> io::Result<u32> {
    Ok(fs::metadata(path)?.uid())
}

/// The number of the user who runs this.
#[must_use]
pub fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The permission bits of a file, where the system has such.
#[must_use]
pub fn mode(metadata: &Metadata) -> u32 {
    metadata.mode() & 0o777
}

/// The path without links, from the root on.
pub fn whole(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}
