//! systemd's encrypted credentials: a folder with one for each text, which only this machine can read.
//!
//! A file is called exactly as its credential, without an ending: so `LoadCredentialEncrypted=NAME` finds it in
//! `/etc/credstore.encrypted`, and a service sees a folder like that of `dir:`.

use std::fmt;
use std::path::{Path, PathBuf};

use keybaton_core::{RingName, Writes};
use keybaton_files::private_folder;

use crate::local::is_no_folder;
use crate::three_files::{Files, Names};
use crate::{
    Can, Environment, Guard, Held, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl,
    Version, Written,
};

mod creds;
mod host_key;
mod refusal;

use creds::Creds;
use host_key::HostKey;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "systemd",
    summary: "systemd's encrypted credentials, of one machine",
    example: "systemd:/etc/credstore.encrypted",
    can: Can { read_back: true, guard: Guard::Lock, atomic: false },
    guarded_by: "folder lock, one credential after another",
    creates: "a folder (0700) with three credentials (0600), and the machine's key for them where there is none",
    local: true,
    chosen_by: &[],
    open,
};

struct Credstore {
    folder: PathBuf,
    with_key: &'static str,
    names: Names,
    environment: Environment,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    if !cfg!(target_os = "linux") {
        let sentence = "systemd's credentials are there on Linux alone";
        return Err(StoreError::new(StoreErrorKind::Unsupported, sentence)
            .hint("run it on that machine; here dotenv:.env or keychain:NAME keeps a ring"));
    }
    let (folder, query) = url.rest().split_once('?').unwrap_or((url.rest(), ""));
    let folder = if folder.starts_with("///") { &folder[2..] } else { folder };
    if !Path::new(folder).is_absolute() {
        let hint = format!("write its whole path, for example {}", KIND.example);
        return Err(url.malformed("needs a folder that is the same from everywhere", hint));
    }
    let with_key = with_key(query).ok_or_else(|| {
        let hint = format!("with-key={} is all that may stand behind the ?", KEYS.join(" or "));
        url.malformed("has a parameter that there is not", hint)
    })?;
    let environment = settings.environment.clone();
    Ok(Box::new(Credstore { folder: folder.into(), with_key, names: Names::of_ring(ring), environment }))
}

/// What systemd shall seal new credentials with.
fn with_key(query: &str) -> Option<&'static str> {
    if query.is_empty() {
        return Some(KEYS[0]);
    }
    let asked = query.strip_prefix("with-key=")?;
    KEYS.into_iter().find(|known| *known == asked)
}

impl Store for Credstore {
    fn read(&self) -> Result<Held, StoreError> {
        self.must_be_a_folder()?;
        self.with_files(|files| files.read())
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        self.must_be_a_folder()?;
        if *over == Version::Absent {
            private_folder(&self.folder).map_err(|error| for_root(error.into()))?;
        }
        let key = HostKey::of(&self.environment);
        let was_there = key.is_there();
        let outcome = self.with_files(|files| files.write(new, over));
        if was_there || !key.is_there() {
            return outcome;
        }
        let made = key_made(&key);
        match outcome {
            Ok(written) => Ok(Written { notes: [written.notes, vec![Note(made)]].concat(), ..written }),
            Err(error) => Err(also_told(error, &made)),
        }
    }
}

impl Credstore {
    fn with_files<T>(&self, act: impl FnOnce(Files<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let creds = Creds::begin(self.with_key, &self.environment);
        act(Files { folder: &self.folder, names: &self.names, form: &creds }).map_err(for_root)
    }

    fn must_be_a_folder(&self) -> Result<(), StoreError> {
        if !is_no_folder(&self.folder) {
            return Ok(());
        }
        let sentence = format!("{} is not a folder", self.folder.display());
        Err(StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint(format!("name the folder of the credentials, for example {}", KIND.example)))
    }
}

impl fmt::Debug for Credstore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credstore({}, with-key={}, {:?})", self.folder.display(), self.with_key, self.names)
    }
}

fn key_made(key: &HostKey) -> String {
    format!(
        "this machine's key for credentials was made, {key}: a backup of the credentials is worth nothing without it"
    )
}

/// The next write finds the key, and tells nothing of it.
fn also_told(error: StoreError, made: &str) -> StoreError {
    let hint = error.hint.map_or_else(|| made.to_owned(), |hint| format!("{hint}; {made}"));
    let rest = error.rest.map(|rest| Box::new(also_told(*rest, made)));
    StoreError { hint: Some(hint), rest, ..error }
}

/// The folder, the credentials and the machine's key are root's, as systemd has it.
fn for_root(error: StoreError) -> StoreError {
    let rest = error.rest.map(|rest| Box::new(for_root(*rest)));
    let error = StoreError { rest, ..error };
    if error.kind != StoreErrorKind::Denied {
        return error;
    }
    error.hint("the machine's credentials are for root alone: run it with sudo")
}

/// What systemd can seal with; the first is what it chooses itself: a TPM where there is one, and the machine's key.
const KEYS: [&str; 4] = ["auto", "host", "tpm2", "host+tpm2"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_root_is_told_too_where_a_part_was_done() {
        let denied = StoreError::new(StoreErrorKind::Denied, "cannot write").hint("see `ls -ld`");
        let told = for_root(denied.after_a_part()).rest.unwrap().hint;
        assert_eq!(told.as_deref(), Some("the machine's credentials are for root alone: run it with sudo"));
    }
}
