//! `systemd-creds`, which alone knows the machine's keys.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::host_key::{CHOOSES_KEY, HostKey};
use super::refusal::{not_made, not_read, not_read_again};
use crate::program::{LONGEST, answer_of};
use crate::three_files::Form;
use crate::{Environment, StoreError, StoreErrorKind};

/// The program, for one read or one write.
pub(super) struct Creds<'a> {
    with_key: &'static str,
    environment: &'a Environment,
    end: Instant,
}

impl<'a> Creds<'a> {
    pub(super) fn begin(with_key: &'static str, environment: &'a Environment) -> Self {
        Self { with_key, environment, end: Instant::now() + WHOLE }
    }

    fn decrypted(&self, file: &Path, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let mut command = self.program("decrypt", file);
        command.args(["--newline=no", "-", "-"]);
        answer_of(&mut command, bytes, self.left(), LONGEST)
            .map_err(|(why, talk)| not_read(file, self.with_key, &self.host_key(), &why, &talk))
    }

    /// A credential carries its name, so that nobody puts one in another's place.
    fn program(&self, verb: &str, file: &Path) -> Command {
        let mut command = Command::new("systemd-creds");
        let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        command.arg(verb).arg(format!("--name={name}"));
        for name in VARIABLES {
            match (self.environment)(name).filter(|value| !value.is_empty()) {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // Its errors, as English without colours; what it merely remarks, it would remark for each text.
        command.envs([("LC_ALL", "C"), ("SYSTEMD_COLORS", "0"), ("SYSTEMD_LOG_COLOR", "0")]);
        command.envs([
            ("SYSTEMD_LOG_LEVEL", "err"),
            ("SYSTEMD_LOG_TARGET", "console"),
            ("TSS2_LOG", "all+none"),
        ]);
        command
    }

    fn host_key(&self) -> HostKey {
        HostKey::of(self.environment)
    }

    fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

impl Form for Creds<'_> {
    fn patience(&self) -> Duration {
        WHOLE / 2
    }

    fn opened(&self, file: &Path, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.decrypted(file, bytes)
    }

    /// Nothing takes the place of a credential that could not be read again.
    fn closed(&self, file: &Path, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let mut command = self.program("encrypt", file);
        command.arg(format!("--with-key={}", self.with_key)).args(["-", "-"]);
        let sealed = answer_of(&mut command, text, self.left(), LONGEST)
            .map_err(|(why, talk)| not_made(file, self.with_key, &self.host_key(), &why, &talk))?;
        match self.decrypted(file, &sealed) {
            // Something of that name that passes on what it is given would seal nothing.
            Ok(again) if again.as_slice() == text && sealed.as_slice() != text => Ok(sealed),
            Ok(_) => Err(not_read_again(file, None)),
            Err(error) if error.kind == StoreErrorKind::Malformed => Err(not_read_again(file, Some(error))),
            Err(error) => Err(error),
        }
    }
}

/// What a user waits for a read or a whole write: a slow TPM takes a second for each of a dozen calls.
pub(super) const WHOLE: Duration = Duration::from_secs(30);

/// Where the program is, and what it opens credentials with.
const VARIABLES: [&str; 3] = ["PATH", CHOOSES_KEY, "SYSTEMD_TPM2_DEVICE"];
