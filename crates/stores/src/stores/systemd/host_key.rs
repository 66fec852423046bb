//! The machine's key, as far as its file tells without being read.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use crate::Environment;

pub(super) struct HostKey {
    path: PathBuf,
    is_chosen: bool,
}

impl HostKey {
    pub(super) fn of(environment: &Environment) -> Self {
        let chosen = environment(CHOOSES_KEY);
        let is_chosen = chosen.is_some();
        Self { path: chosen.map_or_else(|| USUAL.into(), PathBuf::from), is_chosen }
    }

    pub(super) fn is_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok()
    }

    /// The mode of a file that systemd does not use, for it is stricter than "nobody else may read it".
    pub(super) fn wrong_mode(&self) -> Option<u32> {
        let mode = mode(&fs::metadata(&self.path).ok()?);
        (mode != WANTED_MODE).then_some(mode)
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.is_chosen { write!(f, " (by {CHOOSES_KEY})") } else { Ok(()) }
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt;

    metadata.mode() & 0o7777
}

/// systemd is not there, and neither is its key.
#[cfg(not(unix))]
fn mode(_metadata: &fs::Metadata) -> u32 {
    WANTED_MODE
}

/// The variable that names another file.
pub(super) const CHOOSES_KEY: &str = "SYSTEMD_CREDENTIAL_SECRET";

const USUAL: &str = "/var/lib/systemd/credential.secret";
const WANTED_MODE: u32 = 0o400;
