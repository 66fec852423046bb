//! Secrets of GitHub Actions: of a repository, of one of its environments, or of an organization.
//!
//! GitHub gives a secret to jobs alone, so what stands here can be told by its record only, which is a variable, and by when
//! each was written. GitHub compares nothing while it writes; but of two who make a variable of one name it refuses the
//! second. So a writer first claims, by a variable of its own. Whoever holds the claim looks, writes one text after another
//! in core's order, looks again, and takes the claim away. A secret that another program wrote is seen by its time.

use std::fmt;

use keybaton_core::{Field, RingName, SecretText, Writes};
use reqwest::Client;

use crate::remote::claimed::{Until, name_of};
use crate::remote::clock::Clock;
use crate::remote::line::{conflict, not_looked};
use crate::remote::{Address, Deadline, Line};
use crate::{
    Can, ChosenBy, Guard, Held, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl,
    Version, Written,
};

mod calls;
mod chosen;
mod claim;
mod found;
mod login;
mod place;
mod public_key;
mod refusal;
mod trouble;
mod visibility;

use calls::Doing;
use claim::Claim;
use found::Found;
use login::Login;
use place::Place;
use public_key::Sealer;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "gha",
    summary: "GitHub Actions secrets, of a repository, an environment or an organization",
    example: "gha://acme/shop",
    can: Can { read_back: false, guard: Guard::Claim, atomic: false },
    guarded_by: "a claim beside the secrets, and a look at the record and at their times afterwards",
    creates: "two secrets and a variable for the record, where the repository and the environment are there",
    local: false,
    chosen_by: &[ChosenBy::Variable("GH_HOST"), ChosenBy::Variable("GITHUB_API_URL")],
    open,
};

struct Gha {
    line: Line<Client>,
    login: Login,
    place: Place,
    ring: RingName,
    may_create: bool,
    clock: Clock,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &[place::ENVIRONMENT, place::VISIBILITY])?;
    let place = Place::of(url, &address)?;
    place::must_be_free(ring)?;
    let (login, line) = login::prepare(url, settings)?;
    let (ring, may_create) = (ring.clone(), settings.may_create);
    Ok(Box::new(Gha { line, login, place, ring, may_create, clock: Clock::default() }))
}

impl Store for Gha {
    fn read(&self) -> Result<Held, StoreError> {
        self.login.find_token(&self.line)?;
        let deadline = Deadline::begin();
        let found = self.look(Doing::Reading, deadline)?;
        if found.is_absent() {
            self.must_be_there(Doing::Reading, deadline)?;
        }
        Ok(found.held())
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        self.must_be_sendable(new)?;
        self.login.find_token(&self.line)?;
        let deadline = Deadline::begin();
        if *over == Version::Absent && !self.may_create {
            return Err(self.not_made(deadline)?);
        }
        let working = deadline.but_for_the_claim();
        let claim = Claim::take(self, working)?;
        let written = self.under_claim(&claim, new, over, working);
        let note = claim.release(deadline);
        written.map(|mut written| {
            written.notes.extend(note);
            written
        })
    }
}

impl Gha {
    fn under_claim(
        &self,
        claim: &Claim<'_>,
        new: &Writes,
        over: &Version,
        deadline: Deadline,
    ) -> Result<Written, StoreError> {
        // Whoever held the claim before us may have written since.
        let found = self.look(Doing::Writing, deadline)?;
        if !claim.is_ours(deadline)? {
            return Err(self.line.at_work(Until::TakenAway(&name_of(&self.ring))));
        }
        if found.version() != *over {
            return Err(conflict(&self.line.store));
        }
        let mut notes: Vec<_> = self.written_by_others(&found).into_iter().collect();
        self.carry_out(new, &found, deadline)?;
        let (version, note) = self.looked_again(claim, new, deadline)?;
        notes.extend(note);
        Ok(Written { version, notes })
    }

    fn carry_out(&self, new: &Writes, found: &Found, deadline: Deadline) -> Result<(), StoreError> {
        let mut sealer = Sealer::default();
        let mut has_record = found.record.is_some();
        let audience = self.audience(new, found, deadline)?;
        for (done, step) in new.steps.iter().enumerate() {
            let visibility = audience.get(&step.field);
            let put = match step.field {
                Field::Record => self.tell(&step.text, has_record, visibility, deadline),
                field => self.seal(&mut sealer, field, &step.text, visibility, deadline),
            };
            put.map_err(|error| if done == 0 { error } else { error.after_a_part() })?;
            has_record |= step.field == Field::Record;
        }
        Ok(())
    }

    /// Whether another program wrote at the same moment. Ours is written, whatever comes of this.
    fn looked_again(
        &self,
        claim: &Claim<'_>,
        new: &Writes,
        deadline: Deadline,
    ) -> Result<(Version, Option<Note>), StoreError> {
        let looked =
            self.look(Doing::Writing, deadline).and_then(|found| Ok((claim.is_ours(deadline)?, found)));
        let (is_ours, found) = match looked {
            Ok(looked) => looked,
            // No version fits what was not seen: the next write looks first.
            Err(error) => return Ok((Version::Is("unseen".into()), Some(not_looked(&error)))),
        };
        let record = new.steps.iter().rev().find(|step| step.field == Field::Record);
        let stands =
            |record: &SecretText| found.record.as_ref().is_some_and(|now| now.text == record.expose());
        if !is_ours || record.is_some_and(|step| !stands(&step.text)) {
            return Err(self.written_between());
        }
        Ok((found.version(), self.written_by_others(&found)))
    }

    fn must_be_sendable(&self, new: &Writes) -> Result<(), StoreError> {
        for step in &new.steps {
            let (name, text) = (self.ring.of(step.field), step.text.expose());
            if text.is_empty() || text.contains('\0') {
                return Err(self.unsendable(&name));
            }
            if text.len() > LARGEST {
                return Err(self.too_large(&name));
            }
        }
        Ok(())
    }

    /// There is no ring, and nobody said that it may be made.
    fn not_made(&self, deadline: Deadline) -> Result<StoreError, StoreError> {
        if !self.look(Doing::Writing, deadline)?.is_absent() {
            return Ok(conflict(&self.line.store));
        }
        self.must_be_there(Doing::Writing, deadline)?;
        Ok(self.line.not_made(KIND.creates))
    }

    fn error(&self, kind: StoreErrorKind, what: &str) -> StoreError {
        StoreError::new(kind, format!("{}: {what}", self.line.store))
    }
}

impl fmt::Debug for Gha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gha({}, {}, ring {})", self.line.store, self.line.host, self.ring)
    }
}

/// What GitHub keeps in one secret or one variable, in bytes.
const LARGEST: usize = 48 << 10;
