//! Weak, leaked and misplaced keys of a Django project: one file a rule.
//!
//! [`check`] walks a folder, reads what is about the key into a [`Tree`], and lets every rule of [`RULES`] look at it.
#![warn(missing_docs)]

pub mod deploy;
pub mod fix;
pub mod git;
pub mod project;
pub mod settings;
pub mod source;
pub mod veil;
pub mod wire;

mod check;
mod env_file;
mod finding;
mod gaps;
mod packages;
mod python;
mod python_file;
mod rules;
mod sample;
mod suppression;
mod tree;
mod walk;

pub use check::{Report, check};
pub use env_file::{EnvFile, EnvKey, GitSays};
pub use finding::{At, Finding, Severity};
pub use packages::{Encrypted, encrypted};
pub use python_file::PythonFile;
pub use rules::{RULES, Rule};
pub use tree::{KnownKey, KnownKeys, Leaves, Tree, Unexamined};
