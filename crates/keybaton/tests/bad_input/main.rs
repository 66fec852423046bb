//! What goes wrong around a ring: the whole message that a user sees, and that nothing is lost.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod env_file;
mod ground;
mod interrupts;
mod leftovers;
mod mounts;
mod records;
mod together;
mod values;
