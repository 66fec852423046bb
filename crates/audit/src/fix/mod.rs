//! What mends a finding without anybody's judgement, as data: rules decide, the program does.

mod same;

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::PathBuf;

pub use same::rewritten;

/// Who mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A person: its mend needs judgement.
    ByHand,
    /// `check --fix`.
    Fix(Fix),
    /// A person, though others of its rule need none.
    Left(Left),
}

/// A change of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The file, absolute.
    pub file: PathBuf,
    /// The change.
    pub does: Does,
}

/// What a fix does to its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Other text in a few places.
    Text {
        /// The places, none over another.
        edits: Vec<Edit>,
        /// What the file is written in, and still has to be afterwards.
        language: Language,
        /// What the file held when that was decided.
        seen: Stamp,
    },
    /// A line at the end; the file may be missing.
    Line(String),
}

/// Other text in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes of the file that go.
    pub range: Range<usize>,
    /// What has to stand there.
    pub old: String,
    /// What stands there afterwards.
    pub new: &'static str,
}

/// What a file with edits is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// YAML, and JSON, which is YAML too.
    Yaml,
    /// Terraform's.
    Hcl,
}

/// The content of a file as one number: enough to see that it is another now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(u64);

/// Why a version stays where others are mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// An alias uses the text too.
    Shared,
    /// A template fills it in.
    Template,
    /// The text does not stand in the file as it is read.
    Wrapped,
    /// The rest of the text names something that is not the newest one.
    Unclear,
}

impl Edit {
    /// What the text says to whoever reads it: an empty text needs quotes to be one.
    pub(crate) fn meaning(&self) -> &'static str {
        self.new.trim_matches('"')
    }
}

impl Stamp {
    /// The stamp of some content.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "an alias uses the same text, and what it means there is not for keybaton to say",
            Self::Template => "a template fills in what stands there",
            Self::Wrapped => {
                "the text is wrapped, or written with escapes, so it does not stand there as it is read"
            }
            Self::Unclear => "what stands around the version is not as it usually is",
        })
    }
}
