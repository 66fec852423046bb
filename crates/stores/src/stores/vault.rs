//! HashiCorp Vault and OpenBao: the key-value engine, version 2.

use std::fmt;

use keybaton_core::{RingName, Texts, Writes};
use reqwest::Client;

use crate::remote::line::conflict;
use crate::remote::members::{members_of, texts_in};
use crate::remote::object::Object;
use crate::remote::seen::Seen;
use crate::remote::{Deadline, Line};
use crate::text::without_nul;
use crate::{Can, ChosenBy, Guard, Held, Settings, Store, StoreError, StoreKind, StoreUrl, Version, Written};

mod calls;
mod engine;
mod helper;
mod login;
mod place;
mod refusal;

use calls::Found;
use engine::Engine;
use login::Login;
use place::Place;
use refusal::told_by;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "vault",
    summary: "Vault or OpenBao, key-value engine version 2",
    example: "vault://secret/shop/django",
    can: Can { read_back: true, guard: Guard::CompareAndSwap, atomic: true },
    guarded_by: "check-and-set on the version that was read",
    creates: "the secret, in a mount that is there",
    local: false,
    chosen_by: &[
        ChosenBy::Variable("VAULT_ADDR"),
        ChosenBy::Variable("VAULT_NAMESPACE"),
        ChosenBy::Variable("BAO_ADDR"),
        ChosenBy::Variable("BAO_NAMESPACE"),
    ],
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
    /// In a mount of this kind.
    Nothing(Engine),
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
        let (texts, version) = self.look(self.begin()?)?;
        Ok(if texts.is_absent() { Held::Absent } else { Held::Texts(texts, version) })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let deadline = self.begin()?;
        let members = members_of(&new.whole, &self.ring);
        let answer = match over {
            Version::Is(version) => {
                let version = version.parse().map_err(|_| conflict(&self.line.store))?;
                self.patch(&members, version, deadline)?
            }
            Version::Absent => match self.around(deadline)? {
                Around::Nothing(_) if !self.may_create => return Err(self.line.not_made(KIND.creates)),
                Around::Nothing(Engine::Unknown) => return Err(self.unknown_engine()),
                Around::Nothing(Engine::Version2) => self.put(&Object::empty(), &members, 0, deadline)?,
                Around::Deleted(version) => self.put(&Object::empty(), &members, version, deadline)?,
                Around::Others(version) => self.patch(&members, version, deadline)?,
            },
        };
        let Some(version) = answer.json()["data"]["version"].as_u64() else {
            return Err(self.line.uncertain("it does not say which version it wrote"));
        };
        Ok(Written {
            version: Version::Is(version.to_string().into()),
            notes: self.in_clear().into_iter().collect(),
        })
    }
}

impl Vault {
    /// The time that a server has is not spent on a token helper.
    fn begin(&self) -> Result<Deadline, StoreError> {
        self.login.make_ready(&self.line)?;
        Ok(Deadline::begin())
    }

    fn look(&self, deadline: Deadline) -> Result<(Texts, Version), StoreError> {
        let answer = self.get(deadline)?;
        let found = Found::of(&answer);
        match (answer.status, found.version, found.members.and_then(Object::parse)) {
            (200, Some(version), Some(members)) => self.found(&members, version),
            // A version that was deleted or destroyed has metadata and no members.
            (200 | 404, Some(version), None) => Ok(self.absent(Around::Deleted(version))),
            (404, None, _) if told_by(&answer.json()).next().is_none() => {
                Ok(self.absent(Around::Nothing(self.engine(deadline)?)))
            }
            // Another engine answers in another way, and wants other rights.
            (200 | 403, _, _) => self.engine(deadline).and_then(|_| Err(self.refused(&answer, "reading"))),
            _ => Err(self.refused(&answer, "reading")),
        }
    }

    fn found(&self, members: &Object<'_>, number: u64) -> Result<(Texts, Version), StoreError> {
        let texts = texts_in(members, &self.ring, &self.line.store)?;
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::Note;

    #[test]
    fn a_write_through_a_network_in_clear_is_told_and_one_on_this_machine_is_not() {
        let note = |address: &'static str| {
            let settings = Settings::new(
                Path::new("."),
                Arc::new(move |name| (name == "VAULT_ADDR").then(|| address.into())),
            );
            let url = StoreUrl::parse("vault://secret/shop").unwrap();
            let (login, line) = login::prepare(&url, &settings).unwrap();
            let (place, ring) = (Place::of(&url).unwrap(), RingName::default());
            let vault = Vault { line, login, place, ring, may_create: false, seen: Seen::default() };
            vault.in_clear().map(|Note(note)| note)
        };
        assert_eq!(note("http://127.0.0.1:8200"), None);
        assert_eq!(note("https://vault.example:8200"), None);
        let told = "vault://secret/shop: the token and the keys went to vault.svc:8200 in clear, for whoever listens there; VAULT_ADDR=https://… keeps them private";
        assert_eq!(note("http://vault.svc:8200").as_deref(), Some(told));
    }
}
