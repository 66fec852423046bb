//! What every store can be asked.

use std::fmt;

use keybaton_core::{RingName, Texts, Unseen, Writes};

use crate::{Settings, StoreError, StoreUrl};

/// Opens the store behind a URL for the ring called `ring`. Nothing is read yet.
///
/// # Errors
/// [`crate::StoreErrorKind::Malformed`] where the URL names nothing that this kind of store can be.
pub fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    (url.kind().open)(url, ring, settings)
}

/// A place where one ring lives. It knows texts, and nothing of what they mean.
pub trait Store: fmt::Debug + Send + Sync {
    /// Reads the three texts.
    ///
    /// # Errors
    /// The store could not be read. That there is nothing in it is no error.
    fn read(&self) -> Result<Held, StoreError>;

    /// Writes the ring's texts, if the store still holds what was read as `over`; [`Version::Absent`] creates.
    ///
    /// # Errors
    /// [`crate::StoreErrorKind::Conflict`] where somebody else wrote meanwhile; the store is as they left it then.
    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError>;

    /// Whether what was written last has reached those who read the store, as far as the store itself knows.
    ///
    /// # Errors
    /// [`crate::StoreErrorKind::Refused`] where it knows that it has not. Or it could not be seen.
    fn delivered(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether each write by itself starts those anew who read the store.
    fn restarts(&self) -> bool {
        false
    }
}

/// What a store holds of one ring.
#[derive(Debug)]
pub enum Held {
    /// None of the three texts.
    Absent,
    /// Texts, and the version to write over.
    Texts(Texts, Version),
    /// Keys that the store gives to nobody who asks, so it is a mirror or the target of a copy alone.
    Sealed {
        /// NAME_RING, which can be read.
        record: Option<String>,
        /// What can be seen of the keys.
        keys: Unseen,
        /// The version to write over.
        version: Version,
    },
}

/// What was read, so that a write can tell whether somebody else wrote since.
#[derive(Clone, PartialEq, Eq)]
pub enum Version {
    /// Nothing was there.
    Absent,
    /// The store's own name for what was there; for files a digest. It is kept in memory only.
    Is(Box<str>),
}

// A digest of a weak key could be guessed backwards.
impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Version::Absent",
            Self::Is(_) => "Version::Is(…)",
        })
    }
}

/// What became of a write.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// What stands in the store now.
    pub version: Version,
    /// What the user should know of it.
    pub notes: Vec<Note>,
}

/// Something that a user should know of a write: one sentence, without a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(pub String);

/// One kind of store. [`crate::STORES`] lists them all; help, documentation and tests derive from that list.
#[derive(Clone, Copy, Debug)]
pub struct StoreKind {
    /// What a URL of this kind begins with.
    pub scheme: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// A URL.
    pub example: &'static str,
    /// What it can do.
    pub can: Can,
    /// How a write is guarded, in a few words.
    pub guarded_by: &'static str,
    /// What a first write makes.
    pub creates: &'static str,
    /// Whether it lives on this machine.
    pub local: bool,
    /// What says, beside the URL, which server and account are meant.
    pub chosen_by: &'static [ChosenBy],
    /// Opens the store behind a URL.
    pub open: Open,
}

/// Something outside a URL that says which server or account is meant.
#[derive(Clone, Copy, Debug)]
pub enum ChosenBy {
    /// A variable of the environment.
    Variable(&'static str),
    /// What stands in the files that a variable names, which are taken apart as `PATH` is; without it, in this one below the
    /// user's home.
    Files {
        /// The variable.
        named_in: &'static str,
        /// The file.
        usual: &'static str,
    },
}

impl StoreKind {
    /// Whether the texts stand in files as they are: what reads the files has the keys, and their paths are in the URL.
    #[must_use]
    pub fn is_of_files(&self) -> bool {
        OF_FILES.contains(&self.scheme)
    }
}

const OF_FILES: [&str; 3] = ["dotenv", "dir", "file"];

/// Opens the store behind a URL, for one ring.
pub type Open = fn(&StoreUrl, &RingName, &Settings<'_>) -> Result<Box<dyn Store>, StoreError>;

/// What a store can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Can {
    /// Whether what was written can be read.
    pub read_back: bool,
    /// Whether a lost race is seen.
    pub guard: Guard,
    /// Whether the three texts are written in one call.
    pub atomic: bool,
}

/// Whether a store sees that somebody else wrote since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It refuses the write.
    CompareAndSwap,
    /// It keeps other writers out while it compares and writes.
    Lock,
    /// A claim keeps other keybatons out; another program's write is seen afterwards.
    Claim,
    /// A write by anybody else at the same moment is seen afterwards.
    Afterwards,
    /// It cannot be written at all.
    ReadOnly,
}
