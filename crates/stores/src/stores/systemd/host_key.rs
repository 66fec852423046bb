//! The machine's key, as far as its file tells without being read.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Environment;

pub(super) struct HostKey {
    path: PathBuf,
    is_chosen: bool,
}

impl HostKey {
    pub(super) fn of(environment: &Environment) -> Self {
        let chosen = environment(CHOOSES_KEY).filter(|path| !path.is_empty());
        let is_chosen = chosen.is_some();
        Self { path: chosen.map_or_else(|| USUAL.into(), PathBuf::from), is_chosen }
    }

    pub(super) fn is_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Why systemd does not use the file, for it is stricter than "nobody else may read it".
    pub(super) fn flaw(&self) -> Option<Flaw> {
        let (mode, names) = facts(&fs::metadata(&self.path).ok()?);
        match mode {
            WANTED_MODE => (names > 1).then_some(Flaw::SecondName),
            _ => Some(Flaw::Mode(mode)),
        }
    }
}

/// What is wrong with a machine's key.
pub(super) enum Flaw {
    Mode(u32),
    SecondName,
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.is_chosen { write!(f, " (by {CHOOSES_KEY})") } else { Ok(()) }
    }
}

#[cfg(unix)]
fn facts(metadata: &fs::Metadata) -> (u32, u64) {
    use std::os::unix::fs::MetadataExt;

    (metadata.mode() & 0o7777, metadata.nlink())
}

/// systemd is not there, and neither is its key.
#[cfg(not(unix))]
fn facts(_metadata: &fs::Metadata) -> (u32, u64) {
    (WANTED_MODE, 1)
}

/// The variable that names another file.
pub(super) const CHOOSES_KEY: &str = "SYSTEMD_CREDENTIAL_SECRET";

const USUAL: &str = "/var/lib/systemd/credential.secret";
const WANTED_MODE: u32 = 0o400;
