//! The files from which a variable comes into the environment: python-decouple's, django-environ's and python-dotenv's.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use keybaton_core::{Field, RingName, SecretText, Texts};
use keybaton_dotenv::{Document, Precedence};
use zeroize::Zeroizing;

use super::ending::Ending;
use super::origin::Line;
use super::reads::Read;
use super::{Project, source};
use crate::python::with_module;

/// A file that holds a key.
#[derive(Debug)]
pub struct Holder {
    /// Where it is.
    pub path: PathBuf,
    /// Its keys, the signing one first.
    pub keys: Vec<SecretText>,
    /// How it is written.
    pub kind: HolderKind,
    /// A call in the settings or in `manage.py` reads a file of its name.
    pub is_named: bool,
}

/// How a file of variables is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderKind {
    /// Lines as in .env files.
    Env,
    /// `settings.ini`, which python-decouple reads.
    Ini,
}

/// What is known of the files that a variable comes from.
#[derive(Debug, Default)]
pub struct Holders {
    /// Those that hold it: first those that are named, then those nearest to the settings.
    pub files: Vec<Holder>,
    /// Where a file is read of which nobody can tell the name, or what is in it.
    pub unknown: Option<Line>,
}

impl Project {
    /// Looks for the files that hold a ring's variable: those that the settings name, and the .env files and `settings.ini`
    /// beside the settings and above, up to the folder above that of `manage.py`.
    #[must_use]
    pub fn holders(&self, ring: &RingName) -> Holders {
        let (mut holders, folders) = (Holders::default(), self.folders());
        for (file, line) in self.named_files() {
            let places = file.and_then(|file| self.places(&folders, &file));
            let is_known = places.is_some_and(|places| {
                places.into_iter().all(|path| holders.take(path, HolderKind::Env, true, ring))
            });
            if !is_known {
                holders.unknown.get_or_insert(line);
            }
        }
        for folder in &folders {
            holders.take(folder.join("settings.ini"), HolderKind::Ini, false, ring);
            holders.take(folder.join(".env"), HolderKind::Env, false, ring);
        }
        holders
    }

    /// The folders of the settings in use, and those above; none of somebody else.
    fn folders(&self) -> Vec<PathBuf> {
        let owner = |folder: &Path| keybaton_files::owner(folder).ok();
        let own = owner(&self.folder);
        let is_near =
            |folder: &&Path| folder.starts_with(&self.folder) || Some(*folder) == self.folder.parent();
        let all =
            self.used().flat_map(|file| file.path.ancestors().skip(1)).chain(self.folder.ancestors().take(2));
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in all.filter(is_near).filter(|folder| owner(folder) == own) {
            if !folders.iter().any(|known| known == folder) {
                folders.push(folder.to_owned());
            }
        }
        folders
    }

    /// The files that are read, as far as they can be told, and where that is.
    fn named_files(&self) -> Vec<(Option<Ending>, Line)> {
        let manage = self.folder.join("manage.py");
        let own = source(&manage);
        let used = self.used().map(|file| (file.path.as_path(), &file.source));
        let mut named = Vec::new();
        for (path, source) in own.iter().map(|source| (manage.as_path(), source)).chain(used) {
            for read in with_module(source.text(), |module| Read::all(module.body, path)) {
                let line = Line { file: path.to_owned(), line: source.place(read.at).line };
                named.push((read.file, line));
            }
        }
        named
    }

    /// The files that a path may mean: the one that the source gives away, and those that end in the same, as the settings may
    /// run elsewhere. Where it fits twice, either may be meant. None where it leads out of the project and to no file: there
    /// the machine that the settings run on decides.
    fn places(&self, folders: &[PathBuf], file: &Ending) -> Option<Vec<PathBuf>> {
        let exact = file.exactly(&self.folder);
        let is_near = |path: &PathBuf| file.is_written_out() || path.starts_with(self.around());
        if !file.is_named() || !exact.iter().all(|path| is_near(path) || may_be_there(path)) {
            return None;
        }
        let mut places: Vec<PathBuf> = folders.iter().flat_map(|folder| file.under(folder)).collect();
        places.extend(exact);
        Some(places.into_iter().filter(|path| may_be_there(path)).collect())
    }

    /// The folder that the project's files lie in: the one above that of `manage.py`, unless that is the root.
    fn around(&self) -> &Path {
        self.folder.parent().filter(|above| above.parent().is_some()).unwrap_or(&self.folder)
    }
}

/// Whether a file is there, or in a folder that we may not look into.
fn may_be_there(path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(metadata) => metadata.is_file(),
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

impl Holders {
    /// Takes in a file, if it holds a key. `false` where it cannot be read.
    fn take(&mut self, path: PathBuf, kind: HolderKind, is_named: bool, ring: &RingName) -> bool {
        if self.files.iter().any(|holder| holder.path == path) {
            return true;
        }
        let Some(source) = source(&path) else { return false };
        let keys = match kind {
            HolderKind::Env => env_keys(source.text(), ring),
            HolderKind::Ini => ini_key(source.text(), ring).into_iter().collect(),
        };
        if !keys.is_empty() {
            self.files.push(Holder { path, keys, kind, is_named });
        }
        true
    }
}

fn env_keys(text: &str, ring: &RingName) -> Vec<SecretText> {
    let document = Document::parse(text);
    let nothing = |_: &str| None::<Zeroizing<String>>;
    let mut texts = Texts::default();
    for field in [Field::Signing, Field::Fallbacks] {
        let value = document.get(&ring.of(field), &nothing, Precedence::Environment).ok().flatten();
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            texts.set(field, SecretText::new(value.as_str()));
        }
    }
    if texts.signing.is_some() { texts.keys() } else { Vec::new() }
}

/// `NAME = value` under `[settings]`; names of options are the same in upper and lower case.
fn ini_key(text: &str, ring: &RingName) -> Option<SecretText> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[settings]";
        }
        let Some((name, value)) = line.split_once(['=', ':']).filter(|_| inside) else { continue };
        if name.trim().eq_ignore_ascii_case(ring.as_str()) && !value.trim().is_empty() {
            found = Some(SecretText::new(value.trim()));
        }
    }
    found
}
