//! The rules of rings and handovers, held against the texts that stores see.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod beats;
mod cupboard;
mod delivery;
mod fleet;
mod follow;
mod kin;
mod properties;
mod reading;
mod reports;
mod stale;
mod table;
