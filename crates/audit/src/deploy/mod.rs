//! Files that bring a program to where it runs, as far as they are about the key: one file a kind.
//!
//! A kind knows its files by path and, where that is not enough, by what they say, and reads them into [`Facts`]. What is
//! wrong about the facts is the rules' business.

mod ansible;
mod app_json;
mod compose;
mod dockerfile;
mod ecs;
mod facts;
mod gitlab;
mod helm_template;
mod helm_values;
mod kubernetes;
mod names;
pub(crate) mod occurrences;
mod procfile;
mod reader;
mod supervisor;
mod systemd;
mod terraform;
mod workflow;

use std::path::{Path, PathBuf};

pub use facts::{Facts, Freeze, Frozen, Given, How, Pinned, Value};
pub use names::Names;

use crate::finding::At;
use crate::fix::{Language, Stamp};
use crate::sample::{is_for_development, is_sample};
use crate::source::Source;
use reader::Reader;
pub(crate) use reader::texts::Texts;
pub(crate) use reader::value::value;
use reader::yaml::Yaml;

/// A kind of deploy file.
pub struct Kind {
    /// What people call it.
    pub name: &'static str,
    /// What `keybaton recipe` calls it, where it writes such files.
    pub recipe: Option<&'static str>,
    is_named: fn(&Path) -> bool,
    says: fn(&Path, &str) -> bool,
    read: fn(&mut Reader<'_>) -> Result<(), Broken>,
}

/// Every kind. The first one that knows a file reads it.
pub const KINDS: &[Kind] = &[
    systemd::KIND,
    dockerfile::KIND,
    workflow::KIND,
    gitlab::KIND,
    compose::KIND,
    helm_template::KIND,
    helm_values::KIND,
    kubernetes::KIND,
    ansible::KIND,
    procfile::KIND,
    app_json::KIND,
    ecs::KIND,
    terraform::KIND,
    supervisor::KIND,
];

/// A deploy file that is about the key.
#[derive(Debug)]
pub struct DeployFile {
    /// Its path from the folder that is checked.
    pub path: PathBuf,
    /// The same, absolute.
    pub absolute: PathBuf,
    /// What it is.
    pub kind: &'static Kind,
    /// Its text.
    pub source: Source,
    /// What it held when it was read.
    pub seen: Stamp,
    /// What it says about the key.
    pub facts: Facts,
}

/// A file that is not what its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line where that was noticed, from 1.
    pub line: usize,
    /// What it should be.
    pub what: &'static str,
}

/// Whether the name of a file is that of some kind.
#[must_use]
pub fn is_named(path: &Path) -> bool {
    KINDS.iter().any(|kind| (kind.is_named)(path))
}

/// What a file says about the key; nothing where it is of no kind.
pub fn read(path: &Path, text: &str, names: &Names) -> Option<(&'static Kind, Result<Facts, Broken>)> {
    let kind = KINDS.iter().find(|kind| (kind.is_named)(path) && (kind.says)(path, text))?;
    let mut reader = Reader { path, text, names, facts: Facts::default(), scripts_left: SCRIPTS };
    let read = (kind.read)(&mut reader);
    Some((kind, read.map(|()| reader.facts)))
}

/// Every text of a file with its place, whatever the file is about; nothing where it is broken.
pub(crate) fn texts(text: &str, language: Language) -> Option<Texts> {
    match language {
        Language::Yaml => Yaml::of(text).ok().map(|yaml| yaml.texts()),
        Language::Hcl => Some(terraform::texts(text)),
    }
}

impl DeployFile {
    /// Whether it is there to be copied, or for tests: a placeholder in it protects nobody.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        // `ci.yml` is called after tests, and often deploys too: what a job does decides.
        let is_pipeline = [workflow::KIND.name, gitlab::KIND.name].contains(&self.kind.name);
        !is_pipeline && is_sample(&self.path)
    }

    /// Whether it is for the machine of a developer.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        is_for_development(&self.path)
    }

    /// A place in it.
    #[must_use]
    pub fn at(&self, offset: usize) -> At {
        At::Place(self.path.clone(), self.source.place(offset))
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kind({})", self.name)
    }
}

const SCRIPTS: usize = 32 << 20;
