//! The keys of a configuration, table by table, and what each may hold: the reader and the editors' schema know the same.

use std::fmt;

use keybaton_core::Reporting;

/// A key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Texts,
    /// Lists of strings, each a program and its arguments.
    Commands,
    /// One of them.
    Command,
    /// Which processes report.
    Fleet,
    /// A number and a unit.
    Span,
    RingName,
    /// Yes or no.
    Truth,
    /// A table for each environment.
    Environments,
    /// A table for each ring, under its name.
    Rings,
}

pub(super) const DEFAULT_ENVIRONMENT: Key = Key { name: "default-environment", holds: Holds::Text };
pub(super) const RING: Key = Key { name: "ring", holds: Holds::RingName };
pub(super) const ENVIRONMENTS: Key = Key { name: "environments", holds: Holds::Environments };

pub(super) const STORE: Key = Key { name: "store", holds: Holds::Text };
pub(super) const MIRRORS: Key = Key { name: "mirrors", holds: Holds::Texts };
pub(super) const PROPAGATION: Key = Key { name: "propagation", holds: Holds::Span };
pub(super) const LONGEST_SIGNATURE: Key = Key { name: "longest-signature", holds: Holds::Span };
pub(super) const OFFLINE: Key = Key { name: "offline", holds: Holds::Span };
pub(super) const AFTER_WRITE: Key = Key { name: "after-write", holds: Holds::Commands };
pub(super) const AFTER_WRITE_TIMEOUT: Key = Key { name: "after-write-timeout", holds: Holds::Span };
pub(super) const MANAGE: Key = Key { name: "manage", holds: Holds::Command };
pub(super) const FLEET: Key = Key { name: "fleet", holds: Holds::Fleet };
pub(super) const ENCRYPTS: Key = Key { name: "encrypts", holds: Holds::Truth };
pub(super) const RINGS: Key = Key { name: "rings", holds: Holds::Rings };

/// What stands behind `fleet`.
pub(super) const FLEETS: [(&str, Reporting); 3] =
    [("all", Reporting::All), ("some", Reporting::Some), ("none", Reporting::None)];
