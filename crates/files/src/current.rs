//! The file as it stands, for those who are about to replace it.

use std::fs::File;
use std::io;

use crate::content::{not_a_file, read_bounded};
use crate::error::shown;
use crate::{Content, FileError, FileErrorKind, Limits, Lock, Place, system};

impl Lock {
    /// Reads a file that is going to be replaced; `None` when there is none.
    ///
    /// What [`crate::replace`] would refuse is refused here already: a pipe, a file mounted by itself, one with a second
    /// hard link, one outside of the locked folder.
    pub fn read(&self, place: &Place, limits: Limits) -> Result<Option<Content>, FileError> {
        let Some(file) = open_replaceable(place, self)? else { return Ok(None) };
        let path = place.path();
        let metadata = file.metadata().map_err(|error| FileError::from_io("read", &path, error))?;
        let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        read_bounded(&file, &path, limits, size).map(Some)
    }
}

/// Opens the file at `place`, if there is one, after making sure that it can be replaced.
pub(crate) fn open_replaceable(place: &Place, lock: &Lock) -> Result<Option<File>, FileError> {
    if !lock.folder.stands_at(place.folder()) {
        return Err(leads_out(place, lock));
    }
    let file = match lock.folder.open_file(place.name()) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if system::means_link(&error) => return Err(changed(place)),
        Err(error) => return Err(FileError::from_io("read", &place.path(), error)),
    };
    must_be_a_file(place, &file)?;
    if lock.folder.is_on_other_mount(&file) {
        return Err(mounted(place));
    }
    Ok(Some(file))
}

fn must_be_a_file(place: &Place, file: &File) -> Result<(), FileError> {
    let path = place.path();
    let metadata = file.metadata().map_err(|error| FileError::from_io("look at", &path, error))?;
    if system::is_pipe(&metadata) {
        return Err(not_a_file(&path, "a pipe")
            .with_hint("a pipe can be read; to write, name the file or vault that fills it"));
    }
    if !metadata.is_file() {
        return Err(not_a_file(&path, if metadata.is_dir() { "a folder" } else { "a device" }));
    }
    if system::names_of(&metadata) > 1 {
        let sentence = format!("{} has a second name, which would keep the old content", shown(&path));
        return Err(FileError::new(FileErrorKind::HardLink, sentence)
            .with_hint("make the other name a symbolic link, or remove it"));
    }
    Ok(())
}

/// Somebody wrote between our reading and our writing.
pub(crate) fn changed(place: &Place) -> FileError {
    let sentence = format!("{} was changed by another program meanwhile", shown(&place.path()));
    FileError::new(FileErrorKind::Conflict, sentence).with_hint("nothing was written; run it again")
}

/// Where locks are not shared, another writer can take a new file that is a minute old for a crashed writer's.
pub(crate) fn removed(place: &Place) -> FileError {
    let path = shown(&place.path());
    let sentence = format!("{path} was removed meanwhile, or the new file that should take its place");
    FileError::new(FileErrorKind::Conflict, sentence).with_hint("nothing was written; run it again")
}

pub(crate) fn mounted(place: &Place) -> FileError {
    let sentence = format!("{} is mounted as a single file, which cannot be replaced", shown(&place.path()));
    FileError::new(FileErrorKind::MountedFile, sentence)
        .with_hint("mount the folder it stands in, or write where the file is made")
}

fn leads_out(place: &Place, lock: &Lock) -> FileError {
    let sentence = format!(
        "{} leads out of {}, which is the folder that is locked",
        shown(&place.path()),
        shown(lock.folder())
    );
    FileError::new(FileErrorKind::ForeignLink, sentence).with_hint("put the file itself into the folder")
}
