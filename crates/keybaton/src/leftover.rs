//! What crashed writers left beside the files of a store.

use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_files::{Fate, Leftover, Lock, leftovers};
use keybaton_stores::path_of;

use crate::configuration::{Located, Place, shown};
use crate::failure::Failure;
use crate::opened::Opened;
use crate::store;

/// What lies beside the files of a store; nothing where it has none.
pub(crate) fn beside(at: &Located) -> Vec<Leftover> {
    found(at).map(|(_, leftovers)| leftovers).unwrap_or_default()
}

/// The same of a ring, wherever it lives.
pub(crate) fn of_ring(opened: &Opened) -> Vec<Leftover> {
    let places = [&opened.place.store].into_iter().chain(&opened.place.mirrors);
    let mut found: Vec<Leftover> = Vec::new();
    for leftover in places.flat_map(beside) {
        if !found.contains(&leftover) {
            found.push(leftover);
        }
    }
    found
}

/// The file of the store itself that a crash left under another name, from where the next writer puts it back.
pub(crate) fn aside(at: &Located) -> Option<Leftover> {
    let (path, leftovers) = found(at)?;
    leftovers.into_iter().find(|leftover| matches!(&leftover.fate, Fate::ComesBack(of) if is_of(&path, of)))
}

/// Where the file is that a store lacks because of a crash, and what brings it back.
pub(crate) fn hint(place: &Place) -> Option<String> {
    let Leftover { file, fate: Fate::ComesBack(of) } = aside(&place.store)? else { return None };
    let (of, file, init) = (shown(&of), shown(&file), place.again("init"));
    Some(format!("a crash left {of} as {file}: `{init}` puts it back"))
}

/// What the next writer beside the store would put back, in words.
pub(crate) fn coming_back(at: &Located) -> Vec<String> {
    let said = |leftover: Leftover| match leftover.fate {
        Fate::ComesBack(of) => {
            Some(format!("put back {}, which a crash had left as {}", shown(&of), shown(&leftover.file)))
        }
        _ => None,
    };
    beside(at).into_iter().filter_map(said).collect()
}

/// Does what a writer does about leftovers.
pub(crate) fn tidy(at: &Located) -> Result<(), Failure> {
    let Some((path, _)) = found(at) else { return Ok(()) };
    let lock = Lock::on_directory(&folder(&path), PATIENCE);
    lock.map(drop).map_err(|error| Failure::of_store(error.into()))
}

/// The store's path, as messages name it, and what lies in its folder; nothing where there is nothing.
fn found(at: &Located) -> Option<(PathBuf, Vec<Leftover>)> {
    let url = store::url(at).ok().filter(|url| url.kind().is_of_files() && !url.rest().is_empty())?;
    let path = path_of(&url, store::base(at)).ok()?;
    let path = keybaton_files::Place::find(&path).map_or(path, |place| place.path());
    let found = leftovers(&folder(&path));
    (!found.is_empty()).then_some((path, found))
}

/// The folder in which a store of files is written.
fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        _ if path.is_dir() => path.to_owned(),
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Whether a file is the store at a path, or one of the three that it is made of.
fn is_of(path: &Path, file: &Path) -> bool {
    let made = |end| Path::new(&format!("{}.{end}", path.display())) == file;
    file.starts_with(path) || made("fallbacks") || made("ring")
}

/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
