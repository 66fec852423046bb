//! What deploy files say about the key, whatever kind they are.

use std::ops::Range;

use keybaton_core::{RingName, SecretText};

use crate::fix::{Edit, Language, Left};

/// What one file says.
#[derive(Debug, Default)]
pub struct Facts {
    /// Where a key is handed on.
    pub given: Vec<Given>,
    /// Where a program gets one key in two ways.
    pub twice: Vec<Range<usize>>,
    /// Where a key is mounted so that its successor never arrives.
    pub frozen: Vec<Frozen>,
    /// Where a key is named with its version.
    pub pinned: Vec<Pinned>,
    /// Where a job prints its environment, with what it does.
    pub printed: Vec<(Range<usize>, String)>,
    /// The files of variables that it names, as they are written.
    pub env_files: Vec<String>,
}

/// A variable with a key, or a place for one.
#[derive(Debug)]
pub struct Given {
    /// The ring.
    pub ring: RingName,
    /// What stands in the place of the key.
    pub value: Value,
    /// Whom it is given to.
    pub how: How,
    /// The bytes of the text that the value takes, with its quotes; those of the name where there is no value.
    pub span: Range<usize>,
}

/// What stands in the place of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Value {
    /// The key itself.
    Literal(SecretText),
    /// A key that is used where the real one is missing.
    Default(SecretText),
    /// It comes from elsewhere.
    Reference,
    /// The path of what holds it, which the program reads.
    Path,
    /// Nothing.
    Empty,
}

/// Whom a key is given to, which decides who else can see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The environment of a program or a container.
    Environment,
    /// `Environment=` of a unit.
    Unit,
    /// `ENV` of an image: each container has it.
    Image,
    /// `ARG` and build arguments: the history of the image has it.
    Argument,
    /// One command of a build, or of a stage that is thrown away.
    Step,
    /// A job of a pipeline; `deploys` where it does more than build and test.
    Job {
        /// Whether it does more than build and test.
        deploys: bool,
    },
    /// A file of values, or a Secret.
    Values,
}

/// A mount that never changes.
#[derive(Debug)]
pub struct Frozen {
    /// Where it stands.
    pub span: Range<usize>,
    /// Why it never changes.
    pub why: Freeze,
}

/// Why a mount never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freeze {
    /// `subPath` of a Kubernetes volume.
    SubPath,
    /// `immutable: true` of a Kubernetes Secret.
    Immutable,
    /// A secret of Compose that is one file, or a single file that is mounted.
    SingleFile,
    /// A secret of Swarm whose name has no version.
    Swarm,
}

/// A version that a platform is told to stay with.
#[derive(Debug)]
pub struct Pinned {
    /// Where it stands.
    pub span: Range<usize>,
    /// What is named with it.
    pub what: &'static str,
    /// What names the newest one instead.
    pub mend: &'static str,
    /// What the file is written in.
    pub language: Language,
    /// The same as changes of the text, or why a person has to do it.
    pub edits: Result<Vec<Edit>, Left>,
}

impl Value {
    /// The key, where one stands there.
    #[must_use]
    pub fn key(&self) -> Option<&SecretText> {
        match self {
            Self::Literal(key) | Self::Default(key) => Some(key),
            Self::Reference | Self::Path | Self::Empty => None,
        }
    }
}
