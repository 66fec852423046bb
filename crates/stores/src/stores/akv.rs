//! Azure Key Vault: secrets, each with its versions.
//!
//! Key Vault can compare nothing while it writes, so a write looks before and after. Before: what versions there are, then
//! which of them is current. If that is not the one that was read, nothing is written. After: what versions there are now.
//! One that is neither ours nor was there before was written at the same moment, by somebody who could not see ours.
//! Of two writers the one whose value was written last finds the other's in any case; the other one finds it only where it
//! was written before this one looked again.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use keybaton_core::{RingName, SecretText};

use crate::remote::line::{conflict, not_looked};
use crate::remote::values::{LAYOUT, Over, Put, Value, Values, arranged};
use crate::remote::{Address, Deadline, Line};
use crate::{Can, ChosenBy, Guard, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl};

mod calls;
mod challenge;
mod door;
mod errors;
mod login;
mod network;
mod place;
mod secret;

use calls::{Doing, Set};
use door::Door;
use place::{Place, SUFFIX};
use secret::Secret;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "akv",
    summary: "Azure Key Vault",
    example: "akv://shop-vault/django",
    can: Can { read_back: true, guard: Guard::Afterwards, atomic: true },
    guarded_by: "the current version is compared before a write",
    creates: "the secret, in a vault that is there, with the tag created-by=keybaton",
    local: false,
    chosen_by: &[ChosenBy::Variable("AZURE_AUTHORITY_HOST")],
    open,
};

struct Akv {
    line: Line<Door>,
    place: Place,
    /// What a value that is made says it is.
    content_type: Option<&'static str>,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &[SUFFIX, LAYOUT])?;
    let (place, name) = Place::of(url, &address)?;
    let line = Line {
        carrier: Door::new(&place, &settings.environment)?,
        store: url.to_string(),
        host: place.host.clone(),
        is_busy: errors::is_in_between,
        sign_in: login::SIGN_IN,
        authority: "SSL_CERT_FILE=/path/to/ca.pem",
    };
    let content_type = (address.get(LAYOUT) != Some("separate")).then_some("application/json");
    arranged(Akv { line, place, content_type }, &name, (url, &address), ring, settings)
}

impl Values for Akv {
    fn get(&self, name: &str, deadline: Deadline) -> Result<Option<Value>, StoreError> {
        let found = self.current(name, Doing::Reading, deadline)?;
        Ok(found.map(|Secret { value, version, .. }| Value { text: value, version }))
    }

    fn must_fit(&self, new: &SecretText) -> Result<(), StoreError> {
        if new.expose().len() > LARGEST { Err(self.too_large()) } else { Ok(()) }
    }

    fn put(
        &self,
        name: &str,
        new: &SecretText,
        over: Over<'_>,
        deadline: Deadline,
    ) -> Result<Put, StoreError> {
        // In this order: what is in the list is no newer than what is current after it.
        let known = self.versions(name, deadline)?;
        let before = self.current(name, Doing::Writing, deadline)?;
        if before.as_ref().map(|before| &*before.version) != over.version() {
            return Err(conflict(&self.line.store));
        }
        let body = match &before {
            Some(before) if before.is_managed => return Err(self.managed(name)),
            Some(before) => before.followed_by(new),
            None if over == (Over::Nothing { may_create: true }) => secret::first(new, self.content_type),
            None => return Err(self.line.not_made(KIND.creates)),
        };
        let set = match self.set(name, &body, deadline) {
            Err(error) if error.kind == StoreErrorKind::Uncertain => {
                // Perhaps it is done, and over somebody else's.
                return Err(self.found_over(name, new, &known, Deadline::begin()).unwrap_or(error));
            }
            set => set?,
        };
        let (unseen, overlap) = match self.looked_again(name, new, (&known, &set), deadline) {
            Ok(unseen) => (unseen, None),
            // Ours stands.
            Err(error) if error.kind == StoreErrorKind::Overlap => (None, Some(error)),
            Err(error) => return Err(error),
        };
        let notes =
            unseen.into_iter().chain(before.and_then(|before| self.untimely(name, &before))).collect();
        Ok(Put { version: set.version, notes, overlap, ..Put::default() })
    }
}

impl Akv {
    /// Sees that nobody wrote at the same moment. Our value is written, whatever comes of this.
    fn looked_again(
        &self,
        name: &str,
        new: &SecretText,
        (known, set): (&[String], &Set),
        deadline: Deadline,
    ) -> Result<Option<Note>, StoreError> {
        let foreign = match self.foreign(name, new, (known, set), deadline) {
            Ok(foreign) => foreign,
            Err(error) => return Ok(Some(not_looked(&error))),
        };
        let Some(other) = foreign.first() else { return Ok(None) };
        Err(match self.current(name, Doing::Reading, deadline) {
            Ok(Some(current)) if current.version == set.version => self.wrote_over(name, other),
            Ok(_) => self.overwritten(name, &set.version),
            Err(error) => self.either(&error),
        })
    }

    /// Of a write whose answer was lost: whether it stands over one that somebody else made at the same moment.
    fn found_over(
        &self,
        name: &str,
        new: &SecretText,
        known: &[String],
        deadline: Deadline,
    ) -> Option<StoreError> {
        let current = self.current(name, Doing::Reading, deadline).ok().flatten()?;
        if current.value != *new {
            return None;
        }
        let set = Set { version: current.version, is_doubtful: true };
        let foreign = self.foreign(name, new, (known, &set), deadline).ok()?;
        foreign.first().map(|other| self.wrote_over(name, other))
    }

    /// Versions that were written since the list was made, and not by this write.
    fn foreign(
        &self,
        name: &str,
        new: &SecretText,
        (known, set): (&[String], &Set),
        deadline: Deadline,
    ) -> Result<Vec<String>, StoreError> {
        let mut versions = self.versions(name, deadline)?;
        versions.retain(|version| **version != *set.version && !known.contains(version));
        if set.is_doubtful {
            // An attempt that seemed to fail may have been done all the same, and is no foreign one.
            for version in std::mem::take(&mut versions) {
                if !self.is(name, &version, new, deadline)? {
                    versions.push(version);
                }
            }
        }
        Ok(versions)
    }

    /// What to say of a secret outside the time that it is meant for: Key Vault goes on giving it.
    fn untimely(&self, name: &str, secret: &Secret) -> Option<Note> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let store = &self.line.store;
        let (what, flag) = if secret.expires.is_some_and(|time| time <= now) {
            ("has expired", "expires")
        } else if secret.begins.is_some_and(|time| time > now) {
            ("is not valid yet", "not-before")
        } else {
            return None;
        };
        let words = self.place.words(name);
        Some(Note(format!(
            "{store}: {name} {what}, and some consumers refuse it: az keyvault secret set-attributes {words} --{flag} DATE"
        )))
    }
}

impl fmt::Debug for Akv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Akv({}, {})", self.line.store, self.line.host)
    }
}

/// What Key Vault keeps in one version.
const LARGEST: usize = 25_600;
