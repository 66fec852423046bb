//! What a ring remembers of keys that left it, and of what was done.

use alloc::boxed::Box;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::ring::Unknown;
use crate::time::Timestamp;
use crate::{KeyId, Mark};

/// What is remembered of a key that left its ring; never the secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Names the key.
    pub id: KeyId,
    /// Finds copies of it.
    pub mark: Mark,
    /// When the key came into the ring.
    pub made: Timestamp,
    /// When it left.
    pub gone: Timestamp,
    /// Why it left.
    pub why: Left,
    /// Members that this version does not know, and keeps.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Why a key left its ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// Its time was over.
    Retired,
    /// It was cut off.
    Revoked,
    /// It was staged and never signed.
    Dropped,
    /// A word of a later version, which is kept.
    #[serde(untagged)]
    Other(Box<str>),
}

/// Something that was done to the ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// The key it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// What the operator gave as the reason for not waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Members that this version does not know, and keeps.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What was done to a ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The ring began with a fresh key.
    Created,
    /// The ring began with, or took in, keys that were there.
    Adopted,
    /// The next key is accepted.
    Staged,
    /// The next key signs.
    Promoted,
    /// An old key is no longer accepted.
    Retired,
    /// A key was cut off.
    Revoked,
    /// A handover was taken back.
    Aborted,
    /// A write that had been cut short was finished.
    Mended,
    /// A word of a later version, which is kept.
    #[serde(untagged)]
    Other(Box<str>),
}
