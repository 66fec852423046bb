//! The calls that a read or a write consists of.

use reqwest::Method;
use zeroize::Zeroizing;

use super::Vault;
use super::refusal::has_right_to_ask;
use crate::StoreError;
use crate::remote::line::conflict;
use crate::remote::object::Object;
use crate::remote::path::escaped;
use crate::remote::{Answer, Call, Deadline};

/// The ring's members, by their names.
pub(super) type Members<'a> = [(String, &'a str)];

impl Vault {
    pub(super) fn get(&self, deadline: Deadline) -> Result<Answer, StoreError> {
        self.ask(Call::new(Method::GET, self.data()), deadline)
    }

    /// Changes the ring's members alone.
    pub(super) fn patch(
        &self,
        members: &Members<'_>,
        over: u64,
        deadline: Deadline,
    ) -> Result<Answer, StoreError> {
        let call = Call::new(Method::PATCH, self.data());
        let call = call.text(body(&Object::empty(), members, over), "application/merge-patch+json");
        let answer = self.ask(call, deadline)?;
        match answer.status {
            200..300 => Ok(answer),
            404 => Err(self.line.conflict(&answer)),
            // Policies from before 2022 know no `patch`, and old servers do not either.
            403 | 405 if !answer.is_doubtful => self.merge(members, over, deadline),
            _ => Err(self.refused(&answer, "writing")),
        }
    }

    /// The same with the rights to read and to update.
    fn merge(&self, members: &Members<'_>, over: u64, deadline: Deadline) -> Result<Answer, StoreError> {
        let answer = self.get(deadline)?;
        if answer.status == 404 {
            return Err(conflict(&self.line.store));
        }
        let found = answer.is_success().then(|| Found::of(&answer)).and_then(|found| found.members);
        let Some(all) = found.and_then(Object::parse) else {
            return Err(self.refused(&answer, "reading"));
        };
        self.put(&all, members, over, deadline)
    }

    /// Writes an object with these members in it.
    pub(super) fn put(
        &self,
        all: &Object<'_>,
        members: &Members<'_>,
        over: u64,
        deadline: Deadline,
    ) -> Result<Answer, StoreError> {
        let call = Call::new(Method::POST, self.data()).text(body(all, members, over), "application/json");
        let answer = self.ask(call, deadline)?;
        if answer.is_success() { Ok(answer) } else { Err(self.refused(&answer, "writing")) }
    }

    /// Asks with a token, and with another one where the first has run out and there is a way to another.
    pub(super) fn ask(&self, call: Call, deadline: Deadline) -> Result<Answer, StoreError> {
        let signed = self.login.sign(call.duplicate(), &self.line, deadline)?;
        let answer = self.line.ask(&signed, deadline)?;
        if answer.status != 403 || answer.is_doubtful || self.is_signed_in(&answer, deadline)? {
            return Ok(answer);
        }
        match self.login.sign_anew(call, &self.line, deadline)? {
            Some((signed, deadline)) => self.line.ask(&signed, deadline),
            None => Err(self.login.needed(&self.line)),
        }
    }

    /// Whether a token that was refused something is still one.
    fn is_signed_in(&self, answer: &Answer, deadline: Deadline) -> Result<bool, StoreError> {
        if has_right_to_ask(answer) {
            return Ok(true);
        }
        let call = Call::new(Method::GET, self.login.address("auth/token/lookup-self"));
        let looked_up = self.line.ask(&self.login.sign(call, &self.line, deadline)?, deadline)?;
        Ok(looked_up.is_success() || has_right_to_ask(&looked_up))
    }

    fn data(&self) -> String {
        self.api(&format!("{}/data", self.place.mount), &self.place.path)
    }

    pub(super) fn api(&self, first: &str, second: &str) -> String {
        self.login.address(&format!("{}/{}", escaped(first), escaped(second)))
    }
}

/// What an answer says of a version, each part as the text that the server sent.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) version: Option<u64>,
    /// A version that was deleted or destroyed has none.
    pub(super) members: Option<&'a str>,
}

impl<'a> Found<'a> {
    pub(super) fn of(answer: &'a Answer) -> Self {
        let text = std::str::from_utf8(&answer.body).ok();
        let data = text.and_then(|text| member(text, "data"));
        let metadata = data.and_then(|data| member(data, "metadata"));
        let version = metadata.and_then(|metadata| member(metadata, "version"));
        Self {
            version: version.and_then(|version| version.parse().ok()),
            members: data.and_then(|data| member(data, "data")).filter(|text| text.starts_with('{')),
        }
    }
}

fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    Object::parse(text)?.raw(name).ok()?
}

/// Numbers and all else that is not ours goes back as the text that came.
fn body(all: &Object<'_>, members: &Members<'_>, over: u64) -> Zeroizing<String> {
    let data = all.with(members);
    Zeroizing::new(format!(r#"{{"options":{{"cas":{over}}},"data":{}}}"#, data.expose()))
}
