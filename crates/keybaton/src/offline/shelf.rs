//! Where copies stand: in the user's cache folder, each in a file that nobody else may read.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{RingName, Texts};
use keybaton_files::{
    Audience, Change, Content, FileError, FileErrorKind, Limits, Place, private_folder, read_private, replace,
};
use keybaton_stores::StoreUrl;

use super::copy::{self, Copy};
use super::server::server;

/// The place for the copy of one ring in one store.
#[derive(Debug)]
pub(super) struct Shelf {
    /// Nothing: this user has no folder for such files.
    file: Option<PathBuf>,
    store: String,
    ring: RingName,
    server: String,
}

impl Shelf {
    pub(super) fn of(store: &StoreUrl, ring: &RingName) -> Self {
        let home = std::env::home_dir();
        let url = store.to_string();
        Self {
            file: folder().map(|folder| folder.join(copy::name(&url, ring))),
            server: server(store.kind().chosen_by, |name| std::env::var_os(name), home.as_deref()),
            store: url,
            ring: ring.clone(),
        }
    }

    /// The copy; nothing where there is none of this ring and server.
    pub(super) fn look(&self) -> Result<Option<Copy>, FileError> {
        let Some(file) = &self.file else { return Ok(None) };
        Ok(read_private(file, LIMITS)?.and_then(|content| self.parse(content.expose())))
    }

    /// Puts there what was read, unless what stands there was read later. Whoever keeps one at the same moment has read the
    /// same store: that is no reason to wait.
    pub(super) fn keep(&self, copy: &Copy) -> Result<(), FileError> {
        match self.put(copy, |old| old.gives_way_to(copy)) {
            Err(error) if matches!(error.kind(), FileErrorKind::Locked | FileErrorKind::Conflict) => Ok(()),
            outcome => outcome,
        }
    }

    /// Leaves nothing of what was read until now, nor lets it be put back by somebody who has read it already. Whether there
    /// was something.
    pub(super) fn forget(&self, now: Timestamp) -> Result<bool, FileError> {
        let had = self.has_key();
        self.put(&Copy { read: now, until: now + REMEMBERED, texts: Texts::default() }, |_| true)?;
        Ok(had)
    }

    /// Removes a copy that nobody wants any more. What was forgotten stays so.
    pub(super) fn clear(&self) -> Result<(), FileError> {
        match &self.file {
            Some(file) if self.has_key() => remove(file),
            _ => Ok(()),
        }
    }

    fn has_key(&self) -> bool {
        self.look().is_ok_and(|copy| copy.is_some_and(|copy| copy.has_key()))
    }

    fn parse(&self, text: &[u8]) -> Option<Copy> {
        Copy::parse(text, &self.store, &self.ring, &self.server)
    }

    /// `over`: whether this copy is written over.
    fn put(&self, copy: &Copy, over: impl Fn(&Copy) -> bool) -> Result<(), FileError> {
        let text = copy.text(&self.store, &self.ring, &self.server);
        let (Some(file), Some(text)) = (&self.file, text) else { return Ok(()) };
        private_folder(file.parent().unwrap_or(file))?;
        let place = Place::find(file)?;
        let lock = place.lock(PATIENCE)?;
        let old = lock.read(&place, LIMITS)?;
        let old = old.as_ref().map(Content::expose);
        if old.and_then(|old| self.parse(old)).is_some_and(|old| !over(&old)) {
            return Ok(());
        }
        replace(&place, &Change { new: &text, over: old, audience: Audience::Owner }, &lock)
    }
}

/// Removes the copies of whatever ring and store of which this is so. What cannot be read is left.
pub(super) fn sweep(is_over: impl Fn(&Copy) -> bool) -> usize {
    let files = folder().and_then(|folder| fs::read_dir(folder).ok());
    let files = files.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let is_over = |file: &PathBuf| {
        let kept = read_private(file, LIMITS).ok().flatten();
        kept.and_then(|kept| Copy::of_anything(kept.expose())).is_some_and(|copy| is_over(&copy))
    };
    files.filter(is_over).filter(|file| remove(file).is_ok()).count()
}

fn remove(file: &Path) -> Result<(), FileError> {
    match fs::remove_file(file) {
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(FileError::from_io("remove", file, error))
        }
        _ => Ok(()),
    }
}

fn folder() -> Option<PathBuf> {
    cache(std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from), std::env::home_dir())
}

/// A folder that is not absolute would be another one in each working folder.
fn cache(chosen: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let chosen = chosen.filter(|folder| folder.is_absolute());
    let usual = home.filter(|home| home.is_absolute()).map(|home| home.join(".cache"));
    Some(chosen.or(usual)?.join("keybaton").join("rings"))
}

/// 24 keys of a thousand characters, a record, and room besides.
const LIMITS: Limits = Limits { bytes: 256 * 1024, silence: Duration::ZERO };

const PATIENCE: Duration = Duration::from_millis(500);

/// For how long nobody puts back what was forgotten: longer than anybody waits for a store.
const REMEMBERED: Span = Span::days(1);

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use keybaton_core::SecretText;

    use super::*;

    fn shelf(file: &Path) -> Shelf {
        let (store, server) = ("vault://a/b".to_owned(), "s".to_owned());
        Shelf { file: Some(file.to_owned()), store, ring: RingName::default(), server }
    }

    fn copy(key: &str, read: u64) -> Copy {
        let texts = Texts { signing: Some(SecretText::new(key)), ..Texts::default() };
        Copy { read: Timestamp(read), until: Timestamp(read), texts }
    }

    fn key(shelf: &Shelf) -> Option<String> {
        Some(shelf.look().unwrap()?.texts.signing?.expose().to_owned())
    }

    #[test]
    fn a_copy_is_kept_and_replaced_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cache/rings/a.json");
        for made_up in ["made-up", "made-up-too"] {
            shelf(&file).keep(&copy(made_up, 7)).unwrap();
            assert_eq!(key(&shelf(&file)).as_deref(), Some(made_up));
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        shelf(&file).clear().unwrap();
        shelf(&file).clear().unwrap();
        assert!(!file.exists());
    }

    #[test]
    fn what_was_read_before_it_was_forgotten_is_not_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf(&folder.path().join("rings/a.json"));
        assert!(!shelf.forget(Timestamp(8)).unwrap());
        for read in [7, 8] {
            shelf.keep(&copy("cut-off", read)).unwrap();
            assert_eq!(key(&shelf), None);
        }
        shelf.keep(&copy("its-successor", 9)).unwrap();
        assert_eq!(key(&shelf).as_deref(), Some("its-successor"));
        shelf.keep(&copy("cut-off", 7)).unwrap();
        assert_eq!(key(&shelf).as_deref(), Some("its-successor"));
        assert!(shelf.forget(Timestamp(10)).unwrap());
    }

    #[test]
    fn removing_a_copy_leaves_alone_what_a_link_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let [file, other] = ["a.json", "other"].map(|name| folder.path().join(name));
        fs::write(&other, "made-up").unwrap();
        symlink(&other, &file).unwrap();
        remove(&file).unwrap();
        assert!(!file.exists() && other.exists());
    }

    #[test]
    fn the_cache_folder_is_the_one_that_is_chosen_or_the_usual_one() {
        let cache = |chosen: &str, home: &str| cache(Some(chosen.into()), Some(home.into()));
        assert_eq!(cache("/var/cache/me", "/srv/me"), Some("/var/cache/me/keybaton/rings".into()));
        assert_eq!(cache("relative", "/srv/me"), Some("/srv/me/.cache/keybaton/rings".into()));
        assert_eq!(cache("", "relative"), None);
    }
}
