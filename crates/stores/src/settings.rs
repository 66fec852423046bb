//! What a store needs to know of its surroundings.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Looks up an environment variable.
pub type Environment = Arc<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// What a store needs to know of its surroundings; it asks nobody else.
#[derive(Clone)]
pub struct Settings<'a> {
    /// What relative paths are relative to: the folder of the configuration.
    pub base: &'a Path,
    /// Looks up an environment variable, now or later.
    pub environment: Environment,
    /// Whether to write what somebody else makes, and may make anew.
    pub adopt_owner: bool,
    /// Whether a store on a network may make what holds the ring, where it is missing. Files are always made.
    pub may_create: bool,
    /// Whether a value that other programs read whole may be given another shape.
    pub may_reshape: bool,
}

impl<'a> Settings<'a> {
    /// A folder and an environment, and nothing out of the ordinary.
    #[must_use]
    pub fn new(base: &'a Path, environment: Environment) -> Self {
        Self { base, environment, adopt_owner: false, may_create: false, may_reshape: false }
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("base", &self.base).finish_non_exhaustive()
    }
}
