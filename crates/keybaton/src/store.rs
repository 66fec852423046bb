//! Opening the store of a place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keybaton_core::shell::quoted;
use keybaton_core::{Reading, RingName, Texts};
use keybaton_stores::{Held, Settings, Store, StoreError, StoreErrorKind, StoreUrl, path_of};

use crate::allowed::Allowed;
use crate::configuration::{Located, Place};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::leftover;
use crate::serving::duplicate;

/// A store's URL, where it makes sense.
pub(crate) fn url(at: &Located) -> Result<StoreUrl, Failure> {
    StoreUrl::parse(&at.url).map_err(|error| Failure::of_store(error).exiting(Exit::Configuration))
}

pub(crate) fn open(at: &Located, ring: &RingName, allowed: Allowed) -> Result<Box<dyn Store>, Failure> {
    keybaton_stores::open(&url(at)?, ring, &settings(at, allowed)).map_err(Failure::of_store)
}

fn settings(at: &Located, allowed: Allowed) -> Settings<'_> {
    let Allowed { create: may_create, reshape: may_reshape, adopt_owner } = allowed;
    let settings = Settings::new(base(at), Arc::new(|name| std::env::var_os(name)));
    Settings { adopt_owner, may_create, may_reshape, ..settings }
}

/// In the working folder, messages name files without it.
pub(crate) fn base(at: &Located) -> &Path {
    match std::env::current_dir() {
        Ok(here) if here == at.folder => Path::new("."),
        _ => &at.folder,
    }
}

/// The URL as it is understood in every folder.
pub(crate) fn from_anywhere(at: &Located) -> Result<String, Failure> {
    let url = url(at)?;
    if !url.kind().is_of_files() || url.rest().is_empty() {
        return Ok(at.url.clone());
    }
    let path = path_of(&url, &at.folder).map_err(Failure::of_store)?;
    Ok(format!("{}:{}", url.scheme(), path.display()))
}

/// The URL as it is understood in this folder.
pub(crate) fn seen_from(at: &Located, folder: &Path) -> Result<String, Failure> {
    if at.folder == folder { url(at).map(|_| at.url.clone()) } else { from_anywhere(at) }
}

/// The URL as one types it in the working folder.
pub(crate) fn typed_here(at: &Located) -> String {
    quoted(&match std::env::current_dir() {
        Ok(here) if here == at.folder => at.url.clone(),
        _ => from_anywhere(at).unwrap_or_else(|_| at.url.clone()),
    })
}

/// The files that hold the keys, where the store is made of files: they are kept out of source control.
pub(crate) fn files(at: &Located) -> Result<Vec<PathBuf>, Failure> {
    let url = url(at)?;
    if !url.kind().is_of_files() || url.rest().is_empty() {
        return Ok(Vec::new());
    }
    let path = path_of(&url, &at.folder).map_err(Failure::of_store)?;
    let beside = (url.scheme() == "file").then(|| PathBuf::from(format!("{}.fallbacks", path.display())));
    Ok([path].into_iter().chain(beside).collect())
}

/// Whether two URLs name one store.
pub(crate) fn are_one(one: &Located, other: &Located) -> Result<bool, Failure> {
    let (files_of_one, files_of_other) = (files(one)?, files(other)?);
    let is_one = if files_of_one.is_empty() { one.url == other.url } else { files_of_one == files_of_other };
    Ok(is_one && url(one)?.scheme() == url(other)?.scheme())
}

/// What the store holds of the ring, which may be nothing.
pub(crate) fn read(place: &Place) -> Result<Texts, Failure> {
    must_be_readable(&place.store)?;
    texts(&place.store, &place.ring).map_err(Failure::of_store)
}

/// The same, with an error that says what kind it is of.
///
/// Texts that were taken one after another, on two sides of a write, look as if they had been edited by hand: then it
/// looks once more.
pub(crate) fn texts(at: &Located, ring: &RingName) -> Result<Texts, StoreError> {
    let url = StoreUrl::parse(&at.url)?;
    let store = keybaton_stores::open(&url, ring, &settings(at, Allowed::default()))?;
    let texts = texts_of(&*store)?;
    let seems_edited = || matches!(keybaton_core::read(duplicate(&texts)), Reading::Edited(_));
    if !url.is_atomic() && seems_edited() {
        return texts_of(&*store);
    }
    Ok(texts)
}

fn texts_of(store: &dyn Store) -> Result<Texts, StoreError> {
    match store.read()? {
        Held::Texts(texts, _) => Ok(texts),
        Held::Absent => Ok(Texts::default()),
        Held::Sealed { .. } => Err(StoreError::new(
            StoreErrorKind::Unsupported,
            format!("{store:?} gives its keys to nobody who asks"),
        )
        .hint("name a store that can be read")),
    }
}

/// A ring lives where it can be read, which is known before anything is asked.
pub(crate) fn must_be_readable(at: &Located) -> Result<(), Failure> {
    if url(at)?.kind().can.read_back { Ok(()) } else { Err(sealed(at)) }
}

/// Nobody can read there what a ring is made of.
pub(crate) fn sealed(at: &Located) -> Failure {
    let url = &at.url;
    Failure::new(Exit::Configuration, format!("{url} gives its keys to nobody who asks, so no ring can live there"))
        .hint(format!(
            "name a store that can be read, and this one beside it: mirrors = [\"{url}\"]; or fill it: keybaton copy FROM {}",
            quoted(url)
        ))
}

/// There is nothing to start a program with.
pub(crate) fn no_key(place: &Place) -> Failure {
    let Place { ring, store, .. } = place;
    let hint = leftover::hint(place).unwrap_or_else(|| format!("`{}` makes one", place.again("init")));
    Failure::new(Exit::Store, format!("there is no key {ring} in {}", store.url)).hint(hint)
}
