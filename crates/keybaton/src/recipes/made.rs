//! What a recipe makes: files, and what a person does besides.

use std::path::{Path, PathBuf};

use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plain_files::{read_text, replace};

/// Files and words.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) files: Vec<File>,
    /// What a person does, in order: a sentence, or a command behind four spaces.
    pub(crate) steps: Vec<String>,
}

/// A file that belongs into the project.
#[derive(Debug)]
pub(crate) struct File {
    /// From the top of the project.
    pub(crate) path: PathBuf,
    /// What it is, in a few words.
    pub(crate) what: &'static str,
    pub(crate) text: String,
}

/// A file, and what stands in its place.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) path: PathBuf,
    pub(crate) what: &'static str,
    pub(crate) text: String,
    pub(crate) state: State,
}

/// What stands where a file belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing.
    New,
    /// Just that.
    Same,
    /// Something else.
    Other(String),
}

impl Made {
    /// The same with a file more.
    pub(crate) fn file(mut self, path: impl Into<PathBuf>, what: &'static str, text: String) -> Self {
        self.files.push(File { path: path.into(), what, text });
        self
    }

    /// The same with a sentence more for a person.
    pub(crate) fn step(mut self, words: impl Into<String>) -> Self {
        self.steps.push(words.into());
        self
    }

    /// The same with a sentence before all others.
    pub(crate) fn first(mut self, words: String) -> Self {
        self.steps.insert(0, words);
        self
    }

    /// The same with commands more for a person.
    pub(crate) fn commands(self, lines: impl IntoIterator<Item = String>) -> Self {
        lines.into_iter().fold(self, Self::command)
    }

    /// The same with a command more for a person.
    pub(crate) fn command(self, line: impl AsRef<str>) -> Self {
        self.step(format!("    {}", line.as_ref()))
    }
}

impl Placed {
    /// Looks at what stands there.
    pub(crate) fn look(top: &Path, file: File) -> Result<Self, Failure> {
        let File { path, what, text } = file;
        let path = top.join(path);
        let state = match read_text(&path)? {
            None => State::New,
            Some(old) if old == text => State::Same,
            // Whoever has their files with Windows' line ends has changed nothing.
            Some(old) if old.replace("\r\n", "\n") == text => State::Same,
            Some(old) => State::Other(old),
        };
        Ok(Self { path, what, text, state })
    }

    /// Writes it over just what was seen.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let old = match &self.state {
            State::Same => return Ok(()),
            State::New => None,
            State::Other(old) => Some(old.as_bytes()),
        };
        if let Some(folder) = self.path.parent() {
            let made = std::fs::create_dir_all(folder);
            made.map_err(|error| {
                Failure::new(Exit::Configuration, format!("cannot make the folder {}", shown(folder)))
                    .because(error)
            })?;
        }
        replace(&self.path, old, self.text.as_bytes())
    }
}
