//! CI/CD variables of GitLab, of a project or of a group.
//!
//! GitLab can compare nothing while it writes a variable, but of two who make one of the same name it refuses the second.
//! So a writer first claims, by a variable of its own. Whoever holds the claim looks, writes one variable after another in
//! core's order, looks again, and takes the claim away. A program that knows nothing of claims is seen by that second look.

use std::fmt;

use keybaton_core::{Field, RingName, SecretText, Texts, Writes};

use crate::remote::claimed::{Until, name_of};
use crate::remote::clock::Clock;
use crate::remote::line::{conflict, not_looked};
use crate::remote::{Address, Deadline, Line};
use crate::version::{held, version_of};
use crate::{
    Can, ChosenBy, Guard, Held, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl,
    Version, Written,
};

mod calls;
mod claim;
mod login;
mod look;
mod made;
mod place;
mod refusal;
mod scope;
mod variable;

use calls::Doing;
use claim::Claim;
use login::{Client, Login};
use place::Place;
use variable::{Found, Variable};

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "gitlab",
    summary: "GitLab CI/CD variables, of a project or a group",
    example: "gitlab://acme/shop?scope=production",
    can: Can { read_back: true, guard: Guard::Claim, atomic: false },
    guarded_by: "a claim beside the variables, and a look at them afterwards",
    creates: "three variables, protected and not expanded, the keys masked",
    local: false,
    chosen_by: &[
        ChosenBy::Variable("CI_SERVER_URL"),
        ChosenBy::Variable("GITLAB_HOST"),
        ChosenBy::Variable("GITLAB_URL"),
    ],
    open,
};

struct GitLab {
    line: Line<Client>,
    login: Login,
    place: Place,
    ring: RingName,
    may_create: bool,
    clock: Clock,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &[place::KIND_OF, place::SCOPE])?;
    let place = Place::of(url, &address)?;
    let (login, line) = login::prepare(url, settings)?;
    Ok(Box::new(GitLab {
        line,
        login,
        place,
        ring: ring.clone(),
        may_create: settings.may_create,
        clock: Clock::default(),
    }))
}

impl Store for GitLab {
    fn read(&self) -> Result<Held, StoreError> {
        let found = self.look(Doing::Reading, Deadline::begin())?;
        self.texts_of(&found).map(held)
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let deadline = Deadline::begin();
        self.must_be_sendable(new)?;
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

impl GitLab {
    /// The texts at our own scope, as jobs get them.
    fn texts_of(&self, found: &Found) -> Result<Texts, StoreError> {
        let mut texts = Texts::default();
        for field in Field::ALL {
            let name = self.ring.of(field);
            match found.at(&name, &self.place.scope) {
                None => {}
                Some(Variable { is_file: true, .. }) => return Err(self.is_file(&name)),
                Some(Variable { value: Some(text), .. }) => texts.set(field, text.duplicate()),
                Some(_) => return Err(self.hidden(&name)),
            }
        }
        Ok(texts)
    }

    fn under_claim(
        &self,
        claim: &Claim<'_>,
        new: &Writes,
        over: &Version,
        deadline: Deadline,
    ) -> Result<Written, StoreError> {
        // Whoever held the claim before us may have written since.
        let mut found = self.look(Doing::Writing, deadline)?;
        let mut texts = self.texts_of(&found)?;
        if !claim.is_ours(&found) {
            return Err(self.line.at_work(Until::TakenAway(&name_of(&self.ring))));
        }
        if version_of(&texts) != *over {
            return Err(conflict(&self.line.store));
        }
        self.must_fit(new, &found)?;
        if self.is_pattern() {
            self.look_elsewhere(&mut found, deadline)?;
        }
        let mut notes = self.elsewhere(&found);
        let mut made = Vec::new();
        for (done, step) in new.steps.iter().enumerate() {
            let is_there = texts.get(step.field).is_some();
            let put = self.put(step.field, &step.text, is_there, &found, deadline);
            let note = put.map_err(|error| if done == 0 { error } else { error.after_a_part() })?;
            made.extend(note);
            texts.set(step.field, step.text.duplicate());
        }
        notes.extend(made);
        notes.extend(self.looked_again(claim, &texts, deadline)?);
        Ok(Written { version: version_of(&texts), notes })
    }

    /// Writes one variable: over the one that is there, or a new one.
    fn put(
        &self,
        field: Field,
        text: &SecretText,
        is_there: bool,
        found: &Found,
        deadline: Deadline,
    ) -> Result<Option<Note>, StoreError> {
        let name = self.ring.of(field);
        if is_there {
            return self.change(&name, text, deadline).map(|()| None);
        }
        let like = found.at(&self.ring.of(Field::Signing), &self.place.scope);
        let traits = made::traits(field, text, like);
        self.make(&name, text, &traits, deadline)?;
        let is_bare = field != Field::Record && !traits.is_masked;
        Ok(is_bare.then(|| self.unmasked(&name)))
    }

    /// Whether another program wrote at the same moment. Ours is written, whatever comes of this.
    fn looked_again(
        &self,
        claim: &Claim<'_>,
        texts: &Texts,
        deadline: Deadline,
    ) -> Result<Option<Note>, StoreError> {
        match self.look(Doing::Writing, deadline) {
            Ok(found) if claim.is_ours(&found) && self.texts_of(&found).is_ok_and(|now| now == *texts) => {
                Ok(None)
            }
            Ok(_) => Err(self.written_between()),
            Err(error) => Ok(Some(not_looked(&error))),
        }
    }

    /// What no variable can hold, whatever it is like.
    fn must_be_sendable(&self, new: &Writes) -> Result<(), StoreError> {
        for step in &new.steps {
            let (name, text) = (self.ring.of(step.field), step.text.expose());
            if text.contains('\0') {
                return Err(self.with_nul(&name));
            }
            if text.chars().count() > LARGEST {
                return Err(self.too_large(&name));
            }
        }
        Ok(())
    }

    /// What a variable that is there cannot hold, as it is set up.
    fn must_fit(&self, new: &Writes, found: &Found) -> Result<(), StoreError> {
        for step in &new.steps {
            let name = self.ring.of(step.field);
            let Some(variable) = found.at(&name, &self.place.scope) else { continue };
            let text = step.text.expose();
            if variable.is_masked && !made::can_be_masked(text, variable.is_raw) {
                return Err(self.not_maskable(variable));
            }
            if !variable.is_raw && text.contains('$') {
                return Err(self.would_be_expanded(&name));
            }
        }
        Ok(())
    }

    /// Variables of the ring that some of our jobs get in the place of ours.
    fn elsewhere(&self, found: &Found) -> Vec<Note> {
        let scopes = found.scopes_within(&self.place.scope);
        // A whole ring there is a ring of its own.
        let is_part = |scope: &&&str| {
            let texts = Field::ALL.iter().filter(|field| found.has(&self.ring.of(**field), scope)).count();
            (1..Field::ALL.len()).contains(&texts)
        };
        scopes.iter().filter(is_part).map(|scope| self.shadowed(scope)).collect()
    }

    /// There is no ring, and nobody said that it may be made. Where it stands in another scope, that was meant perhaps.
    fn not_made(&self, deadline: Deadline) -> Result<StoreError, StoreError> {
        let mut found = self.look(Doing::Writing, deadline)?;
        if !self.texts_of(&found)?.is_absent() {
            return Ok(conflict(&self.line.store));
        }
        self.look_elsewhere(&mut found, deadline)?;
        Ok(self.missing(&found.scopes_of(&self.ring.of(Field::Signing))))
    }

    fn error(&self, kind: StoreErrorKind, what: &str) -> StoreError {
        StoreError::new(kind, format!("{}: {what}", self.line.store))
    }
}

impl fmt::Debug for GitLab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GitLab({}, {}, ring {})", self.line.store, self.line.host, self.ring)
    }
}

/// What GitLab keeps in one variable, in characters.
const LARGEST: usize = 10_000;
