//! What a store needs to know of its surroundings.

use std::ffi::OsString;
use std::path::Path;

/// What a store needs to know of its surroundings; it asks nobody else.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// What relative paths are relative to: the folder of the configuration.
    pub base: &'a Path,
    /// Looks up an environment variable.
    pub environment: &'a dyn Fn(&str) -> Option<OsString>,
}
