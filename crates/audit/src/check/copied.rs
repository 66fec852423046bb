//! Keys in use that stand in files which nothing else here reads: notes, scripts, fixtures.

use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_core::strength::weaknesses;
use keybaton_files::{Limits, read};
use memchr::memmem::Finder;

use super::{LONGEST_FILE, absolute, relative};
use crate::deploy::occurrences::written;
use crate::source::Source;
use crate::tree::{Copied, Tree};

impl Tree {
    /// Reads the files that hold a key in use, as far as they were not read before.
    pub(super) fn read_copies<'a>(&mut self, root: &Path, paths: impl Iterator<Item = &'a PathBuf>) {
        // Without a repository nobody else gets the files of this folder.
        if self.ignore_file.is_none() {
            return;
        }
        let keys = self.in_use().filter(|key| weaknesses(key).is_empty());
        let texts: Vec<_> = keys.flat_map(written).collect();
        let finders: Vec<Finder<'_>> = texts.iter().map(|text| Finder::new(text.as_bytes())).collect();
        if finders.is_empty() {
            return;
        }
        let copies = paths.filter(|path| !self.is_known(&relative(root, path), &absolute(path)));
        let copies: Vec<Copied> = copies.filter_map(|path| copied(root, path, &finders)).collect();
        self.copies = copies;
    }

    fn in_use(&self) -> impl Iterator<Item = &str> {
        let rings = self.known.iter().flat_map(|ring| &ring.keys).map(|key| key.text.expose());
        let files = self.env_files.iter().filter(|file| !file.is_sample());
        rings.chain(files.flat_map(|file| &file.keys).map(|key| key.text.expose()))
    }

    fn is_known(&self, path: &Path, absolute: &Path) -> bool {
        let is_store = || self.known.iter().filter_map(|known| known.file.as_ref());
        is_store().any(|store| absolute.starts_with(store))
            || self.python.iter().any(|file| file.path == path)
            || self.deploy.iter().any(|file| file.path == path)
            || self.env_files.iter().any(|file| file.absolute == absolute)
            || self.leftovers.iter().any(|leftover| leftover.file == path)
    }
}

fn copied(root: &Path, path: &Path, finders: &[Finder<'_>]) -> Option<Copied> {
    let content = read(path, Limits { bytes: LONGEST_FILE, silence: Duration::ZERO }).ok()?;
    let bytes = content.into_bytes();
    let is_there = finders.iter().any(|finder| finder.find(&bytes).is_some());
    let source = is_there.then(|| Source::decode(&bytes).ok()).flatten()?;
    Some(Copied { path: relative(root, path), source })
}
