//! Reading and writing the files around a ring, which hold no secret that is ours.

use std::path::Path;
use std::time::Duration;

use keybaton_files::{Audience, Change, FileErrorKind, Limits};

use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;

/// What a file holds that need not be there.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, Failure> {
    let content = match keybaton_files::read(path, Limits::default()) {
        Err(error) if error.kind() == FileErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| Failure::of_file(Exit::Configuration, error))?,
    };
    let text = String::from_utf8(content.expose().to_vec());
    text.map(Some)
        .map_err(|_| Failure::new(Exit::Configuration, format!("{} is not UTF-8 text", shown(path))))
}

/// Writes a file over just what was read. One that is there keeps its mode; a new one is for everybody to read.
pub(crate) fn replace(path: &Path, old: Option<&[u8]>, new: &[u8]) -> Result<(), Failure> {
    let change = Change { new, over: old, audience: Audience::Anybody };
    let written = keybaton_files::Place::find(path).and_then(|place| {
        place.lock(PATIENCE).and_then(|lock| keybaton_files::replace(&place, &change, &lock))
    });
    written.map_err(|error| Failure::of_file(Exit::Configuration, error))
}

/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
