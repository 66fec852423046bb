//! What the stores on this machine have in common.

use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_files::Limits;

use crate::{StoreError, StoreErrorKind, StoreUrl};

/// The path that the URL of a store on this machine names, relative to the base folder.
///
/// # Errors
/// [`StoreErrorKind::Malformed`] where it names none.
pub fn path_of(url: &StoreUrl, base: &Path) -> Result<PathBuf, StoreError> {
    let (scheme, rest) = (url.scheme(), url.rest());
    if rest.is_empty() {
        let sentence = format!("{scheme}: names no path");
        return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint(format!("write for example {}", url.kind().example)));
    }
    let rest = if rest.starts_with("///") { &rest[2..] } else { rest };
    if base == Path::new(".") {
        return Ok(rest.into());
    }
    Ok(base.join(rest))
}

/// Whether something else than a folder is there. It is looked at once: meanwhile somebody else may make the folder.
pub(crate) fn is_no_folder(path: &Path) -> bool {
    path.metadata().is_ok_and(|facts| !facts.is_dir())
}

/// Somebody else wrote after the store was read.
pub(crate) fn conflict(path: &Path) -> StoreError {
    let sentence = format!("{} was changed by another program meanwhile", path.display());
    StoreError::new(StoreErrorKind::Conflict, sentence).hint("nothing was written; run it again")
}

/// Refuses what would be too large to be read again.
pub(crate) fn must_be_readable(path: &Path, size: usize) -> Result<(), StoreError> {
    let most = Limits::default().bytes;
    if size <= most {
        return Ok(());
    }
    let path = path.display();
    let sentence =
        format!("cannot write {path}: it would be larger than {most} bytes, which nothing here reads");
    Err(StoreError::new(StoreErrorKind::TooLarge, sentence)
        .hint("nothing was written; take out of it what is neither key nor setting"))
}

/// How long another writer is waited for: a write takes milliseconds, unless it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
