//! Putting new content in the place of old, or of none.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use crate::content::read_bounded;
use crate::current::{changed, mounted, open_replaceable, removed};
use crate::error::shown;
use crate::system::Attributes;
use crate::temporary::Temporary;
use crate::{FileError, FileErrorKind, Limits, Lock, Place};

/// What a file shall hold, and what it held when that was decided.
pub struct Change<'a> {
    /// The new content.
    pub new: &'a [u8],
    /// The content it was made from; `None` when there was no file.
    pub over: Option<&'a [u8]>,
    /// Who may read the file if it is made now. An existing file keeps its mode.
    pub audience: Audience<'a>,
}

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// Its owner alone (0600).
    Owner,
    /// Whoever may read the file of this name in the same folder, or the one there that a link of this name leads to; where
    /// there is none, the owner alone.
    Like(&'a OsStr),
    /// Whom the process's umask allows, as for any source file.
    Anybody,
}

/// Puts `change.new` at `place`, whose folder `lock` holds, at once and for good.
///
/// The new file has the old one's mode, owner, group and access list exactly; where that cannot be had, or where the file
/// cannot be replaced at all, nothing is written. It has its other extended attributes where the system lets us set them.
/// The old content is compared with `change.over` at the beginning and again just before the exchange: a program that
/// does not know the lock is noticed too.
///
/// A file with a second hard link is refused, for the second name would silently keep the old content.
pub fn replace(place: &Place, change: &Change<'_>, lock: &Lock) -> Result<(), FileError> {
    let writer = Writer { place, change, lock };
    let attributes = writer.look()?;
    let temporary = writer.prepare(attributes.as_ref())?;
    writer.exchange(temporary, attributes.as_ref())?;
    lock.folder.sync().map_err(|error| writer.not_durable(error))
}

struct Writer<'a> {
    place: &'a Place,
    change: &'a Change<'a>,
    lock: &'a Lock,
}

impl<'a> Writer<'a> {
    /// What the old file is like, after making sure that it can be replaced and holds what the caller thinks.
    fn look(&self) -> Result<Option<Attributes>, FileError> {
        match (open_replaceable(self.place, self.lock)?, self.change.over) {
            (None, None) => Ok(None),
            (Some(old), Some(over)) if self.holds(&old, over)? => {
                Attributes::of(&old).map(Some).map_err(|error| self.failed(error))
            }
            _ => Err(changed(self.place)),
        }
    }

    fn holds(&self, old: &File, over: &[u8]) -> Result<bool, FileError> {
        let limits = Limits { bytes: over.len(), silence: Duration::ZERO };
        match read_bounded(old, &self.place.path(), limits, over.len()) {
            Ok(content) => Ok(content.expose() == over),
            Err(error) if error.kind() == FileErrorKind::TooLarge => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes the new file beside the old one. Its mode and owner come first: no secret is ever in a file that is
    /// wider open than the old one.
    fn prepare(&self, before: Option<&Attributes>) -> Result<Temporary<'a>, FileError> {
        let sibling = if before.is_none() { self.sibling()? } else { None };
        let model = before.or(sibling.as_ref());
        let is_open = model.is_none() && self.change.audience == Audience::Anybody;
        let mut temporary =
            Temporary::create(&self.lock.folder, is_open).map_err(|error| self.failed(error))?;
        if let Some(attributes) = model {
            attributes.give_to(&temporary.file).map_err(|error| self.not_kept(error))?;
        }
        temporary
            .file
            .write_all(self.change.new)
            .and_then(|()| temporary.file.sync_all())
            .map_err(|error| self.failed(error))?;
        Ok(temporary)
    }

    /// The attributes that a new file shall share with the one beside it.
    fn sibling(&self) -> Result<Option<Attributes>, FileError> {
        let Audience::Like(name) = self.change.audience else { return Ok(None) };
        let sibling = Place::find(&self.place.beside(name).path())?;
        let file = open_replaceable(&sibling, self.lock)?;
        file.map(|file| Attributes::of(&file).map_err(|error| self.failed(error))).transpose()
    }

    /// Looks a second time, then lets the new file take the old one's place.
    fn exchange(&self, temporary: Temporary<'_>, before: Option<&Attributes>) -> Result<(), FileError> {
        if self.look()?.as_ref() != before {
            return Err(changed(self.place));
        }
        let outcome = match self.change.over {
            Some(_) => temporary.put_over(self.place.name()),
            None => temporary.put_new(self.place.name()),
        };
        outcome.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => changed(self.place),
            io::ErrorKind::ResourceBusy => mounted(self.place),
            io::ErrorKind::NotFound => removed(self.place),
            _ => self.failed(error),
        })
    }

    fn failed(&self, error: io::Error) -> FileError {
        FileError::from_io("write", &self.place.path(), error)
    }

    fn not_kept(&self, error: io::Error) -> FileError {
        let path = shown(&self.place.path());
        let sentence = format!("cannot write {path}: its owner, group and access list could not be kept");
        FileError::from_io("write", &self.place.path(), error)
            .because(sentence)
            .of_kind(FileErrorKind::Denied)
            .with_hint(format!("run it as the owner of {path}, or as root"))
    }

    fn not_durable(&self, error: io::Error) -> FileError {
        let path = self.place.path();
        let sentence = format!("{} was written, but its folder could not be flushed to disk", shown(&path));
        FileError::from_io("flush", &path, error)
            .because(sentence)
            .of_kind(FileErrorKind::Uncertain)
            .with_hint("read it again before you rely on it, and look at the disk")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    #[test]
    fn content_that_comes_while_we_write_is_noticed_at_the_last_moment() {
        must_be_a_conflict(|path| fs::write(path, "A=1\nB=1\n").unwrap());
    }

    #[test]
    fn a_mode_that_changes_while_we_write_is_noticed_too() {
        must_be_a_conflict(|path| fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap());
    }

    #[test]
    fn a_new_file_that_is_removed_before_it_is_in_its_place_is_told() {
        let told = must_be_a_conflict(|path| {
            let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
            files.filter(|file| file != path).for_each(|file| fs::remove_file(file).unwrap());
        });
        assert!(
            told.ends_with("/.env was removed meanwhile, or the new file that should take its place"),
            "{told}"
        );
    }

    fn must_be_a_conflict(meanwhile: fn(&Path)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::find(&folder.path().join(".env")).unwrap();
        fs::write(place.path(), "A=1\n").unwrap();
        let lock = place.lock(Duration::ZERO).unwrap();
        let change = Change { new: b"A=2\n", over: Some(b"A=1\n"), audience: Audience::Owner };
        let writer = Writer { place: &place, change: &change, lock: &lock };

        let attributes = writer.look().unwrap();
        let temporary = writer.prepare(attributes.as_ref()).unwrap();
        meanwhile(&place.path());
        let before = fs::read(place.path()).unwrap();

        let error = writer.exchange(temporary, attributes.as_ref()).unwrap_err();
        assert_eq!(error.kind(), FileErrorKind::Conflict);
        assert_eq!(fs::read(place.path()).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        error.to_string()
    }
}
