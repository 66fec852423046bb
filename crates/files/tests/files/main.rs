//! Files as they are met in the world: links, pipes, mounts, full disks, other owners, other writers.
#![expect(clippy::unwrap_used, reason = "these are tests")]

mod alone;
mod leftovers;
mod locks;
mod mounts;
mod owners;
mod places;
mod reading;
mod replacing;
mod support;
