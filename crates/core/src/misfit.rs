//! Why a change makes no sense.

use core::fmt;

use crate::KeyId;

/// Why a change makes no sense for a ring as it stands. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// There is a next key already.
    AlreadyStaged,
    /// Stage has to wait until this key has left.
    KeyRetires(KeyId),
    /// There is no next key to promote.
    NothingStaged,
    /// The key does not retire.
    NotRetiring(KeyId),
    /// No key of this id is in the ring.
    UnknownKey(KeyId),
    /// There is no handover to take back.
    NothingToAbort,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyStaged => write!(f, "a next key is staged already"),
            Self::KeyRetires(id) => write!(f, "key {id} still retires"),
            Self::NothingStaged => write!(f, "no next key is staged"),
            Self::NotRetiring(id) => write!(f, "key {id} does not retire"),
            Self::UnknownKey(id) => write!(f, "no key {id} is in the ring"),
            Self::NothingToAbort => write!(f, "no handover is under way"),
        }
    }
}

impl core::error::Error for Misfit {}
