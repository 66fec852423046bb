//! Doing it, and showing it.

use super::{Change, What};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plain_files::replace;
use crate::print::Print;
use crate::unified::plain;

impl Change<'_> {
    /// The change as people see it.
    pub(crate) fn shown(&self, print: &Print) -> String {
        let [old, new] = &self.what.seen;
        plain(print, &self.name, old, new)
    }

    /// Over just what was read.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let What { old, new, .. } = &self.what;
        let written = replace(&self.path, old.as_deref().map(Vec::as_slice), new);
        written.map_err(|failure| failure.exiting(Exit::Store))
    }
}
