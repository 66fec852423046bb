//! Where the Django project is, which of its files are settings, and which key signs today.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_files::{Content, FileError, Limits, read};

use crate::python_file::says_test;
use crate::settings::{Entry, Settings};
use crate::source::Source;

mod effective;
mod ending;
mod evaluation;
mod holders;
mod lookup;
mod manage;
pub(crate) mod modules;
mod names;
mod origin;
mod reads;
#[cfg(test)]
mod tests;

pub use holders::{Holder, HolderKind, Holders};
pub use origin::{Accepted, Line, Origin};

/// A Django project on disk.
#[derive(Debug)]
pub struct Project {
    /// The folder of `manage.py`.
    pub folder: PathBuf,
    /// The settings module that `manage.py` names, or that was asked for: `shop.settings`.
    pub module: String,
    /// The settings files. The first is that module.
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
    /// There is no file of a settings module that was asked for.
    NoFile {
        /// The module.
        module: String,
    },
    /// A file cannot be read.
    Unreadable(FileError),
    /// A file is not text in the encoding that it names.
    Undecodable(PathBuf),
}

impl Project {
    /// Finds the project of a folder: `manage.py` stands there, above it in the same repository, or once below it.
    pub fn find(from: &Path) -> Result<Self, ProjectError> {
        let folder = Self::folder_of(from)?;
        let (module, files) = modules::settings(&folder)?;
        let lenders = modules::lenders(&files);
        Ok(Self { folder, module, files, lenders })
    }

    /// The same project, with the settings of another module.
    pub fn with_settings(&self, module: &str) -> Result<Self, ProjectError> {
        let files = modules::settings_of(&self.folder, module)?;
        let lenders = modules::lenders(&files);
        Ok(Self { folder: self.folder.clone(), module: module.to_owned(), files, lenders })
    }

    /// The settings module that a file of the project names, as `wsgi.py` does, where there is a file of that module.
    #[must_use]
    pub fn named_in(&self, file: &Path) -> Option<String> {
        modules::named_in(&self.folder, file)
    }

    /// The folder of its `manage.py`.
    pub fn folder_of(from: &Path) -> Result<PathBuf, ProjectError> {
        manage::folder(from)
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

fn bytes(path: &Path) -> Result<Content, ProjectError> {
    content(path).map_err(ProjectError::Unreadable)
}

/// A pipe is not waited for.
pub(crate) fn content(path: &Path) -> Result<Content, FileError> {
    read(path, Limits { bytes: LONGEST_FILE, silence: Duration::ZERO })
}

/// The text of a file, if it can be read.
fn source(path: &Path) -> Option<Source> {
    Source::decode(bytes(path).ok()?.expose()).ok()
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
                let mut names: Vec<_> =
                    folders.iter().take(NAMED).map(|path| path.display().to_string()).collect();
                names.extend((folders.len() > NAMED).then(|| "…".to_owned()));
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
            Self::NoFile { module } => {
                write!(f, "there is no file of the settings module {}", module.escape_debug())
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

/// Of more projects than these not each is named.
const NAMED: usize = 5;

/// No file of settings is longer.
const LONGEST_FILE: usize = 1 << 20;
