//! HashiCorp Vault and OpenBao: the key-value engine, version 2.

use std::fmt;

use keybaton_core::{RingName, Texts, Writes};
use reqwest::{Client, Method};
use serde_json::{Map, Value, json};

use crate::remote::json::{members_of, texts_of};
use crate::remote::line::conflict;
use crate::remote::path::escaped;
use crate::remote::{Answer, Call, Deadline, Line, Seen};
use crate::text::without_nul;
use crate::{
    Can, Guard, Held, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl, Version, Written,
};

mod helper;
mod login;
mod place;
mod refusal;

use login::Login;
use place::Place;
use refusal::{has_right_to_ask, told_by};

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "vault",
    summary: "Vault or OpenBao, key-value engine version 2",
    example: "vault://secret/shop/django",
    can: Can { read_back: true, guard: Guard::CompareAndSwap, atomic: true },
    guarded_by: "check-and-set on the version that was read",
    creates: "the secret, in a mount that is there",
    local: false,
    open,
};

struct Vault {
    line: Line<Client>,
    login: Login,
    place: Place,
    ring: RingName,
    may_create: bool,
    seen: Seen<Around>,
}

/// What stands at the path when the ring does not.
#[derive(Clone, Copy, Debug)]
enum Around {
    Nothing,
    /// The last version was deleted.
    Deleted(u64),
    /// A secret with other members.
    Others(u64),
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let place = Place::of(url)?;
    let (login, line) = login::prepare(url, settings)?;
    let (ring, may_create) = (ring.clone(), settings.may_create);
    Ok(Box::new(Vault { line, login, place, ring, may_create, seen: Seen::default() }))
}

impl Store for Vault {
    fn read(&self) -> Result<Held, StoreError> {
        let (texts, version) = self.look(Deadline::begin())?;
        Ok(if texts.is_absent() { Held::Absent } else { Held::Texts(texts, version) })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let deadline = Deadline::begin();
        let members = members_of(&new.whole, &self.ring);
        let answer = match over {
            Version::Is(version) => {
                let version = version.parse().map_err(|_| conflict(&self.line.store))?;
                self.patch(members, version, deadline)?
            }
            Version::Absent => match self.around(deadline)? {
                Around::Nothing if !self.may_create => return Err(self.line.not_made(KIND.creates)),
                Around::Nothing => self.put(members, 0, deadline)?,
                Around::Deleted(version) => self.put(members, version, deadline)?,
                Around::Others(version) => self.patch(members, version, deadline)?,
            },
        };
        let answer = answer.json();
        let Some(version) = answer["data"]["version"].as_u64() else {
            return Err(self.line.uncertain("it does not say which version it wrote"));
        };
        Ok(Written { version: Version::Is(version.to_string().into()), notes: Vec::new() })
    }
}

impl Vault {
    fn look(&self, deadline: Deadline) -> Result<(Texts, Version), StoreError> {
        let answer = self.ask(Call::new(Method::GET, self.data()), deadline)?;
        let body = answer.json();
        let version = body["data"]["metadata"]["version"].as_u64();
        match (answer.status, version, body["data"]["data"].as_object()) {
            (200, Some(version), Some(members)) => self.found(members, version),
            // A version that was deleted or destroyed has metadata and no members.
            (200 | 404, Some(version), None) => Ok(self.absent(Around::Deleted(version))),
            (404, None, _) if told_by(&body).next().is_none() => {
                self.must_be_version_2(deadline)?;
                Ok(self.absent(Around::Nothing))
            }
            _ => Err(self.refused(&answer, "reading")),
        }
    }

    fn found(&self, members: &Map<String, Value>, number: u64) -> Result<(Texts, Version), StoreError> {
        let texts = texts_of(members, &self.ring, &self.line.store)?;
        let texts = without_nul(texts, |field| format!("{} in {}", self.ring.of(field), self.line.store))?;
        if texts.is_absent() {
            return Ok(self.absent(Around::Others(number)));
        }
        Ok((texts, Version::Is(number.to_string().into())))
    }

    fn absent(&self, around: Around) -> (Texts, Version) {
        self.seen.keep(&Version::Absent, around);
        (Texts::default(), Version::Absent)
    }

    /// What stands where a ring is to be created.
    fn around(&self, deadline: Deadline) -> Result<Around, StoreError> {
        if let Some(around) = self.seen.take(&Version::Absent) {
            return Ok(around);
        }
        self.look(deadline)?;
        self.seen.take(&Version::Absent).ok_or_else(|| conflict(&self.line.store))
    }

    /// Changes the ring's members alone.
    fn patch(
        &self,
        members: Map<String, Value>,
        over: u64,
        deadline: Deadline,
    ) -> Result<Answer, StoreError> {
        let body = json!({ "options": { "cas": over }, "data": members });
        let call = Call::new(Method::PATCH, self.data()).json(&body, "application/merge-patch+json");
        let answer = self.ask(call, deadline)?;
        match answer.status {
            200 => Ok(answer),
            404 => Err(self.line.conflict(&answer)),
            // Policies from before 2022 know no `patch`, and old servers do not either.
            403 | 405 if !answer.is_doubtful => self.merge(members, over, deadline),
            _ => Err(self.refused(&answer, "writing")),
        }
    }

    /// The same with the rights to read and to update.
    fn merge(
        &self,
        members: Map<String, Value>,
        over: u64,
        deadline: Deadline,
    ) -> Result<Answer, StoreError> {
        let answer = self.ask(Call::new(Method::GET, self.data()), deadline)?;
        let mut body = answer.json();
        if answer.status == 404 {
            return Err(conflict(&self.line.store));
        }
        let Some(all) = body["data"]["data"].as_object_mut().filter(|_| answer.is_success()) else {
            return Err(self.refused(&answer, "reading"));
        };
        all.extend(members);
        let all = std::mem::take(all);
        self.put(all, over, deadline)
    }

    fn put(&self, members: Map<String, Value>, over: u64, deadline: Deadline) -> Result<Answer, StoreError> {
        let body = json!({ "options": { "cas": over }, "data": members });
        let answer =
            self.ask(Call::new(Method::POST, self.data()).json(&body, "application/json"), deadline)?;
        if answer.status == 200 { Ok(answer) } else { Err(self.refused(&answer, "writing")) }
    }

    /// In version 1 of the engine the same call would succeed, in another place and without a guard.
    fn must_be_version_2(&self, deadline: Deadline) -> Result<(), StoreError> {
        let call = Call::new(Method::GET, self.api("sys/internal/ui/mounts", &self.place.mount));
        let body = self.ask(call, deadline)?.json();
        if body["data"]["type"] == "kv" && body["data"]["options"]["version"] != "2" {
            let sentence = format!(
                "{}: the mount {} is version 1 of the key-value engine",
                self.line.store, self.place.mount
            );
            return Err(StoreError::new(StoreErrorKind::Unsupported, sentence).hint(format!(
                "only version 2 can guard a write: vault kv enable-versioning {}",
                self.place.mount
            )));
        }
        Ok(())
    }

    /// Asks with a token, and with another one where the first has run out and there is a way to another.
    fn ask(&self, call: Call, deadline: Deadline) -> Result<Answer, StoreError> {
        let signed = self.login.sign(call.duplicate(), &self.line, deadline)?;
        let answer = self.line.ask(&signed, deadline)?;
        if answer.status != 403 || answer.is_doubtful || self.is_signed_in(&answer, deadline)? {
            return Ok(answer);
        }
        match self.login.sign_anew(call, &self.line, deadline)? {
            Some(signed) => self.line.ask(&signed, deadline),
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

    fn api(&self, first: &str, second: &str) -> String {
        self.login.address(&format!("{}/{}", escaped(first), escaped(second)))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("store", &self.line.store)
            .field("host", &self.line.host)
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}
