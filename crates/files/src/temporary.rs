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

/// The names of temporary files, for a `.gitignore`: one may be left behind by a power cut, until a later write.
pub const TEMPORARY_FILES: &str = ".keybaton-*.tmp";

impl<'a> Temporary<'a> {
    /// Makes an empty one with a name that nobody can guess: open to whom the umask allows, or to its owner alone.
    pub(crate) fn create(folder: &'a Folder, is_open: bool) -> io::Result<Self> {
        let name = unguessable_name(folder)?;
        let file = folder.create(OsStr::new(&name), is_open)?;
        Ok(Self { file, entry: Entry { folder, name: Some(name) } })
    }

    /// Puts it over the file called `name`.
    pub(crate) fn put_over(self, name: &OsStr) -> io::Result<()> {
        let mut entry = self.closed();
        let outcome = entry.moved(|folder, own| folder.rename_over(own, name));
        if outcome.is_err() && entry.has_aside(name) {
            // The old file found no way back: that ours stands beside it tells the next writer so.
            entry.name = None;
        }
        outcome
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
    fn moved(&mut self, rename: impl FnOnce(&Folder, &OsStr) -> io::Result<()>) -> io::Result<()> {
        rename(self.folder, OsStr::new(self.name.as_deref().unwrap_or_default()))?;
        self.name = None;
        Ok(())
    }

    /// Whether the file called `of` has stepped aside for this one.
    fn has_aside(&self, of: &OsStr) -> bool {
        let (Some(own), Some(of)) = (&self.name, of.to_str()) else { return false };
        self.folder.written_at(OsStr::new(&name_aside(own, of))).is_some()
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

/// A name that nobody can guess, of the kind that a later writer removes. Where the folder knows who shares its lock, the name
/// tells it too.
pub(crate) fn unguessable_name(folder: &Folder) -> io::Result<String> {
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(io::Error::other)?;
    let circle = folder.circle().map(|circle| format!("{circle:08x}")).unwrap_or_default();
    Ok(format!("{BEGINNING}{:016x}{circle}{END}", u64::from_ne_bytes(chance)))
}

/// The name under which the file called `of` steps aside for the one called `own`: it tells both, so that it finds back
/// after a crash, and only then.
pub(crate) fn name_aside(own: &str, of: &str) -> String {
    format!("{}-{of}{END}", own.strip_suffix(END).unwrap_or(own))
}

pub(crate) const BEGINNING: &str = ".keybaton-";
pub(crate) const END: &str = ".tmp";
