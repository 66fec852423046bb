//! The keychain of whoever is logged in: the Secret Service of a desktop, macOS's Keychain, Windows' Credential Manager.
//!
//! No keychain compares while it writes. A lock keeps other keybatons of this user out while one compares and writes;
//! what any other program writes at the same moment is seen when the item is read again.

use std::fmt;
use std::time::Duration;

use keybaton_core::{RingName, SecretText};
use keybaton_files::OwnLock;
use sha2::{Digest, Sha256};

use crate::remote::line::{conflict, not_looked};
use crate::remote::values::{Over, Put, Value, Values, arranged};
use crate::remote::{Address, Deadline};
use crate::text::text_of;
use crate::{Can, Guard, Note, Settings, Store, StoreError, StoreKind, StoreUrl};

#[cfg(any(target_os = "macos", windows))]
mod native;
mod refusal;
#[cfg(not(any(target_os = "macos", windows)))]
mod secret_service;

#[cfg(any(target_os = "macos", windows))]
use native as system;
#[cfg(not(any(target_os = "macos", windows)))]
use secret_service as system;

use system::Door;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "keychain",
    summary: "the keychain of a desktop, macOS or Windows, for laptops",
    example: "keychain:shop",
    can: Can { read_back: true, guard: Guard::Claim, atomic: true },
    guarded_by: "a lock among keybatons, and a look at the item afterwards",
    creates: "the item, in the keychain that is unlocked",
    local: true,
    chosen_by: &[],
    open,
};

struct Keychain {
    /// The store as the user names it.
    store: String,
    service: String,
    door: Door,
}

/// An item of a keychain, as all of them name it.
#[derive(Clone, Copy, Debug)]
struct Item<'a> {
    service: &'a str,
    account: &'a str,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let (service, query) = url.rest().split_once('?').unwrap_or((url.rest(), ""));
    if service.trim() != service || service.is_empty() || service.chars().any(char::is_control) {
        return Err(url.malformed("names no service", format!("write for example {}", KIND.example)));
    }
    if !["", "layout=json", "layout=separate"].contains(&query) {
        let hint = "layout=json or layout=separate is all that may stand behind the ?";
        return Err(url.malformed("has a parameter that there is not", hint));
    }
    let address = Address::of(url, &["layout"])?;
    let door = Door::new(&settings.environment);
    let keychain = Keychain { store: url.to_string(), service: service.to_owned(), door };
    arranged(keychain, ring.as_str(), (url, &address), ring, settings)
}

impl Values for Keychain {
    fn get(&self, name: &str, deadline: Deadline) -> Result<Option<Value>, StoreError> {
        let found = self.door.read(self.item(name), deadline).map_err(|why| self.not_read(why))?;
        let Some(bytes) = found else { return Ok(None) };
        let text = text_of(&bytes, &format!("{name} in {}", self.store))?;
        Ok(Some(Value { text: SecretText::new(text), version: version_of(text) }))
    }

    fn must_fit(&self, new: &SecretText) -> Result<(), StoreError> {
        match fits(new.expose().len(), cfg!(windows)) {
            true => Ok(()),
            false => Err(self.too_large()),
        }
    }

    /// Other keybatons of this user, also those that a timer started with hardly any environment.
    fn alone(&self) -> Result<Option<OwnLock>, StoreError> {
        OwnLock::of_this_user(PATIENCE).map(Some).map_err(|why| self.not_alone(why))
    }

    fn put(
        &self,
        name: &str,
        new: &SecretText,
        over: Over<'_>,
        deadline: Deadline,
    ) -> Result<Put, StoreError> {
        let before = self.get(name, deadline)?;
        if before.as_ref().map(|before| &*before.version) != over.version() {
            return Err(conflict(&self.store));
        }
        let written = self.door.write(self.item(name), new.expose().as_bytes(), deadline);
        written.map_err(|why| self.not_written(why))?;
        let version = version_of(new.expose());
        let notes = self.looked_again(name, &version, self.get(name, deadline))?;
        Ok(Put { version, notes, ..Put::default() })
    }
}

impl Keychain {
    fn item<'a>(&'a self, account: &'a str) -> Item<'a> {
        Item { service: &self.service, account }
    }

    /// What it means that this stands there after a write.
    fn looked_again(
        &self,
        name: &str,
        version: &str,
        found: Result<Option<Value>, StoreError>,
    ) -> Result<Vec<Note>, StoreError> {
        match found {
            Ok(Some(now)) if &*now.version == version => Ok(Vec::new()),
            Ok(_) => Err(self.overwritten(name)),
            Err(error) => Ok(vec![not_looked(&error)]),
        }
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keychain({})", self.store)
    }
}

/// A keychain has no versions. This one is kept in memory only.
fn version_of(text: &str) -> Box<str> {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fits(length: usize, is_windows: bool) -> bool {
    !is_windows || length <= LARGEST_OF_WINDOWS
}

/// What the Credential Manager keeps in one credential.
const LARGEST_OF_WINDOWS: usize = 5 * 512;
/// A keychain that asks its user something keeps a writer for a while.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use keybaton_files::Lock;

    use super::*;
    use crate::{Environment, StoreErrorKind};

    fn keychain(environment: Environment) -> Keychain {
        let (store, service) = ("keychain:shop".to_owned(), "shop".to_owned());
        Keychain { store, service, door: Door::new(&environment) }
    }

    #[test]
    fn what_keeps_us_from_the_lock_is_said_of_the_lock() {
        let keychain = keychain(Arc::new(|_| None));
        let folder = tempfile::tempdir().unwrap();
        let lock = |path: &Path| Lock::on_directory(path, Duration::ZERO);
        let _held = lock(folder.path()).unwrap();
        let told = keychain.not_alone(lock(folder.path()).unwrap_err());
        let begins =
            "keychain:shop: its lock among keybatons cannot be had: another program holds the lock on ";
        assert_eq!((told.kind, &told.sentence[..begins.len()]), (StoreErrorKind::Locked, begins));
        assert!(told.hint.unwrap().starts_with("wait for it to end"));
        let told = keychain.not_alone(lock(&folder.path().join("missing")).unwrap_err());
        assert!(told.sentence.ends_with("/missing"), "{}", told.sentence);
        assert_eq!(told.hint.as_deref(), Some(refusal::LOCK_FOLDERS));
    }

    #[test]
    fn what_another_program_wrote_after_us_is_told() {
        let keychain = keychain(Arc::new(|_| None));
        let value = |text: &str| Ok(Some(Value { text: SecretText::new(text), version: version_of(text) }));
        let judged = |found| keychain.looked_again("SECRET_KEY", &version_of("ours"), found);
        assert_eq!(judged(value("ours")).unwrap(), []);
        for foreign in [value("theirs"), Ok(None)] {
            let error = judged(foreign).unwrap_err();
            let told = "keychain:shop: another program wrote SECRET_KEY right after this write";
            assert_eq!((error.kind, error.sentence.as_str()), (StoreErrorKind::Conflict, told));
        }
        let away = keychain.not_read(refusal::Trouble::Locked);
        let told = "written, but whether another program wrote at the same moment could not be seen: \
                    keychain:shop: the keychain is locked";
        assert_eq!(judged(Err(away)).unwrap(), [Note(told.to_owned())]);
    }

    #[test]
    fn a_credential_of_windows_has_its_limit() {
        assert!(fits(2560, true) && !fits(2561, true) && fits(100_000, false));
    }
}
