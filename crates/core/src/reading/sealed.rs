//! What a store tells whose keys nobody can read: its record, and little of the keys.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Newer, Reading};
use crate::record::{Decoded, Record, Row};
use crate::ring::Head;

/// What can be seen of keys that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// Nothing tells that they are others than those of the record.
    AsRecorded,
    /// One of them was written after the record, so by somebody who wrote no record.
    WrittenSince,
    /// One of them is gone.
    Missing,
}

/// Keys that cannot be read, and their record, where there is one.
#[derive(Debug)]
pub struct Sealed {
    record: Option<Box<Record>>,
    keys: Unseen,
}

/// Reads the record of a store that gives its keys to nobody.
#[must_use]
pub fn read_sealed(record: Option<&str>, keys: Unseen) -> Reading {
    let record = match record.map(Record::decode) {
        Some(Decoded::Newer(format)) => return Reading::Newer(Newer { format }),
        Some(Decoded::Record(record)) => Some(record),
        // What no record names may be anything.
        Some(Decoded::Garbage) | None => None,
    };
    Reading::Sealed(Sealed { record, keys })
}

impl Sealed {
    /// What the record says of the ring.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        self.record.as_deref().map(|record| &record.head)
    }

    /// Whether no write was cut short, and each key is there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let is_final = self.record.as_ref().is_some_and(|record| record.intent.is_none());
        is_final && self.keys != Unseen::Missing
    }

    /// Whether somebody who wrote no record wrote a key.
    #[must_use]
    pub fn was_written_since(&self) -> bool {
        self.keys == Unseen::WrittenSince
    }

    /// The keys as they were before the write that the record announces, if it does.
    pub(crate) fn former(&self) -> Option<&[Row]> {
        self.record.as_deref().map(|record| record.keys.as_slice())
    }

    /// The keys of the record, as they were and as they were to be: any of them may stand there.
    pub(crate) fn rows(&self) -> Vec<Row> {
        self.record.as_deref().map(Record::all_rows).unwrap_or_default()
    }
}
