//! Which files of a folder are looked at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use keybaton_files::{Leftover, leftovers};

use crate::deploy;
use crate::env_file::is_env_file;
use crate::tree::Unexamined;

/// The files of a folder, sorted.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// What git does not leave out.
    pub(crate) python: BTreeSet<PathBuf>,
    /// What git does not leave out, of the names that deploy files have.
    pub(crate) deploy: BTreeSet<PathBuf>,
    /// Every other file that git does not leave out.
    pub(crate) others: BTreeSet<PathBuf>,
    /// Also where git leaves them out: that is where they should be.
    pub(crate) env: BTreeSet<PathBuf>,
    /// What crashed writers left: git leaves it out too.
    pub(crate) leftovers: Vec<Leftover>,
    pub(crate) unreachable: Vec<Unexamined>,
}

/// Walks from the given files and folders down.
pub(crate) fn files(from: &[PathBuf]) -> Files {
    let mut files = Files::default();
    let Some((first, others)) = from.split_first() else { return files };
    let mut builder = WalkBuilder::new(first);
    others.iter().for_each(|other| {
        builder.add(other);
    });
    builder.hidden(false).require_git(false).filter_entry(|entry| !is_of_others(entry));
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                files.env.extend(env_files(entry.path()));
                files.leftovers.extend(leftovers(entry.path()));
            }
            Ok(entry) => files.take(entry.into_path()),
            Err(error) => files.unreachable.push(unreachable(&error)),
        }
    }
    files
}

impl Files {
    fn take(&mut self, path: PathBuf) {
        if is_env_file(&path) {
            self.env.insert(path);
        } else if path.extension().is_some_and(|kind| kind == "py") {
            self.python.insert(path);
        } else if deploy::is_named(&path) {
            self.deploy.insert(path);
        } else {
            self.others.insert(path);
        }
    }
}

/// The .env files of one folder, whatever git says about them.
fn env_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| is_env_file(&entry.path()));
    named.filter(|entry| !entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path())
}

/// Git's own folder, virtual environments, what npm brought: the code of others.
fn is_of_others(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let name = entry.file_name().to_str().unwrap_or_default();
    let is_named =
        matches!(name, ".git" | "node_modules" | "site-packages" | "__pycache__" | ".tox" | ".nox");
    is_folder && entry.depth() > 0 && (is_named || entry.path().join("pyvenv.cfg").exists())
}

fn unreachable(error: &ignore::Error) -> Unexamined {
    let what = match error {
        ignore::Error::WithPath { path, .. } => path.display().to_string(),
        ignore::Error::WithDepth { err, .. } => return unreachable(err),
        _ => "a folder".into(),
    };
    let why = error.io_error().map_or_else(|| error.to_string(), |error| error.kind().to_string());
    Unexamined { what, why }
}
