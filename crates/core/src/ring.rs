//! A ring: the keys that one project trusts in one environment.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::follow::Follow;
use crate::history::{Event, Tombstone};
use crate::time::Timestamp;
use crate::{KeyId, Mark, RingId, RingName, Salt, SecretText, WriteId};

/// The keys that one project trusts in one environment, and what is remembered of them.
#[derive(Debug)]
pub struct Ring {
    /// What is known besides the keys.
    pub head: Head,
    /// Accepted, and signs nowhere yet.
    pub next: Option<Key>,
    /// Signs, and is accepted.
    pub signing: Key,
    /// Accepted only; newest first.
    pub retiring: Vec<Retiring>,
}

/// What a ring remembers besides its keys. It holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Names the ring for its whole life.
    #[serde(rename = "ring")]
    pub id: RingId,
    /// Salts the marks of this ring.
    pub salt: Salt,
    /// Grows with each write.
    pub revision: Revision,
    /// The revision in which a key last took another role; 0 in a record that does not say it.
    #[serde(default, skip_serializing_if = "Revision::is_unknown")]
    pub(crate) turned: Revision,
    /// The last write.
    pub write: WriteId,
    /// When the last write was made.
    pub written: Timestamp,
    /// Keys that left the ring; oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Tombstone>,
    /// When the youngest key was made that left the ring and is remembered no longer, for want of room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgot: Option<Timestamp>,
    /// What was done last; oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// What became of that which has to follow the last change, where it did not follow at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<Follow>,
    /// The ring whose keys this one began with: a use that had no ring of its own left that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<RingName>,
    /// Members of the record that this version does not know, and keeps.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Members that a later version wrote into a record of this format.
pub type Unknown = BTreeMap<String, Value>;

/// Counts the writes of a ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Head {
    /// The revision from which on each key has the role that it has: a process that has it, or a later one, uses the keys so.
    #[must_use]
    pub fn turned(&self) -> Revision {
        if self.turned.is_unknown() { self.revision } else { self.turned }
    }
}

impl Revision {
    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// The revision of the next write: past the store's own and past the floor, the lowest that may serve.
    #[must_use]
    pub fn after(self, floor: Self) -> Self {
        Self(self.max(floor).0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One secret text, and what is known of it.
#[derive(Debug)]
pub struct Key {
    /// What may be shown of it.
    pub facts: Facts,
    /// The key itself.
    pub secret: SecretText,
}

/// What may be shown of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Names the key.
    pub id: KeyId,
    /// Counts the keys of the ring: the fallbacks stand in this order, the newest first.
    #[serde(rename = "n")]
    pub number: u32,
    /// Finds copies of the key.
    pub mark: Mark,
    /// When the key came into the ring.
    pub made: Timestamp,
    /// When the key took the role it has.
    pub since: Timestamp,
    /// Whether it stood in source control.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub exposed: bool,
    /// Members that this version does not know, and keeps.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A key that is accepted only, and why.
#[derive(Debug)]
pub struct Retiring {
    /// The key.
    pub key: Key,
    /// Why it no longer signs.
    pub why: Why,
}

/// Why a key retires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A newer key signs.
    Replaced,
    /// Its promotion was taken back.
    Aborted,
    /// It was a fallback when the ring was adopted.
    Adopted,
    /// It stood in source control.
    Exposed,
    /// A word of a later version, which is kept.
    #[serde(untagged)]
    Other(Box<str>),
}

/// Where a ring stands in its handover. It is read off the ring and never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// One key, and no handover under way.
    Settled,
    /// The next key is accepted and signs nowhere yet.
    Staged,
    /// The new key signs; the old one is accepted only.
    Promoted,
}

impl Ring {
    /// Where the ring stands in its handover.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if self.next.is_some() {
            Phase::Staged
        } else if self.retiring.is_empty() {
            Phase::Settled
        } else {
            Phase::Promoted
        }
    }

    /// Every accepted key, newest first.
    #[must_use]
    pub fn accepted(&self) -> Vec<&Key> {
        let retiring = self.retiring.iter().map(|retiring| &retiring.key);
        let mut keys: Vec<&Key> =
            self.next.iter().chain(core::iter::once(&self.signing)).chain(retiring).collect();
        keys.sort_by_key(|key| core::cmp::Reverse(key.facts.number));
        keys
    }

    /// The keys that this ring has in common with another one, whatever they do in either: as they stand here, and there.
    #[must_use]
    pub fn shared_with<'a>(&'a self, other: &'a Self) -> Vec<(&'a Key, &'a Key)> {
        let others = other.accepted();
        let twin = |key: &'a Key| Some((key, *others.iter().find(|other| other.secret == key.secret)?));
        self.accepted().into_iter().filter_map(twin).collect()
    }

    /// The accepted key of this id.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<&Key> {
        self.accepted().into_iter().find(|key| key.facts.id == id)
    }

    /// Takes the keys apart; the ring's own shape is gone then.
    pub(crate) fn into_keys(self) -> (Head, Vec<Key>) {
        let retiring = self.retiring.into_iter().map(|retiring| retiring.key);
        let keys = self.next.into_iter().chain(core::iter::once(self.signing)).chain(retiring);
        (self.head, keys.collect())
    }
}
