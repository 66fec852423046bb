//! The calls to Heroku, and what each answer means.

use keybaton_core::Texts;
use reqwest::Method;
use serde_json::{Map, Value};

use crate::StoreError;
use crate::remote::{Answer, Call, Deadline};

use super::Heroku;
use super::release::Release;

/// What a call is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    Writing,
}

impl Heroku {
    /// All config vars, those of others too: Heroku gives them together.
    pub(super) fn config(&self, doing: Doing, deadline: Deadline) -> Result<Map<String, Value>, StoreError> {
        let answer = self.ask(Call::new(Method::GET, self.address("config-vars")), deadline)?;
        match (answer.status, answer.json()) {
            (200, Value::Object(config)) => Ok(config),
            _ => Err(self.refused(&answer, doing)),
        }
    }

    /// Changes these config vars at once, and no other. Sent a second time it makes no second release.
    pub(super) fn change(&self, members: Map<String, Value>, deadline: Deadline) -> Result<(), StoreError> {
        let call = Call::new(Method::PATCH, self.address("config-vars"));
        let answer = self.ask(call.json(&Value::Object(members), "application/json"), deadline)?;
        if answer.status == 200 { Ok(()) } else { Err(self.refused(&answer, Doing::Writing)) }
    }

    pub(super) fn last_release(&self, deadline: Deadline) -> Result<Option<Release>, StoreError> {
        Ok(self.releases("version ..; order=desc,max=1", deadline)?.pop())
    }

    /// The newest first.
    pub(super) fn newest_releases(&self, deadline: Deadline) -> Result<Vec<Release>, StoreError> {
        self.releases("version ..; order=desc,max=100", deadline)
    }

    /// The ring as it stood in a release.
    pub(super) fn texts_at(&self, version: u64, deadline: Deadline) -> Result<Texts, StoreError> {
        let address = self.address(&format!("releases/{version}/config-vars"));
        let answer = self.ask(Call::new(Method::GET, address), deadline)?;
        match (answer.status, answer.json()) {
            (200, Value::Object(config)) => self.texts_of(&config),
            _ => Err(self.refused(&answer, Doing::Reading)),
        }
    }

    /// The oldest first.
    pub(super) fn releases_after(&self, last: u64, deadline: Deadline) -> Result<Vec<Release>, StoreError> {
        self.releases(&format!("version ]{last}..; order=asc,max=100"), deadline)
    }

    fn releases(&self, range: &str, deadline: Deadline) -> Result<Vec<Release>, StoreError> {
        let call = Call::new(Method::GET, self.address("releases")).header("range", range);
        let answer = self.ask(call, deadline)?;
        match (answer.status, answer.json().as_array()) {
            // With a part of them where there are more.
            (200 | 206, Some(all)) => Ok(all.iter().filter_map(Release::of).collect()),
            _ => Err(self.refused(&answer, Doing::Writing)),
        }
    }

    fn ask(&self, call: Call, deadline: Deadline) -> Result<Answer, StoreError> {
        self.line.ask(&self.login.sign(call), deadline)
    }

    fn address(&self, what: &str) -> String {
        self.login.address(&format!("apps/{}/{what}", self.app))
    }
}
