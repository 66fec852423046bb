//! Why a handover did not go on.

use std::error::Error;
use std::fmt;

use keybaton_core::{Edit, MOST_KEYS, Misfit, NotAMirror};
use keybaton_stores::StoreError;

/// Why a handover did not go on.
#[derive(Debug)]
pub enum HandoverError {
    /// A store could not be read or written.
    Store(StoreError),
    /// A store was written in part, and the rest could not be.
    Partly(StoreError),
    /// There is no ring.
    Absent,
    /// There is a key that nobody looks after yet.
    Bare,
    /// Somebody edited the texts by hand.
    Edited(Edit),
    /// A later version wrote the record, in this format.
    Newer(u32),
    /// The store gives its keys to nobody, so no ring can live there.
    Sealed,
    /// So many keys were put in by hand that no record can name them.
    TooManyKeys(usize),
    /// The change makes no sense for the ring as it stands.
    Misfit(Misfit),
    /// The other store holds something that a copy must not write over.
    NotACopy(NotAMirror),
    /// Some mirrors hold what the store does not know, so no step was taken.
    Disagree(Vec<Missed>),
}

/// A mirror that did not receive a write.
#[derive(Debug)]
pub struct Missed {
    /// The mirror's URL.
    pub url: String,
    /// Why.
    pub reason: Reason,
}

/// Why a mirror did not receive a write.
#[derive(Debug)]
pub enum Reason {
    /// It could not be read or written.
    Store(StoreError),
    /// It holds something that must not be written over.
    NotAMirror(NotAMirror),
    /// The program stopped in the midst of it.
    Stopped,
}

impl fmt::Display for HandoverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) | Self::Partly(error) => error.fmt(f),
            Self::Absent => f.write_str("there is no key yet"),
            Self::Bare => f.write_str("there is a key that keybaton does not look after yet"),
            Self::Edited(edit) => f.write_str(edited(*edit)),
            Self::Newer(format) => write!(f, "the record has format {format}; this keybaton knows 1"),
            Self::Sealed => f.write_str("its keys cannot be read back, so no ring can live there"),
            Self::TooManyKeys(keys) => write!(f, "there are {keys} keys, and a ring has at most {MOST_KEYS}"),
            Self::Misfit(misfit) => misfit.fmt(f),
            Self::NotACopy(not) => not.fmt(f),
            Self::Disagree(missed) => {
                write!(f, "no step was taken, for the store does not know what is in {}", urls(missed))
            }
        }
    }
}

fn urls(missed: &[Missed]) -> String {
    missed.iter().map(|missed| missed.url.as_str()).collect::<Vec<_>>().join(", ")
}

fn edited(edit: Edit) -> &'static str {
    match edit {
        Edit::Record => "the record of the ring is damaged",
        Edit::Fallbacks => "the fallbacks begin like a JSON list and are none",
        Edit::UnknownKey => "a key was put in by hand",
        Edit::NoSigningKey => "the signing key was taken out by hand",
        Edit::Rearranged => "its keys were rearranged by hand",
    }
}

impl Error for HandoverError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Store(error) | Self::Partly(error) => error.source(),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::NotAMirror(not) => not.fmt(f),
            Self::Stopped => f.write_str("the write stopped on its way"),
        }
    }
}

impl From<StoreError> for HandoverError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Misfit> for HandoverError {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}
