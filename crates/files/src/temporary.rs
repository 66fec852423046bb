//! The new file while it is not yet in its place.

use std::ffi::OsStr;
use std::fs::File;
use std::io;

use crate::system::Folder;

/// A file beside the one that it will replace. Dropped before that, it is removed.
pub(crate) struct Temporary<'a> {
    pub(crate) file: File,
    entry: Entry<'a>,
}

/// The name of such a file in its folder, as long as it has one.
struct Entry<'a> {
    folder: &'a Folder,
    name: Option<String>,
}

/// The names of temporary files, for a `.gitignore`: one may be left behind by a power cut, until the next write.
pub const TEMPORARY_FILES: &str = ".keybaton-*.tmp";

impl<'a> Temporary<'a> {
    /// Makes an empty one with a name that nobody can guess: open to whom the umask allows, or to its owner alone.
    pub(crate) fn create(folder: &'a Folder, is_open: bool) -> io::Result<Self> {
        let name = unguessable_name()?;
        let file = folder.create(OsStr::new(&name), is_open)?;
        Ok(Self { file, entry: Entry { folder, name: Some(name) } })
    }

    /// Puts it over the file called `name`.
    pub(crate) fn put_over(self, name: &OsStr) -> io::Result<()> {
        self.closed().moved(|folder, own| folder.rename_over(own, name))
    }

    /// Puts it where no file is. One that has come meanwhile is left alone, and this fails with `AlreadyExists`.
    pub(crate) fn put_new(self, name: &OsStr) -> io::Result<()> {
        self.closed().moved(|folder, own| folder.rename_new(own, name))
    }

    /// Windows moves no file that is open.
    fn closed(self) -> Entry<'a> {
        self.entry
    }
}

impl Entry<'_> {
    fn moved(mut self, rename: impl FnOnce(&Folder, &OsStr) -> io::Result<()>) -> io::Result<()> {
        rename(self.folder, OsStr::new(self.name.as_deref().unwrap_or_default()))?;
        self.name = None;
        Ok(())
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // Nothing can be done about a failure here; the next write tries again.
            let _ = self.folder.remove(OsStr::new(name));
        }
    }
}

/// A name that nobody can guess, of the kind that the next write removes.
pub(crate) fn unguessable_name() -> io::Result<String> {
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(io::Error::other)?;
    Ok(format!("{BEGINNING}{:016x}{END}", u64::from_ne_bytes(chance)))
}

/// Removes what crashed writers left. The lock is held, so none of these files is in use.
pub(crate) fn remove_stale(folder: &Folder) -> io::Result<()> {
    for name in folder.names()? {
        if is_ours(&name) {
            // Another user's leftover stays: it is theirs to remove.
            let _ = folder.remove(&name);
        }
    }
    Ok(())
}

fn is_ours(name: &OsStr) -> bool {
    name.to_str()
        .and_then(|name| name.strip_prefix(BEGINNING)?.strip_suffix(END))
        .is_some_and(|middle| middle.len() == 16 && middle.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

const BEGINNING: &str = ".keybaton-";
const END: &str = ".tmp";
