//! What can be wrong with a file.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use crate::system;

/// One sentence saying what and where, a hint saying what now, and a kind for the program.
///
/// Nothing of a file's content ever stands in it.
#[derive(Debug)]
pub struct FileError {
    kind: FileErrorKind,
    sentence: String,
    hint: Option<String>,
    source: Option<io::Error>,
}

/// What the caller does differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileErrorKind {
    /// There is no such file or folder: it may be created.
    NotFound,
    /// Somebody with more rights has to do it.
    Denied,
    /// Somebody else changed the file: read again, decide again.
    Conflict,
    /// It is a folder, a socket, a device, or a pipe that should be written.
    NotAFile,
    /// It is larger than what this reader takes.
    TooLarge,
    /// The file system is mounted read-only.
    ReadOnly,
    /// The disk, or the user's share of it, is full.
    NoSpace,
    /// Another process holds the lock for longer than we wait: try again.
    Locked,
    /// The file system knows no locks.
    NoLocks,
    /// The file is a mount of its own, which nothing can replace: mount its folder.
    MountedFile,
    /// A link that is not ours to follow.
    ForeignLink,
    /// The file has a second name, which would keep the old content.
    HardLink,
    /// A crash left an old file aside, and another one has come since: only the user can say which one counts.
    LeftAside,
    /// A pipe stayed silent.
    Silent,
    /// It was written, but may be gone after a power cut.
    Uncertain,
    /// Anything else; the source says what.
    Other,
}

impl FileError {
    /// What the caller does differently.
    #[must_use]
    pub fn kind(&self) -> FileErrorKind {
        self.kind
    }

    /// What the user does now.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The operating system's word on it, for whoever passes the sentence on under a kind of their own.
    #[must_use]
    pub fn into_cause(self) -> Option<io::Error> {
        self.source
    }

    pub(crate) fn new(kind: FileErrorKind, sentence: String) -> Self {
        Self { kind, sentence, hint: None, source: None }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn because(mut self, sentence: String) -> Self {
        self.sentence = sentence;
        self
    }

    pub(crate) fn of_kind(mut self, kind: FileErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What an operating system's error means for `path`; `doing` is a verb, as in "read".
    #[must_use]
    pub fn from_io(doing: &str, path: &Path, error: io::Error) -> Self {
        let (place, path) = (path, shown(path));
        if system::is_open_elsewhere(&error) {
            return Self::open_elsewhere(doing, &path);
        }
        let (kind, why, hint) = match error.kind() {
            io::ErrorKind::NotFound => return Self::missing(&path),
            io::ErrorKind::NotADirectory => {
                (FileErrorKind::NotAFile, ": part of its path is a file, not a folder", None)
            }
            io::ErrorKind::PermissionDenied => (
                FileErrorKind::Denied,
                ": permission denied",
                Some(format!("see `{}`", system::shows_rights(&shown(reachable(place))))),
            ),
            io::ErrorKind::ReadOnlyFilesystem => (
                FileErrorKind::ReadOnly,
                ": read-only file system",
                Some("mount it writable, or write where the file is made".to_owned()),
            ),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => (
                FileErrorKind::NoSpace,
                ": no space left on device",
                Some("nothing was changed; free some space and run it again".to_owned()),
            ),
            io::ErrorKind::IsADirectory => (FileErrorKind::NotAFile, ": it is a folder", None),
            _ => (FileErrorKind::Other, "", None),
        };
        Self { kind, sentence: format!("cannot {doing} {path}{why}"), hint, source: Some(error) }
    }

    fn open_elsewhere(doing: &str, path: &str) -> Self {
        let sentence = format!("cannot {doing} {path}: another program has it open, and keeps others away");
        Self::new(FileErrorKind::Locked, sentence).with_hint(
            "nothing was changed; close it there (an editor, a backup, a virus scanner) and run it again",
        )
    }

    fn missing(path: &str) -> Self {
        Self::new(FileErrorKind::NotFound, format!("there is no {path}"))
    }
}

/// The path itself, or the nearest folder above it that can be looked at: that one denies the rest.
fn reachable(path: &Path) -> &Path {
    let parents = path.ancestors().filter(|parent| !parent.as_os_str().is_empty());
    parents.into_iter().find(|parent| parent.symlink_metadata().is_ok()).unwrap_or(Path::new("."))
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

/// A path as it may stand in a message: a file name can hold line breaks and terminal commands.
pub(crate) fn shown(path: &Path) -> String {
    let mut text = String::new();
    for character in path.to_string_lossy().chars() {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_command_the_terminal() {
        assert_eq!(shown(Path::new("a\u{1b}[2J\nb")), r"a\u{1b}[2J\nb");
    }
}
