//! The calls to GitHub, and what each answer means.

use keybaton_core::{Field, SecretText};
use reqwest::Method;
use serde_json::{Value, json};

use crate::StoreError;
use crate::remote::call::Effect;
use crate::remote::{Answer, Call, Deadline};

use super::Gha;
use super::found::{Found, Record, Secret};
use super::place::Place;
use super::public_key::{Key, Sealer};
use super::visibility::Visibility;

/// What a call is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    Writing,
}

/// What became of a variable that is to be made.
pub(super) enum Made {
    Yes,
    /// There is one of that name already.
    Taken(Answer),
}

impl Gha {
    /// The secrets, as far as GitHub tells of them, and the record.
    pub(super) fn look(&self, doing: Doing, deadline: Deadline) -> Result<Found, StoreError> {
        let get = |path: String| self.get(&path, doing, deadline);
        let secret = |field| get(self.secret(&self.ring.of(field)));
        Ok(Found {
            record: get(self.named(&self.ring.record()))?.as_ref().map(Record::of),
            signing: secret(Field::Signing)?.as_ref().map(Secret::of),
            fallbacks: secret(Field::Fallbacks)?.as_ref().map(Secret::of),
        })
    }

    /// The text of a variable.
    pub(super) fn variable(&self, name: &str, deadline: Deadline) -> Result<Option<String>, StoreError> {
        let told = self.get(&self.named(name), Doing::Writing, deadline)?;
        Ok(told.and_then(|told| told["value"].as_str().map(str::to_owned)))
    }

    /// Whether there is a place for secrets at all: GitHub says of a missing secret what it says of a missing repository.
    pub(super) fn must_be_there(&self, doing: Doing, deadline: Deadline) -> Result<(), StoreError> {
        let path = format!("{}/public-key", self.place.secrets());
        let answer = self.ask(Call::new(Method::GET, self.login.address(&path)), deadline)?;
        match answer.status {
            200 => Ok(()),
            404 => Err(self.no_such_place(deadline)?),
            _ => Err(self.refused(&answer, doing)),
        }
    }

    fn no_such_place(&self, deadline: Deadline) -> Result<StoreError, StoreError> {
        let Place::Environment { path, environment } = &self.place else { return Ok(self.nothing_there()) };
        let call = Call::new(Method::GET, self.login.address(&format!("repos/{path}")));
        let is_repository = self.ask(call, deadline)?.status == 200;
        Ok(if is_repository { self.no_environment(environment) } else { self.nothing_there() })
    }

    /// Writes the record: over the one that is there, or a new one.
    pub(super) fn tell(
        &self,
        text: &SecretText,
        is_there: bool,
        visibility: Option<&Visibility>,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let name = self.ring.record();
        if is_there {
            return self.change(&name, text.expose(), deadline);
        }
        match self.make(Effect::Writes, &name, text.expose(), visibility, deadline)? {
            Made::Yes => Ok(()),
            Made::Taken(answer) => Err(self.line.conflict(&answer)),
        }
    }

    /// Changes the text of a variable, and nothing else of it.
    fn change(&self, name: &str, text: &str, deadline: Deadline) -> Result<(), StoreError> {
        let call = Call::new(Method::PATCH, self.login.address(&self.named(name)));
        let answer = self.ask(call.json(&json!({ "name": name, "value": text }), JSON), deadline)?;
        match answer.status {
            204 => Ok(()),
            404 => Err(self.line.conflict(&answer)),
            _ => Err(self.refused(&answer, Doing::Writing)),
        }
    }

    pub(super) fn make(
        &self,
        effect: Effect,
        name: &str,
        text: &str,
        visibility: Option<&Visibility>,
        deadline: Deadline,
    ) -> Result<Made, StoreError> {
        let mut said = json!({ "name": name, "value": text });
        visibility.into_iter().for_each(|visibility| visibility.say_in(&mut said));
        let call = Call::new(Method::POST, self.login.address(&self.place.variables())).json(&said, JSON);
        let answer = self.ask(Call { effect, ..call }, deadline)?;
        match answer.status {
            201 => Ok(Made::Yes),
            409 => Ok(Made::Taken(answer)),
            404 => Err(self.no_such_place(deadline)?),
            _ => Err(self.refused(&answer, Doing::Writing)),
        }
    }

    /// Takes a variable away; whether it is gone.
    pub(super) fn delete(&self, name: &str, deadline: Deadline) -> bool {
        let call = Call::new(Method::DELETE, self.login.address(&self.named(name)));
        // A second time it may be the claim of the next writer.
        self.ask(Call { effect: Effect::Once, ..call }, deadline)
            .is_ok_and(|answer| answer.is_success() || answer.status == 404)
    }

    /// Writes one secret, sealed to GitHub's key. Where GitHub has another one by now, once more.
    pub(super) fn seal(
        &self,
        sealer: &mut Sealer,
        field: Field,
        text: &SecretText,
        visibility: Option<&Visibility>,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let key = match sealer.0.take() {
            Some(key) => key,
            None => self.public_key(deadline)?,
        };
        let answer = self.put(&key, field, text, visibility, deadline)?;
        let (answer, key) = match answer.status {
            422 => match self.public_key(deadline)? {
                newer if newer.id != key.id => (self.put(&newer, field, text, visibility, deadline)?, newer),
                same => (answer, same),
            },
            _ => (answer, key),
        };
        sealer.0 = Some(key);
        if matches!(answer.status, 201 | 204) { Ok(()) } else { Err(self.refused(&answer, Doing::Writing)) }
    }

    fn put(
        &self,
        key: &Key,
        field: Field,
        text: &SecretText,
        visibility: Option<&Visibility>,
        deadline: Deadline,
    ) -> Result<Answer, StoreError> {
        let sealed = key.seal(text).ok_or_else(|| self.not_sealed())?;
        let mut said = json!({ "encrypted_value": sealed, "key_id": key.id });
        visibility.into_iter().for_each(|visibility| visibility.say_in(&mut said));
        let call = Call::new(Method::PUT, self.login.address(&self.secret(&self.ring.of(field))));
        self.ask(call.json(&said, JSON), deadline)
    }

    fn public_key(&self, deadline: Deadline) -> Result<Key, StoreError> {
        let path = format!("{}/public-key", self.place.secrets());
        let answer = self.ask(Call::new(Method::GET, self.login.address(&path)), deadline)?;
        match (answer.status, Key::of(&answer.json())) {
            (200, Some(key)) => Ok(key),
            _ => Err(self.refused(&answer, Doing::Writing)),
        }
    }

    /// What stands at a path; nothing where nothing does.
    fn get(&self, path: &str, doing: Doing, deadline: Deadline) -> Result<Option<Value>, StoreError> {
        let answer = self.ask(Call::new(Method::GET, self.login.address(path)), deadline)?;
        match answer.status {
            200 if answer.json().is_object() => Ok(Some(answer.json())),
            404 => Ok(None),
            _ => Err(self.refused(&answer, doing)),
        }
    }

    pub(super) fn ask(&self, call: Call, deadline: Deadline) -> Result<Answer, StoreError> {
        let answer = self.line.ask(&self.login.sign(call), deadline)?;
        self.clock.set(answer.date);
        Ok(answer)
    }

    pub(super) fn secret(&self, name: &str) -> String {
        format!("{}/{name}", self.place.secrets())
    }

    fn named(&self, name: &str) -> String {
        format!("{}/{name}", self.place.variables())
    }
}

const JSON: &str = "application/json";
