//! Google Cloud Secret Manager.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use keybaton_core::{RingName, SecretText};

use crate::remote::claimed::Until;
use crate::remote::line::conflict;
use crate::remote::values::{LAYOUT, Over, Put, Value, Values, arranged};
use crate::remote::{Address, Deadline, Line};
use crate::{Can, ChosenBy, Guard, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl};

mod calls;
mod claim;
mod errors;
mod login;
mod payload;
mod place;
mod secret;

use claim::Claim;
use login::Google;
use place::{LOCATION, Place};
use secret::Secret;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "gcsm",
    summary: "Google Cloud Secret Manager",
    example: "gcsm://my-project/shop-django",
    can: Can { read_back: true, guard: Guard::Claim, atomic: true },
    guarded_by: "a claim in an annotation, taken with the secret's etag; a foreign version is seen by its number",
    creates: "the secret, with automatic replication (in a location: only there) and the label created-by=keybaton",
    local: false,
    chosen_by: &[ChosenBy::Variable("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER")],
    open,
};

struct Gcsm {
    line: Line<Google>,
    place: Place,
    adopt_owner: bool,
    /// The number of the version that was written last under each name.
    written: Mutex<BTreeMap<String, u64>>,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &[LOCATION, LAYOUT])?;
    let (place, name) = Place::of(url, &address, &settings.environment)?;
    let line = Line {
        carrier: Google::new(&settings.environment)?,
        store: url.to_string(),
        host: place.host.clone(),
        is_busy: |_| false,
        sign_in: "gcloud auth application-default login",
        authority: "SSL_CERT_FILE=/path/to/ca.pem",
    };
    let gcsm = Gcsm { line, place, adopt_owner: settings.adopt_owner, written: Mutex::default() };
    arranged(gcsm, &name, (url, &address), ring, settings)
}

impl Values for Gcsm {
    fn get(&self, name: &str, deadline: Deadline) -> Result<Option<Value>, StoreError> {
        let latest = self.access(name, "latest", deadline)?;
        let number = latest.as_ref().and_then(|value| value.version.parse().ok()).unwrap_or(0);
        match self.written(name) {
            // Google promises that a version can be had by its number at once, and by `latest` within minutes.
            Some(ours) if number < ours => Ok(self.access(name, &ours.to_string(), deadline)?.or(latest)),
            _ => Ok(latest),
        }
    }

    fn must_fit(&self, new: &SecretText) -> Result<(), StoreError> {
        match new.expose().len() {
            0 => Err(self.empty()),
            1..=LARGEST => Ok(()),
            _ => Err(self.too_large()),
        }
    }

    fn put(
        &self,
        name: &str,
        new: &SecretText,
        over: Over<'_>,
        deadline: Deadline,
    ) -> Result<Put, StoreError> {
        let before = over.version().map_or(Ok(0), str::parse).map_err(|_| conflict(&self.line.store))?;
        let working = deadline.but_for_the_claim();
        let (found, now) = self.look_at(name, working)?;
        let claim = Claim::new(now);
        let held = match found {
            Some(secret) => self.claimed(name, &secret, before, (&claim, now), working)?,
            None => match over {
                Over::Version(_) => return Err(conflict(&self.line.store)),
                Over::Nothing { may_create: false } => return Err(self.line.not_made(KIND.creates)),
                Over::Nothing { may_create: true } => self.created(name, &claim, working)?,
            },
        };
        let added = self.add(name, new, working);
        let is_free = self.release(name, &held, &claim, deadline);
        let added = added.or_else(|error| self.looked_up(name, new, before, error, deadline))?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), added);
        let overlap = self.went_over(name, new, (before, added), deadline);
        let notes = self.notes(&held, is_free);
        Ok(Put { version: added.to_string().into(), notes, overlap, ..Put::default() })
    }
}

impl Gcsm {
    fn written(&self, name: &str) -> Option<u64> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied()
    }

    /// Keeps other keybatons out, unless one is at work or has written since. Where one begins between these calls, the
    /// etag has changed when the claim is to be set.
    fn claimed(
        &self,
        name: &str,
        secret: &Secret,
        before: u64,
        (claim, now): (&Claim, u64),
        deadline: Deadline,
    ) -> Result<Secret, StoreError> {
        if let Some(seconds) = secret.claim().and_then(|other| claim::stands_for(other, now)) {
            return Err(self.line.at_work(Until::Seconds(seconds)));
        }
        if secret.is_rotated && !self.adopt_owner {
            return Err(self.rotated(name));
        }
        self.must_not_have(name, before + 1, deadline)?;
        self.ours(name, claim, self.patch(name, &secret.with(claim), deadline), deadline)
    }

    fn created(&self, name: &str, claim: &Claim, deadline: Deadline) -> Result<Secret, StoreError> {
        self.ours(name, claim, self.create(name, claim, deadline), deadline)
    }

    /// A claim whose answer was lost may stand there all the same.
    fn ours(
        &self,
        name: &str,
        claim: &Claim,
        outcome: Result<Secret, StoreError>,
        deadline: Deadline,
    ) -> Result<Secret, StoreError> {
        match outcome {
            Err(error) if error.kind == StoreErrorKind::Uncertain => match self.secret(name, deadline)? {
                Some(secret) if secret.claim() == Some(claim.text()) => Ok(secret),
                _ => Err(self.line.not_claimed("Google", "took the claim of this write")),
            },
            outcome => outcome,
        }
    }

    /// A version whose answer was lost may be there all the same, and is there by its number at once. Others may stand before it.
    fn looked_up(
        &self,
        name: &str,
        new: &SecretText,
        before: u64,
        error: StoreError,
        deadline: Deadline,
    ) -> Result<u64, StoreError> {
        if error.kind != StoreErrorKind::Uncertain {
            return Err(error);
        }
        for number in before + 1..=before + LOOKED_AT {
            match self.access(name, &number.to_string(), deadline) {
                Ok(Some(value)) if value.text == *new => return Ok(number),
                Ok(Some(_)) => {}
                // Where looking fails too, the first error says more.
                Ok(None) | Err(_) => break,
            }
        }
        Err(error)
    }

    /// What stands between ours and what was read is an earlier attempt of ours, or somebody else's.
    fn went_over(
        &self,
        name: &str,
        new: &SecretText,
        (before, added): (u64, u64),
        deadline: Deadline,
    ) -> Option<StoreError> {
        let is_ours = |number: &u64| {
            let held = self.access(name, &number.to_string(), deadline);
            held.is_ok_and(|held| held.is_some_and(|value| value.text == *new))
        };
        let other = (before + 1..added).rev().find(|number| !is_ours(number))?;
        Some(self.wrote_over(name, other, added))
    }

    /// Takes the claim away; whether nobody is kept out by it any more.
    fn release(&self, name: &str, held: &Secret, claim: &Claim, deadline: Deadline) -> bool {
        if self.patch(name, &held.without_claim(), deadline).is_ok() {
            return true;
        }
        // Another program may have changed other settings of the secret meanwhile.
        match self.secret(name, deadline) {
            Ok(Some(secret)) if secret.claim() == Some(claim.text()) => {
                self.patch(name, &secret.without_claim(), deadline).is_ok()
            }
            Ok(_) => true,
            Err(_) => false,
        }
    }

    fn notes(&self, held: &Secret, is_free: bool) -> Vec<Note> {
        let store = &self.line.store;
        let held_up =
            (!is_free).then(|| self.line.not_released(&format!("the annotation {}", claim::ANNOTATION)));
        let expires = held
            .expires
            .as_ref()
            .map(|when| Note(format!("{store}: the secret expires at {when}, and the ring with it")));
        [held_up, expires].into_iter().flatten().collect()
    }
}

impl fmt::Debug for Gcsm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gcsm({}, {})", self.line.store, self.line.host)
    }
}

/// How many versions other programs may add beside one of ours.
const LOOKED_AT: u64 = 3;

/// What Google keeps in one version.
const LARGEST: usize = 64 << 10;
