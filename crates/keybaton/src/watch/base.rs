//! Where the folder stands: in memory where there is such a place, and where nobody else can put another in its stead.
//!
//! Its lock tells whether it is in use. The program holds the lock too: a keybaton that was killed leaves the folder to the program,
//! and the next keybaton of the same user removes it once both are gone.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::random;

/// Makes an empty folder that is ours alone, in the best place that takes it, and removes those there that nobody uses any
/// more.
pub(super) fn make() -> Result<(PathBuf, File), Failure> {
    let bases = candidates();
    bases.iter().for_each(|base| remove_unused(base));
    let mut reason = None;
    for base in bases {
        match make_in(&base) {
            Ok(made) => return Ok(made),
            Err(error) => reason = Some(error),
        }
    }
    let reason = reason.unwrap_or_else(|| io::ErrorKind::NotFound.into());
    Err(Failure::new(Exit::NotStarted, "there is no place for a private folder")
        .hint("set XDG_RUNTIME_DIR to a folder that you alone may write")
        .because(reason))
}

fn candidates() -> Vec<PathBuf> {
    let chosen = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let usual = PathBuf::from(format!("/run/user/{}", keybaton_files::me()));
    let all = chosen.into_iter().chain([usual, PathBuf::from("/dev/shm"), std::env::temp_dir()]);
    // What is no text would not fit into a message.
    let usable = all.filter(|base| base.is_absolute() && base.to_str().is_some());
    usable.filter(|base| is_safe(base)).collect()
}

/// Whether nobody but us and root can rename or remove what we put there.
fn is_safe(base: &Path) -> bool {
    let Ok(metadata) = fs::metadata(base) else { return false };
    let is_trusted = [0, keybaton_files::me()].contains(&metadata.uid());
    let is_ours_to_write = metadata.mode() & 0o022 == 0 || metadata.mode() & STICKY != 0;
    metadata.is_dir() && is_trusted && is_ours_to_write
}

/// Another keybaton may take a new folder for one that nobody uses, until it is locked: then there is no folder any more.
fn make_in(base: &Path) -> io::Result<(PathBuf, File)> {
    let mut outcome = Err(io::ErrorKind::AlreadyExists.into());
    for _ in 0..ATTEMPTS {
        let path = base.join(name());
        outcome = make_at(&path).map(|lock| (path, lock));
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// Makes and locks it.
pub(super) fn make_at(path: &Path) -> io::Result<File> {
    make_private(path)?;
    let folder = open(path)?;
    folder.try_lock().map_err(|error| match error {
        TryLockError::Error(error) => error,
        TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
    })?;
    if is_same(&folder.metadata()?, &fs::symlink_metadata(path)?) {
        Ok(folder)
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// A folder with mode 0700, whatever the umask takes away.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// What others left is theirs, what is in use is locked, and what has another name or mode was not made here.
fn remove_unused(base: &Path) {
    let entries = fs::read_dir(base).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_name(&entry.file_name().to_string_lossy())) {
        let path = entry.path();
        if let Ok(Some(_lock)) = unused(&path) {
            // What cannot be removed now is tried again the next time.
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// The folder's lock, where nobody holds it and the folder is ours.
fn unused(path: &Path) -> io::Result<Option<File>> {
    let metadata = fs::symlink_metadata(path)?;
    let is_ours = metadata.uid() == keybaton_files::me() && metadata.mode() & 0o7777 == 0o700;
    if !metadata.is_dir() || !is_ours {
        return Ok(None);
    }
    let folder = open(path)?;
    let is_free = folder.try_lock().is_ok() && is_same(&folder.metadata()?, &metadata);
    Ok(is_free.then_some(folder))
}

fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::DIRECTORY | OFlags::NOFOLLOW).bits();
    OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

fn name() -> String {
    let mut chance = [0; 8];
    random::fill(&mut chance);
    format!("{BEGINNING}{:016x}", u64::from_ne_bytes(chance))
}

fn is_name(name: &str) -> bool {
    let chance = name.strip_prefix(BEGINNING).unwrap_or_default();
    chance.len() == 16 && chance.bytes().all(|byte| byte.is_ascii_hexdigit())
}

const BEGINNING: &str = "keybaton-watch-";
const STICKY: u32 = 0o1000;
const ATTEMPTS: usize = 5;
