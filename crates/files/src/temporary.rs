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

/// A name that nobody can guess, of the kind that the next writer removes.
fn unguessable_name() -> io::Result<String> {
    Ok(format!("{BEGINNING}{:016x}{END}", chance()?))
}

/// The name under which a file steps aside for a new one: it tells whose it is, so that it finds back after a crash.
#[cfg(any(windows, test))]
pub(crate) fn name_aside(of: &str) -> io::Result<String> {
    Ok(format!("{BEGINNING}{:016x}-{of}{END}", chance()?))
}

fn chance() -> io::Result<u64> {
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(io::Error::other)?;
    Ok(u64::from_ne_bytes(chance))
}

/// Removes what crashed writers left, and brings back a file that had stepped aside for one that never came. The lock is
/// held, so none of these files is in use.
pub(crate) fn tidy(folder: &Folder) -> io::Result<()> {
    for name in folder.names()? {
        let is_left = match Leftover::called(&name) {
            None => false,
            Some(Leftover::Unfinished) => true,
            // Where there is none of its name, this is the only copy.
            Some(Leftover::Aside(of)) => is_there(folder.rename_new(&name, OsStr::new(of))),
        };
        if is_left {
            // Another user's leftover stays: it is theirs to remove.
            let _ = folder.remove(&name);
        }
    }
    Ok(())
}

fn is_there(brought_back: io::Result<()>) -> bool {
    brought_back.is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists)
}

/// What a file is that a crashed writer left, by its name.
enum Leftover<'a> {
    /// One that should have taken another one's place.
    Unfinished,
    /// The one of this name, which had stepped aside.
    Aside(&'a str),
}

impl<'a> Leftover<'a> {
    fn called(name: &'a OsStr) -> Option<Self> {
        let middle = name.to_str()?.strip_prefix(BEGINNING)?.strip_suffix(END)?;
        let (chance, rest) = middle.split_at_checked(16)?;
        if !chance.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match rest.strip_prefix('-') {
            None => rest.is_empty().then_some(Self::Unfinished),
            Some(of) => (!of.is_empty()).then_some(Self::Aside(of)),
        }
    }
}

const BEGINNING: &str = ".keybaton-";
const END: &str = ".tmp";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_aside_tells_whose_it_is_and_fits_what_git_ignores() {
        for of in [".env", "SECRET_KEY", "-"] {
            let name = name_aside(of).unwrap();
            assert!(matches!(Leftover::called(OsStr::new(&name)), Some(Leftover::Aside(told)) if told == of));
            let (beginning, end) = TEMPORARY_FILES.split_once('*').unwrap();
            assert!(name.starts_with(beginning) && name.ends_with(end));
        }
        let name = unguessable_name().unwrap();
        assert!(matches!(Leftover::called(OsStr::new(&name)), Some(Leftover::Unfinished)));
        for other in
            [".keybaton-lock.tmp", ".keybaton-0123456789abcdef-.tmp", ".keybaton-0123456789abcdefx.tmp"]
        {
            assert!(Leftover::called(OsStr::new(other)).is_none(), "{other}");
        }
    }
}
