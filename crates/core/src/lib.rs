//! The rules of keybaton: keys, rings, handovers and their three texts, without IO.
//!
//! Nothing here reads a file, a clock or the environment: the time is an argument, and so is randomness.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;

pub mod generate;
pub mod shell;
pub mod strength;
pub mod time;

mod adopt;
mod change;
mod fallbacks;
mod fleet;
mod follow;
mod held;
mod history;
mod id;
mod mark;
mod misfit;
mod name;
mod next;
mod policy;
mod reading;
mod ready;
mod record;
mod ring;
mod secret;
mod texts;
mod writes;

pub use adopt::{Adoption, Fallback};
pub use change::{Change, Stamp};
pub use fallbacks::survives_commas;
pub use fleet::{Awaited, Beat, Beats, Floor, Hindrance, Kin, Pulse, Reporting, awaited};
pub use follow::Follow;
pub use held::HeldKey;
pub use history::{Event, Left, Tombstone, What};
pub use id::{BadId, KeyId, RingId, WriteId};
pub use mark::{Mark, Salt};
pub use misfit::Misfit;
pub use name::{BadName, RingName};
pub use next::{Goal, MirrorSeen, Next, Refusal, Seen, Step, Wait, next, under_way};
pub use policy::Policy;
pub use reading::{Bare, Edit, Edited, Newer, Reading, Sealed, Torn, Unseen, read, read_sealed};
pub use ready::{Ready, is_follow_due, ready};
pub use record::{MOST_KEYS, RECORD_LIMIT, Role};
pub use ring::{Facts, Head, Key, Phase, Retiring, Revision, Ring, Unknown, Why};
pub use secret::SecretText;
pub use texts::{Field, FieldWrite, Texts, Writes};
pub use writes::NotAMirror;

/// A source of random bytes: it fills the whole slice.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);
