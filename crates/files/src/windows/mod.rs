//! Everything that only Windows has, and what it lacks.
//!
//! Owners and access lists are not read: a new file is for whom its folder says, and a replaced one hands on what it had.

mod folder;

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use keybaton_core::shell::quoted;
use winsafe::co::RRF;
use winsafe::{HKEY, RegistryValue};

pub(crate) use folder::Folder;

use crate::own::OwnFolder;

/// Who may do what with a file: handed on by the replacement itself, so nothing of it is kept here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attributes {
    is_read_only: bool,
}

impl Attributes {
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        Ok(Self { is_read_only: file.metadata()?.permissions().readonly() })
    }

    pub(crate) fn give_to(&self, _file: &File) -> io::Result<()> {
        Ok(())
    }
}

/// Opens for reading; a folder too, so that it can be told from a file.
pub(crate) fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.read(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    patiently(|| how.open(path))
}

/// The same, but a link is refused.
pub(crate) fn open_without_following(path: &Path) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.read(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT);
    let file = patiently(|| how.open(path))?;
    match file.metadata()?.is_symlink() {
        true => Err(io::Error::from_raw_os_error(LINK)),
        false => Ok(file),
    }
}

/// A file can always be read.
pub(crate) fn wait_until_readable(_file: &File, _patience: Duration) -> io::Result<bool> {
    Ok(true)
}

/// Makes a folder, and the missing ones above it: in the user's profile they are the user's alone.
pub(crate) fn create_private_folders(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// The folder that all processes of this user share. `LOCALAPPDATA` and `USERPROFILE` are what whoever started a process
/// says, so the registry of the user is asked, which is one wherever the user is logged in.
pub(crate) fn own_folders() -> Vec<OwnFolder> {
    let told = |(key, name)| HKEY::CURRENT_USER.RegGetValue(Some(key), Some(name), RRF::RT_REG_SZ).ok();
    let local = LOCAL_FOLDERS.into_iter().find_map(told);
    let Some(RegistryValue::Sz(local)) = local else { return Vec::new() };
    vec![OwnFolder::Made(Path::new(&local).join(r"keybaton\locks"))]
}

pub(crate) fn is_pipe(_metadata: &Metadata) -> bool {
    false
}

pub(crate) fn is_socket(_metadata: &Metadata) -> bool {
    false
}

/// Links can only be made by administrators and developers.
pub(crate) fn is_ours(_metadata: &Metadata) -> bool {
    true
}

/// Who may read it is what its folder says, which is not read.
pub(crate) fn is_open_to_others(_metadata: &Metadata) -> bool {
    false
}

/// In the user's profile folders are the user's alone.
pub(crate) fn close_to_others(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// How many names the file has: more than one is very rare here, and is not looked for.
pub(crate) fn names_of(_metadata: &Metadata) -> u64 {
    1
}

/// Whether a file was not opened because its name is a symbolic link.
pub(crate) fn means_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(LINK)
}

pub(crate) fn means_no_locks(_error: &io::Error) -> bool {
    false
}

/// Whether another program has the file open, and lets nobody else have it meanwhile.
pub(crate) fn is_open_elsewhere(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(SHARING_VIOLATION | LOCK_VIOLATION | UNABLE_TO_REMOVE_REPLACED))
}

/// The command that shows who may do what with a path.
pub(crate) fn shows_rights(path: &str) -> String {
    format!("icacls {}", quoted(path))
}

/// How to find the program that holds a folder's lock.
pub(crate) fn shows_holder(_folder: &str) -> String {
    "the Task Manager shows whether another keybaton runs".to_owned()
}

/// A number for the owner of a file. Owners are not read here, so that all are one; but what lies beside the folders of
/// a drive could be anybody's.
pub fn owner(path: &Path) -> io::Result<u32> {
    fs::metadata(path)?;
    Ok(u32::from(path.parent().is_none()))
}

/// The number of the user who runs this.
#[must_use]
pub fn me() -> u32 {
    0
}

/// The permission bits of a file, where the system has such.
#[must_use]
pub fn mode(_metadata: &Metadata) -> u32 {
    0
}

/// The path without links, from the drive on.
pub fn whole(path: &Path) -> io::Result<PathBuf> {
    let whole = fs::canonicalize(path)?;
    let drive = whole.to_str().and_then(|text| text.strip_prefix(r"\\?\"));
    Ok(drive.filter(|text| text.as_bytes().get(1) == Some(&b':')).map_or(whole.clone(), PathBuf::from))
}

/// Virus scanners and search indexers open each new file for a moment.
fn patiently<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Err(error) if is_open_elsewhere(&error) && Instant::now() < end => {
                thread::sleep(BETWEEN_TRIES);
            }
            outcome => return outcome,
        }
    }
}

/// Where the registry has a user's folder for what stays on this machine, without variables in its name: the second is there
/// since the user logged in.
const LOCAL_FOLDERS: [(&str, &str); 2] = [
    (r"Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders", "Local AppData"),
    ("Volatile Environment", "LOCALAPPDATA"),
];

const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;

// The system's numbers of errors.
const SHARING_VIOLATION: i32 = 32;
const LOCK_VIOLATION: i32 = 33;
const UNABLE_TO_REMOVE_REPLACED: i32 = 1175;
/// CANT_RESOLVE_FILENAME.
const LINK: i32 = 1921;
