//! Look, decide, act, look again: a rotation carried out on real stores.
//!
//! Deciding is [`keybaton_core::next`]'s business; this crate looks for it and does what it says. Nothing is remembered
//! between two calls but what stands in the stores, so a run that was killed is simply run again.

#![warn(missing_docs)]

mod act;
mod advance;
mod copy;
mod doubt;
mod error;
mod fleet;
mod look;
mod manage;
mod mirror;
mod observed;
mod place;

pub use act::{agree, begin, change, cut, remember};
pub use advance::{Advance, advance};
pub use copy::{Copied, Copying, Original, copy, copying, copying_ring};
pub use error::{HandoverError, Missed, Reason};
pub use fleet::{Answer, Fleet, FleetError, FleetErrorKind, Reported};
pub use look::{Around, Look, Standing, look, standing, standing_of};
pub use manage::Manage;
pub use observed::Lifetimes;
pub use place::{Place, Places, World};
