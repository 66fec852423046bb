//! Where the Django project is, which of its files are settings, and which key signs today.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_core::SecretText;
use keybaton_files::{Content, FileError, Limits, read};

use crate::python_file::says_test;
use crate::settings::{Entry, KeySource, Literal, LiteralRole, Settings};
use crate::source::Source;

mod manage;
pub(crate) mod modules;
#[cfg(test)]
mod tests;

/// A Django project on disk.
#[derive(Debug)]
pub struct Project {
    /// The folder of `manage.py`.
    pub folder: PathBuf,
    /// The settings files. The first is the module that `manage.py` names.
    pub files: Vec<SettingsFile>,
    /// Other modules from which they import the key under another name.
    lenders: Vec<SettingsFile>,
}

/// One file of settings.
pub struct SettingsFile {
    /// Where it is.
    pub path: PathBuf,
    /// Whether `manage.py` names it or it is taken over from there; the others stand beside these.
    pub is_used: bool,
    /// What it says about the key.
    pub settings: Settings,
    /// Its text.
    pub source: Source,
    bytes: Content,
}

/// No project, or none that can be worked with.
#[derive(Debug)]
pub enum ProjectError {
    /// There is no `manage.py` in the folder, above or below.
    NotFound {
        /// Where it was looked for.
        from: PathBuf,
    },
    /// There are several below the folder.
    Several {
        /// The folders of each.
        folders: Vec<PathBuf>,
    },
    /// `manage.py` names no settings module, or one of which there is no file.
    NoSettings {
        /// Its `manage.py`.
        manage: PathBuf,
        /// The module that it names.
        module: Option<String>,
    },
    /// A file cannot be read.
    Unreadable(FileError),
    /// A file is not text in the encoding that it names.
    Undecodable(PathBuf),
}

impl Project {
    /// Finds the project of a folder: `manage.py` stands there, above it in the same repository, or once below it.
    pub fn find(from: &Path) -> Result<Self, ProjectError> {
        let folder = manage::folder(from)?;
        let files = modules::settings(&folder)?;
        let lenders = modules::lenders(&files);
        Ok(Self { folder, files, lenders })
    }

    /// The files that settings are read from, as `manage.py` has it.
    pub fn used(&self) -> impl Iterator<Item = &SettingsFile> {
        self.files.iter().filter(|file| file.is_used)
    }

    /// The statement that has the last word about the key.
    #[must_use]
    pub fn key(&self) -> Option<(&SettingsFile, &Entry)> {
        modules::last_word(&self.files, &|entry| entry.sets.sets_key())
    }

    /// The key that stands in the settings and signs today, unless an environment variable says otherwise.
    #[must_use]
    pub fn literal(&self) -> Option<&Literal> {
        let (file, entry) = self.key()?;
        if entry.sources.iter().any(|from| matches!(from, KeySource::Keybaton { .. })) {
            return None;
        }
        let through_variable = || self.variables_of(file).filter(|_| entry.sources.is_empty());
        let in_other_branches = || {
            let others = self.used().flat_map(|file| file.settings.keys());
            others.filter(|other| other.is_setting() && entry.surroundings.conditional)
        };
        let own = preferred(std::iter::once(entry).chain(through_variable()));
        own.or_else(|| preferred(in_other_branches()))
    }

    /// Whether the key comes from where no reader of sources sees it: a file, a service, a module that is not the project's.
    #[must_use]
    pub fn is_key_elsewhere(&self) -> bool {
        let Some((file, entry)) = self.key() else { return false };
        let sources: Vec<&KeySource> = match entry.sources.as_slice() {
            [] => self.variables_of(file).flat_map(|variable| &variable.sources).collect(),
            own => own.iter().collect(),
        };
        let is_seen = |source: &&KeySource| !matches!(source, KeySource::File | KeySource::Unknown);
        match sources.is_empty() {
            true => !file.settings.borrowed.is_empty() && self.lenders.is_empty(),
            false => !sources.iter().any(is_seen),
        }
    }

    /// What sets the variables from which a file's SECRET_KEY may be read, in that file or in another module.
    fn variables_of<'a>(&'a self, file: &'a SettingsFile) -> impl Iterator<Item = &'a Entry> {
        let own = file.settings.keys().filter(|entry| !entry.is_setting());
        own.chain(self.lenders.iter().flat_map(|lender| lender.settings.keys()))
    }

    /// The other keys that stand in the settings and are accepted.
    pub fn literal_fallbacks(&self) -> impl Iterator<Item = &SecretText> {
        let entry = modules::last_word(&self.files, &|entry| entry.sets.sets_fallbacks());
        entry.into_iter().flat_map(|(_, entry)| &entry.literals).map(|literal| &literal.text)
    }

    /// The name that the settings look the key up under: what `manage.py` uses first, then what stands beside it, as where
    /// development has a key of its own and production a variable.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        let first = self.key().into_iter().flat_map(|(_, entry)| looked_up(entry));
        let others = self.files.iter().flat_map(|file| file.settings.keys()).flat_map(looked_up);
        first.chain(others).next()
    }
}

impl SettingsFile {
    fn read(path: PathBuf, is_used: bool) -> Result<Self, ProjectError> {
        Self::read_also(path, is_used, &[])
    }

    /// Reads a file in which other names count as SECRET_KEY too.
    fn read_also(path: PathBuf, is_used: bool, also: &[&str]) -> Result<Self, ProjectError> {
        let bytes = bytes(&path)?;
        let Ok(source) = Source::decode(bytes.expose()) else { return Err(ProjectError::Undecodable(path)) };
        let settings = Settings::of(&source, also);
        Ok(Self { path, is_used, settings, source, bytes })
    }

    /// What is in the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.expose()
    }

    /// Whether its name says that only tests use it.
    #[must_use]
    pub fn is_for_tests(&self) -> bool {
        says_test(&self.path)
    }
}

/// The key that a person would name first: one that is always used, and not for debugging alone.
fn preferred<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<&'a Literal> {
    let literals = entries.flat_map(|entry| &entry.literals);
    literals.min_by_key(|literal| (literal.role == LiteralRole::Default, literal.debug))
}

fn bytes(path: &Path) -> Result<Content, ProjectError> {
    read(path, Limits { bytes: LONGEST_FILE, silence: Duration::ZERO }).map_err(ProjectError::Unreadable)
}

fn looked_up(entry: &Entry) -> impl Iterator<Item = &str> {
    entry.sources.iter().filter_map(|source| match source {
        KeySource::Environment { variable, .. } => Some(variable.as_str()),
        KeySource::Keybaton { ring } => Some(ring.as_str()),
        _ => None,
    })
}

impl fmt::Debug for SettingsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingsFile")
            .field("path", &self.path)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { from } => write!(
                f,
                "there is no Django project in {}: no manage.py there, above or below",
                from.display()
            ),
            Self::Several { folders } => {
                let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
                write!(f, "there are {} Django projects here: {}", folders.len(), names.join(", "))
            }
            Self::NoSettings { manage, module: None } => {
                write!(f, "{} names no settings module", manage.display())
            }
            Self::NoSettings { manage, module: Some(module) } => {
                write!(
                    f,
                    "{} names the settings module {module}, and there is no such file",
                    manage.display()
                )
            }
            Self::Unreadable(error) => error.fmt(f),
            Self::Undecodable(path) => {
                write!(f, "{} is not text in the encoding that it says it has", path.display())
            }
        }
    }
}

impl std::error::Error for ProjectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => error.source(),
            _ => None,
        }
    }
}

/// No file of settings is longer.
const LONGEST_FILE: usize = 1 << 20;
