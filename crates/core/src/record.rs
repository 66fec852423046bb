//! NAME_RING: the record, as it is written.
//!
//! Unpadded base64url of JSON, because every reader of .env files passes that alphabet unchanged. Under 2 KiB.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::history::{Left, Tombstone};
use crate::ring::{Facts, Head, Revision, Ring, Unknown, Why};
use crate::time::Timestamp;

/// The format that this version writes.
pub(crate) const FORMAT: u32 = 1;

/// A record stays under this many bytes as it is written, unless more keys were taken in than a handover has.
pub const RECORD_LIMIT: usize = 2048;

/// A longer text is no record: nobody has to read megabytes to find that out.
const READ_LIMIT: usize = 8 * RECORD_LIMIT;

/// A ring of more keys cannot be taken in: its record would be longer than what is read, when it names them twice.
pub const MOST_KEYS: usize = 24;

/// No ring lives long enough to count so many keys.
const NUMBER_LIMIT: u32 = 1 << 24;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) format: u32,
    #[serde(flatten)]
    pub(crate) head: Head,
    pub(crate) keys: Vec<Row>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) intent: Option<Intent>,
}

/// A key in a record: what it is, without the key itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<Why>,
    #[serde(flatten)]
    pub(crate) facts: Facts,
}

/// What a key does in its ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Accepted, and signs nowhere yet.
    Next,
    /// Signs, and is accepted.
    Signing,
    /// Accepted only.
    Retiring,
}

/// What a writer is about to make of the ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) at: Timestamp,
    /// Whether a signing key that stands in no text is to be drawn anew, instead of leaving the ring as it was.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) fresh: bool,
    pub(crate) keys: Vec<Row>,
}

/// What a text that should be a record turned out to be.
pub(crate) enum Decoded {
    Record(Box<Record>),
    /// Written by a later version, in a format that this one may only look at.
    Newer(u32),
    Garbage,
}

impl Record {
    pub(crate) fn of(ring: &Ring) -> Self {
        Self { format: FORMAT, head: ring.head.clone(), keys: rows(ring), intent: None }
    }

    /// Writes the record, forgetting the least important until it fits: events, then keys that retired or were
    /// dropped, then keys that were revoked; the oldest first.
    pub(crate) fn encode(mut self) -> String {
        loop {
            let text = self.encode_whole();
            if text.len() < RECORD_LIMIT || !self.head.forget_one() {
                return text;
            }
        }
    }

    /// Its keys, as they were and as they were to be.
    pub(crate) fn all_rows(&self) -> Vec<Row> {
        let is_new = |row: &&Row| self.keys.iter().all(|old| old.facts.id != row.facts.id);
        let intended = self.intent.iter().flat_map(|intent| &intent.keys);
        self.keys.iter().chain(intended.filter(is_new)).cloned().collect()
    }

    fn encode_whole(&self) -> String {
        let json = serde_json::to_vec(self).expect("a record is always JSON");
        BASE64URL_NOPAD.encode(&json)
    }

    pub(crate) fn decode(text: &str) -> Decoded {
        if text.len() > READ_LIMIT {
            return Decoded::Garbage;
        }
        let Ok(json) = BASE64URL_NOPAD.decode(text.trim().as_bytes()) else { return Decoded::Garbage };
        match serde_json::from_slice::<Format>(&json) {
            Ok(Format { format }) if format > FORMAT => return Decoded::Newer(format),
            Ok(Format { format: FORMAT }) => {}
            _ => return Decoded::Garbage,
        }
        match serde_json::from_slice::<Self>(&json) {
            Ok(record) if record.is_sound() => Decoded::Record(Box::new(record)),
            _ => Decoded::Garbage,
        }
    }

    fn is_sound(&self) -> bool {
        let intended = self.intent.as_ref().map(|intent| &intent.keys);
        let begins = self.keys.is_empty() && intended.is_some();
        (begins || is_ring(&self.keys)) && intended.is_none_or(|keys| is_ring(keys))
    }
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Head {
    /// Forgets one thing; `false` where nothing is left that may be forgotten.
    fn forget_one(&mut self) -> bool {
        if !self.events.is_empty() {
            self.events.remove(0);
            return true;
        }
        let expendable = self.gone.iter().position(|tomb| tomb.why != Left::Revoked).or(Some(0));
        let Some(at) = expendable.filter(|_| !self.gone.is_empty()) else { return false };
        let forgotten = self.gone.remove(at).made;
        self.forgot = self.forgot.max(Some(forgotten));
        true
    }

    /// Counts a write.
    pub(crate) fn count(&mut self, write: crate::WriteId, floor: Revision, now: Timestamp) {
        self.revision = self.revision.after(floor);
        self.write = write;
        self.written = now;
    }

    pub(crate) fn bury(&mut self, facts: &Facts, why: Left, now: Timestamp) {
        self.gone.push(Tombstone {
            id: facts.id,
            mark: facts.mark,
            made: facts.made,
            gone: now,
            why,
            unknown: Unknown::new(),
        });
    }
}

/// The keys of a ring as the record lists them, newest first.
pub(crate) fn rows(ring: &Ring) -> Vec<Row> {
    let next = ring.next.iter().map(|key| row(&key.facts, Role::Next, None));
    let signing = core::iter::once(row(&ring.signing.facts, Role::Signing, None));
    let retiring = ring.retiring.iter();
    let retiring =
        retiring.map(|retiring| row(&retiring.key.facts, Role::Retiring, Some(retiring.why.clone())));
    let mut rows: Vec<Row> = next.chain(signing).chain(retiring).collect();
    rows.sort_by_key(|row| core::cmp::Reverse(row.facts.number));
    rows
}

fn row(facts: &Facts, role: Role, why: Option<Why>) -> Row {
    Row { role, why, facts: facts.clone() }
}

/// One signing key, at most one next key, no id or number twice, and room for further numbers.
fn is_ring(rows: &[Row]) -> bool {
    let countable = rows.iter().all(|row| row.facts.number < NUMBER_LIMIT);
    let count = |role| rows.iter().filter(|row| row.role == role).count();
    let twice = |a: &Row, b: &Row| a.facts.id == b.facts.id || a.facts.number == b.facts.number;
    let distinct = rows.iter().enumerate().all(|(at, a)| !rows[..at].iter().any(|b| twice(a, b)));
    count(Role::Signing) == 1 && count(Role::Next) <= 1 && distinct && countable
}
