//! Weak, leaked and misplaced keys of a Django project: one file a rule.
#![warn(missing_docs)]

pub mod git;
pub mod project;
pub mod settings;
pub mod source;
pub mod wire;

mod python;
