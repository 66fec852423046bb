//! The calls to a vault, and what each answer means.

use keybaton_core::SecretText;
use reqwest::Method;
use serde_json::Value as Json;

use crate::StoreError;
use crate::remote::{Answer, Call, Deadline};

use super::Akv;
use super::secret::{Secret, version_of};

/// What a call is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    Writing,
}

/// A version that was written.
pub(super) struct Set {
    pub(super) version: Box<str>,
    /// Whether an earlier attempt may have written one too.
    pub(super) is_doubtful: bool,
}

impl Akv {
    /// The current version; `None` where there is no such secret.
    pub(super) fn current(
        &self,
        name: &str,
        doing: Doing,
        deadline: Deadline,
    ) -> Result<Option<Secret>, StoreError> {
        let answer = self.ask(self.place.address(name, ""), deadline)?;
        match answer.status {
            200 => self.secret_in(&answer).map(Some),
            404 if is_absent(&answer) => Ok(None),
            _ => Err(self.refused(&answer, name, ("get", doing))),
        }
    }

    /// Whether a version holds this value.
    pub(super) fn is(
        &self,
        name: &str,
        version: &str,
        value: &SecretText,
        deadline: Deadline,
    ) -> Result<bool, StoreError> {
        let answer = self.ask(self.place.address(name, &format!("/{version}")), deadline)?;
        match answer.status {
            200 => Ok(self.secret_in(&answer)?.value == *value),
            _ => Err(self.refused(&answer, name, ("get", Doing::Writing))),
        }
    }

    /// The names of all versions, in no order; none where there is no such secret.
    pub(super) fn versions(&self, name: &str, deadline: Deadline) -> Result<Vec<String>, StoreError> {
        let mut versions = Vec::new();
        let mut page = Some(self.place.address(name, "/versions"));
        while let Some(url) = page {
            let answer = self.ask(url, deadline)?;
            match answer.status {
                200 => {}
                404 if is_absent(&answer) => return Ok(versions),
                _ => return Err(self.refused(&answer, name, ("list", Doing::Writing))),
            }
            let body = answer.json();
            let Some(items) = body["value"].as_array() else {
                return Err(self.line.unknown(&answer, "listing versions"));
            };
            versions.extend(items.iter().filter_map(version_of).map(str::to_owned));
            page = self.next_page(name, &body);
        }
        Ok(versions)
    }

    /// Where a list goes on: in the same list, whatever address the vault has for it. No token follows it elsewhere.
    fn next_page(&self, name: &str, body: &Json) -> Option<String> {
        let (_, query) = body["nextLink"].as_str()?.split_once('?')?;
        Some(format!("{}?{query}", self.place.secret(name, "/versions")))
    }

    /// Makes a version, which is the current one from then on.
    pub(super) fn set(&self, name: &str, body: &Json, deadline: Deadline) -> Result<Set, StoreError> {
        let call = Call::new(Method::PUT, self.place.address(name, "")).json(body, "application/json");
        let answer = self.line.ask(&call, deadline)?;
        match (answer.status, version_of(&answer.json())) {
            (200, Some(version)) => Ok(Set { version: version.into(), is_doubtful: answer.is_doubtful }),
            (200, None) => Err(self.line.uncertain("it does not say which version it wrote")),
            _ => Err(self.refused(&answer, name, ("set", Doing::Writing))),
        }
    }

    fn ask(&self, url: String, deadline: Deadline) -> Result<Answer, StoreError> {
        self.line.ask(&Call::new(Method::GET, url), deadline)
    }

    fn secret_in(&self, answer: &Answer) -> Result<Secret, StoreError> {
        Secret::of(&answer.json()).ok_or_else(|| self.line.unknown(answer, "reading a secret"))
    }
}

/// What else answers with 404 is no vault.
fn is_absent(answer: &Answer) -> bool {
    answer.json()["error"]["code"] == "SecretNotFound"
}
