//! The calls to Secret Manager, and what each answer means.

use keybaton_core::SecretText;
use reqwest::Method;
use serde_json::{Map, Value as Json, json};

use crate::StoreError;
use crate::remote::line::conflict;
use crate::remote::values::Value;
use crate::remote::{Answer, Call, Deadline};

use super::Gcsm;
use super::claim::{ANNOTATION, Claim};
use super::errors::{Right, says};
use super::payload::{payload_of, text_in};
use super::secret::Secret;

impl Gcsm {
    /// The value of a version; `None` where there is none of that name.
    pub(super) fn access(
        &self,
        name: &str,
        version: &str,
        deadline: Deadline,
    ) -> Result<Option<Value>, StoreError> {
        let answer = self.ask_for(name, version, deadline)?;
        match answer.status {
            200 => self.value(name, &answer).map(Some),
            404 => Ok(None),
            400 if says(&answer, "FAILED_PRECONDITION") => Err(self.unusable(name, &answer)),
            _ => Err(self.refused(&answer, name, Right::Access)),
        }
    }

    /// A conflict where there is such a version, in whatever state. By number Google answers at once what is so.
    pub(super) fn must_not_have(
        &self,
        name: &str,
        number: u64,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let answer = self.ask_for(name, &number.to_string(), deadline)?;
        match answer.status {
            404 => Ok(()),
            200 => Err(conflict(&self.line.store)),
            400 if says(&answer, "FAILED_PRECONDITION") => Err(conflict(&self.line.store)),
            _ => Err(self.refused(&answer, name, Right::Access)),
        }
    }

    fn ask_for(&self, name: &str, version: &str, deadline: Deadline) -> Result<Answer, StoreError> {
        let url = format!("{}/versions/{version}:access", self.place.secret(name));
        self.line.ask(&Call::new(Method::GET, url), deadline)
    }

    fn value(&self, name: &str, answer: &Answer) -> Result<Value, StoreError> {
        let body = answer.json();
        let Some(number) = number_in(&body) else {
            return Err(self.line.unknown(answer, Right::Access.doing()));
        };
        let text = text_in(&body, &format!("the secret {name}"))?;
        Ok(Value { text, version: number.to_string().into() })
    }

    /// The secret without its values; `None` where there is none.
    pub(super) fn secret(&self, name: &str, deadline: Deadline) -> Result<Option<Secret>, StoreError> {
        self.look_at(name, deadline).map(|(secret, _)| secret)
    }

    /// Besides, what time it is at Google: the clocks of those who claim differ.
    pub(super) fn look_at(
        &self,
        name: &str,
        deadline: Deadline,
    ) -> Result<(Option<Secret>, u64), StoreError> {
        let answer = self.line.ask(&Call::new(Method::GET, self.place.secret(name)), deadline)?;
        match answer.status {
            200 => Ok((Some(self.secret_in(&answer)?), answer.at())),
            404 => Ok((None, answer.at())),
            _ => Err(self.refused(&answer, name, Right::Get)),
        }
    }

    /// Makes the secret, claimed.
    pub(super) fn create(&self, name: &str, claim: &Claim, deadline: Deadline) -> Result<Secret, StoreError> {
        let mut wanted = Map::new();
        wanted.insert("labels".to_owned(), json!({ "created-by": "keybaton" }));
        wanted.insert("annotations".to_owned(), json!({ ANNOTATION: claim.text() }));
        if self.place.location.is_none() {
            wanted.insert("replication".to_owned(), json!({ "automatic": {} }));
        }
        let url = format!("{}?secretId={name}", self.place.secrets());
        let answer = self.line.ask(&Call::new(Method::POST, url).json(&wanted.into(), JSON), deadline)?;
        match answer.status {
            200 => self.secret_in(&answer),
            409 => Err(self.line.conflict(&answer)),
            _ => Err(self.refused(&answer, name, Right::Create)),
        }
    }

    /// Sets the annotations, unless the secret has changed since it was seen.
    pub(super) fn patch(&self, name: &str, change: &Json, deadline: Deadline) -> Result<Secret, StoreError> {
        let url = format!("{}?updateMask=annotations", self.place.secret(name));
        let answer = self.line.ask(&Call::new(Method::PATCH, url).json(change, JSON), deadline)?;
        match answer.status {
            200 => self.secret_in(&answer),
            400 if says(&answer, "FAILED_PRECONDITION") => Err(self.line.conflict(&answer)),
            // ABORTED is what Google's rules for interfaces have for the same.
            404 | 409 => Err(self.line.conflict(&answer)),
            _ => Err(self.refused(&answer, name, Right::Update)),
        }
    }

    fn secret_in(&self, answer: &Answer) -> Result<Secret, StoreError> {
        Secret::of(&answer.json()).ok_or_else(|| self.line.unknown(answer, Right::Get.doing()))
    }

    /// Adds a version, which is `latest` from then on.
    pub(super) fn add(&self, name: &str, new: &SecretText, deadline: Deadline) -> Result<u64, StoreError> {
        let url = format!("{}:addVersion", self.place.secret(name));
        let answer = self.line.ask(&Call::new(Method::POST, url).json(&payload_of(new), JSON), deadline)?;
        match (answer.status, number_in(&answer.json())) {
            (200, Some(number)) => Ok(number),
            (200, None) => Err(self.line.uncertain("it does not say which version it wrote")),
            (404, _) => Err(self.line.conflict(&answer)),
            (400, _) if says(&answer, "FAILED_PRECONDITION") => {
                Err(self.line.refusal(&answer, self.without_its_key(name)))
            }
            _ => Err(self.refused(&answer, name, Right::Add)),
        }
    }
}

/// The number of the version that an answer is about.
fn number_in(body: &Json) -> Option<u64> {
    body["name"].as_str()?.rsplit_once("/versions/")?.1.parse().ok().filter(|number| *number > 0)
}

const JSON: &str = "application/json";
