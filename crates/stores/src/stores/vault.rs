//! HashiCorp Vault and OpenBao: the key-value engine, version 2.

use std::fmt;

use keybaton_core::{RingName, Texts, Writes};
use reqwest::{Client, Method};
use serde_json::{Map, Value, json};

use crate::remote::json::{members_of, texts_of};
use crate::remote::line::conflict;
use crate::remote::path::{escaped, is_well};
use crate::remote::{Address, Answer, Call, Deadline, Line, Seen};
use crate::text::without_nul;
use crate::{
    Can, Guard, Held, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl, Version, Written,
};

mod login;

use login::Login;

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
    mount: String,
    path: String,
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
    let address = Address::of(url, &[])?;
    let Some((mount, path)) = address.place.split_once('/').filter(|_| is_well(&address.place)) else {
        let sentence = format!("{url} names no mount and path");
        return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint(format!("write vault://MOUNT/PATH, for example {}", KIND.example)));
    };
    let (login, line) = login::prepare(url, settings)?;
    let (mount, path) = (mount.replace("%2F", "/").replace("%2f", "/"), path.to_owned());
    let (ring, may_create) = (ring.clone(), settings.may_create);
    Ok(Box::new(Vault { line, login, mount, path, ring, may_create, seen: Seen::default() }))
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
                Around::Nothing => {
                    self.must_be_version_2(deadline)?;
                    self.put(members, 0, deadline)?
                }
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
            (404, None, _) => Ok(self.absent(Around::Nothing)),
            // Also with 200: a version that was destroyed has metadata and no members.
            (200 | 404, Some(version), None) => Ok(self.absent(Around::Deleted(version))),
            _ => Err(self.refused(&answer, "reading", deadline)),
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
            403 | 405 => self.merge(members, over, deadline),
            _ => Err(self.refused(&answer, "writing", deadline)),
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
        let Some(all) = body["data"]["data"].as_object_mut().filter(|_| answer.is_success()) else {
            return Err(self.refused(&answer, "reading", deadline));
        };
        all.extend(members);
        let all = std::mem::take(all);
        self.put(all, over, deadline)
    }

    fn put(&self, members: Map<String, Value>, over: u64, deadline: Deadline) -> Result<Answer, StoreError> {
        let body = json!({ "options": { "cas": over }, "data": members });
        let answer =
            self.ask(Call::new(Method::POST, self.data()).json(&body, "application/json"), deadline)?;
        if answer.status == 200 { Ok(answer) } else { Err(self.refused(&answer, "writing", deadline)) }
    }

    /// In version 1 of the engine the same call would succeed, in another place and without a guard.
    fn must_be_version_2(&self, deadline: Deadline) -> Result<(), StoreError> {
        let answer =
            self.ask(Call::new(Method::GET, self.api("sys/internal/ui/mounts", &self.mount)), deadline)?;
        let body = answer.json();
        if body["data"]["type"] == "kv" && body["data"]["options"]["version"] != "2" {
            let sentence =
                format!("{}: the mount {} is version 1 of the key-value engine", self.line.store, self.mount);
            return Err(StoreError::new(StoreErrorKind::Unsupported, sentence).hint(format!(
                "only version 2 can guard a write: vault kv enable-versioning {}",
                self.mount
            )));
        }
        Ok(())
    }

    fn ask(&self, call: Call, deadline: Deadline) -> Result<Answer, StoreError> {
        let call = self.login.sign(call, &self.line, deadline)?;
        self.line.ask(&call, deadline)
    }

    fn data(&self) -> String {
        self.api(&format!("{}/data", self.mount), &self.path)
    }

    fn api(&self, first: &str, second: &str) -> String {
        self.login.address(&format!("{}/{}", escaped(first), escaped(second)))
    }

    /// What an answer means that is not the one that was hoped for.
    fn refused(&self, answer: &Answer, doing: &str, deadline: Deadline) -> StoreError {
        let body = answer.json();
        let told = body["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let is_guard = told.clone().any(|told| told.contains("check-and-set parameter did not match"));
        match answer.status {
            400 if is_guard => self.line.conflict(answer),
            403 if self.is_signed_in(deadline) => self.denied(doing),
            403 => self.login.needed(&self.line),
            404 => {
                let sentence = format!("{}: there is no mount {}", self.line.store, self.mount);
                StoreError::new(StoreErrorKind::Malformed, sentence)
                    .hint(format!("vault secrets enable -path={} -version=2 kv", self.mount))
            }
            413 => {
                let sentence = format!("{}: the secret is larger than the server allows", self.line.store);
                StoreError::new(StoreErrorKind::TooLarge, sentence)
                    .hint("keep the ring in a secret of its own")
            }
            _ => self.line.unknown(answer, doing),
        }
    }

    /// A token that is refused everything has run out; the server says the same of one that lacks a right.
    fn is_signed_in(&self, deadline: Deadline) -> bool {
        let call = Call::new(Method::GET, self.login.address("auth/token/lookup-self"));
        self.ask(call, deadline).is_ok_and(|answer| answer.is_success())
    }

    fn denied(&self, doing: &str) -> StoreError {
        let rights = match doing {
            "reading" => r#"["read"]"#,
            _ => r#"["create", "read", "update", "patch"]"#,
        };
        let sentence = format!("{}: your token has no right to this when {doing}", self.line.store);
        StoreError::new(StoreErrorKind::Denied, sentence).hint(format!(
            r#"its policy lacks: path "{}/data/{}" {{ capabilities = {rights} }}"#,
            self.mount, self.path
        ))
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
