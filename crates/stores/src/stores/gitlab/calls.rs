//! The calls to GitLab, and what each answer means.

use keybaton_core::SecretText;
use reqwest::Method;
use serde_json::{Value, json};

use crate::StoreError;
use crate::remote::call::Effect;
use crate::remote::{Answer, Call, Deadline};

use super::GitLab;
use super::made::Traits;

/// What a call is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    Writing,
}

/// What became of a variable that is to be made.
pub(super) enum Made {
    Yes(Answer),
    /// There is one of that name and scope already.
    Taken(Answer),
}

impl GitLab {
    /// Changes the value of a variable, and nothing else of it.
    pub(super) fn change(&self, name: &str, text: &SecretText, deadline: Deadline) -> Result<(), StoreError> {
        let address = self.login.address(&self.place.variable(name, &self.place.scope));
        let call = Call::new(Method::PUT, address).json(&json!({ "value": text.expose() }), JSON);
        let answer = self.ask(call, deadline)?;
        match answer.status {
            200 => Ok(()),
            404 if is_about(&answer, "Variable Not Found") => Err(self.line.conflict(&answer)),
            _ => Err(self.refused(&answer, Doing::Writing)),
        }
    }

    pub(super) fn make(
        &self,
        name: &str,
        text: &SecretText,
        traits: &Traits,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        match self.make_unless_there(Effect::Writes, name, text, traits, deadline)? {
            Made::Yes(_) => Ok(()),
            Made::Taken(answer) => Err(self.line.conflict(&answer)),
        }
    }

    pub(super) fn make_unless_there(
        &self,
        effect: Effect,
        name: &str,
        text: &SecretText,
        traits: &Traits,
        deadline: Deadline,
    ) -> Result<Made, StoreError> {
        let said = json!({
            "key": name,
            "value": text.expose(),
            "environment_scope": self.place.scope,
            "variable_type": "env_var",
            "masked": traits.is_masked,
            "protected": traits.is_protected,
            "raw": true,
            "description": DESCRIPTION,
        });
        let address = self.login.address(&self.place.variables());
        let call = Call::new(Method::POST, address).json(&said, JSON);
        let answer = self.ask(Call { effect, ..call }, deadline)?;
        match answer.status {
            201 => Ok(Made::Yes(answer)),
            400 if is_about(&answer, "has already been taken") => Ok(Made::Taken(answer)),
            _ => Err(self.refused(&answer, Doing::Writing)),
        }
    }

    /// Takes a variable away; whether it is gone.
    pub(super) fn delete(&self, name: &str, scope: &str, deadline: Deadline) -> bool {
        let call = Call::new(Method::DELETE, self.login.address(&self.place.variable(name, scope)));
        // A second time it may be the claim of the next writer.
        self.ask(Call { effect: Effect::Once, ..call }, deadline)
            .is_ok_and(|answer| answer.is_success() || answer.status == 404)
    }

    pub(super) fn ask(&self, call: Call, deadline: Deadline) -> Result<Answer, StoreError> {
        let answer = self.line.ask(&self.login.sign(call), deadline)?;
        self.clock.set(answer.date);
        Ok(answer)
    }
}

/// Whether GitLab says this, in whatever shape: a sentence, or sentences for each field.
pub(super) fn is_about(answer: &Answer, words: &str) -> bool {
    says(&answer.json(), words)
}

fn says(told: &Value, words: &str) -> bool {
    match told {
        Value::String(text) => text.contains(words),
        Value::Array(all) => all.iter().any(|told| says(told, words)),
        Value::Object(all) => all.values().any(|told| says(told, words)),
        _ => false,
    }
}

const JSON: &str = "application/json";
const DESCRIPTION: &str = "Kept by keybaton";
