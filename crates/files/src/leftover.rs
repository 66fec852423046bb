//! What crashed writers left, as it is told.

use std::ffi::{OsStr, OsString};
use std::fs::TryLockError;
use std::path::{Path, PathBuf};

use keybaton_core::shell::quoted;

use crate::error::shown;
use crate::system::Folder;
use crate::tidy::{Kind, found, is_there};

/// A file that a crashed writer left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The file.
    pub file: PathBuf,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a leftover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A later writer removes it, unless it is another user's.
    Goes,
    /// It is the file of this path, and the next writer puts it back.
    ComesBack(PathBuf),
    /// It was the file of this path, in whose place another has come: no writer goes on.
    Contested(PathBuf),
    /// It was the file of this path, and may be its only copy.
    Orphaned(PathBuf),
}

/// What crashed writers left in a folder; nothing while somebody writes there, whose files look the same.
#[must_use]
pub fn leftovers(folder: &Path) -> Vec<Leftover> {
    let Ok(opened) = Folder::open(folder) else { return Vec::new() };
    if found(&opened).is_empty() || matches!(opened.try_lock(), Err(TryLockError::WouldBlock)) {
        return Vec::new();
    }
    // Again, for a writer may have ended in between.
    let found = found(&opened);
    let mut found: Vec<_> = found
        .iter()
        .filter(|(name, _)| !is_awaited(name, &found))
        .map(|(name, kind)| Leftover { file: beside(folder, name), fate: fate(kind, &opened, folder) })
        .collect();
    found.sort_by(|a, b| a.file.cmp(&b.file));
    found
}

/// Whether another one has stepped aside for it: as long as both stand there, a writer knows that. Whoever took this one away
/// first would lose the other.
fn is_awaited(name: &OsStr, found: &[(OsString, Kind)]) -> bool {
    found.iter().any(|(_, kind)| matches!(kind, Kind::Aside { new, .. } if name == new.as_str()))
}

/// What the next writers make of it, sooner or later.
fn fate(kind: &Kind, folder: &Folder, path: &Path) -> Fate {
    let Kind::Aside { new, of } = kind else { return Fate::Goes };
    match (is_there(folder, new), is_there(folder, of)) {
        (true, false) => Fate::ComesBack(beside(path, of)),
        (true, true) => Fate::Contested(beside(path, of)),
        (false, true) => Fate::Goes,
        (false, false) => Fate::Orphaned(beside(path, of)),
    }
}

/// A file in a folder, without a dot before it.
fn beside(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
    if folder == Path::new(".") { name.as_ref().to_owned() } else { folder.join(name) }
}

impl Leftover {
    /// The same, with its paths as they are named from `root`.
    #[must_use]
    pub fn seen_from(self, root: &Path) -> Self {
        let seen = |path: PathBuf| path.strip_prefix(root).map(Path::to_owned).unwrap_or(path);
        let fate = match self.fate {
            Fate::Goes => Fate::Goes,
            Fate::ComesBack(of) => Fate::ComesBack(seen(of)),
            Fate::Contested(of) => Fate::Contested(seen(of)),
            Fate::Orphaned(of) => Fate::Orphaned(seen(of)),
        };
        Self { file: seen(self.file), fate }
    }

    /// What is to be known of it, in a sentence that calls it `it`.
    #[must_use]
    pub fn told(&self) -> String {
        match &self.fate {
            Fate::Goes => "a crash left it, and it may hold keys".to_owned(),
            Fate::ComesBack(of) => format!("a crash left {} under this name", shown(of)),
            Fate::Contested(of) => {
                format!("a crash left the old {} under this name, and another has come since", shown(of))
            }
            Fate::Orphaned(of) => format!("it was {}, and may be the only copy", shown(of)),
        }
    }

    /// What the user does about it.
    #[must_use]
    pub fn mend(&self) -> String {
        let file = quoted(&shown(&self.file));
        match &self.fate {
            Fate::Goes => format!("rm {file}"),
            Fate::ComesBack(of) => format!("mv {file} {}", quoted(&shown(of))),
            Fate::Contested(of) => format!("take over what {} lacks, then rm {file}", shown(of)),
            Fate::Orphaned(of) => {
                format!("mv {file} {} where it is missed, else rm {file}", quoted(&shown(of)))
            }
        }
    }
}
