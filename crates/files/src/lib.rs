//! Bounded reads, atomic replacement and locks for files that hold secrets.
//!
//! A write goes like this: find the [`Place`] where the file really stands, [`Place::lock`] its folder,
//! [`Lock::read`] it, decide, and [`replace`] it over exactly the content that was read. Whatever happens on the way, the old file is whole
//! or the new one is: never a mixture, never a file with another owner, mode or access list.
//!
//! What systems do in their own ways stands in the modules `unix` and `windows`, under the same names.
#![warn(missing_docs)]

mod content;
mod current;
mod error;
mod leftover;
mod lock;
mod own;
mod place;
mod private;
mod replace;
mod temporary;
mod tidy;

#[cfg(unix)]
#[path = "unix/mod.rs"]
mod system;
#[cfg(windows)]
#[path = "windows/mod.rs"]
mod system;

pub use content::{Content, Limits, read};
pub use error::{FileError, FileErrorKind};
pub use leftover::{Fate, Leftover, leftovers};
pub use lock::Lock;
pub use own::OwnLock;
pub use place::Place;
pub use private::{private_folder, read_private};
pub use replace::{Audience, Change, replace};
pub use system::{me, mode, owner, whole};
pub use temporary::TEMPORARY_FILES;
