//! The rules of keybaton: keys, rings, handovers and their three texts, without IO.
//!
//! Nothing here reads a file, a clock or the environment: the time is an argument, and so is randomness.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;

pub mod generate;
pub mod strength;
pub mod time;

mod name;
mod secret;
mod texts;

pub use name::{BadName, RingName};
pub use secret::SecretText;
pub use texts::{Field, FieldWrite, Texts, Writes};
