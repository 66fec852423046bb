//! Config vars of an app on Heroku.
//!
//! Heroku can compare nothing while it writes, but each change of a config var makes a release, and releases are numbered. So a
//! write looks which release is the last, then what the config vars are. If the ring is not the one that was read, nothing is
//! written. After it, its own release must be the only new one; where it is not, what the others held tells whether one of them
//! changed the ring too. Of two writers the second always finds the first one's.

use std::fmt;

use keybaton_core::{Field, RingName, SecretText, Texts, Writes};
use reqwest::Client;
use serde_json::{Map, Value};

use crate::remote::line::conflict;
use crate::remote::{Address, Deadline, Line};
use crate::text::without_nul;
use crate::version::{held, version_of};
use crate::{
    Can, ChosenBy, Guard, Held, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl, Version,
    Written,
};

mod calls;
mod login;
mod netrc;
mod overlap;
mod refusal;
mod release;

use calls::Doing;
use login::Login;
use overlap::Writing;
use release::Status;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "heroku",
    summary: "Heroku config vars",
    example: "heroku://shop-production",
    can: Can { read_back: true, guard: Guard::Afterwards, atomic: true },
    guarded_by: "the ring is compared before a write, the releases are counted after it",
    creates: "three config vars, in an app that is there; this and each later write restarts its dynos",
    local: false,
    chosen_by: &[ChosenBy::Variable("HEROKU_API_URL"), ChosenBy::Variable("HEROKU_HOST")],
    open,
};

struct Heroku {
    line: Line<Client>,
    login: Login,
    app: String,
    ring: RingName,
    may_create: bool,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &[])?;
    let app = address.place.as_str();
    let is_name = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    if app.is_empty() || !app.chars().all(is_name) {
        let hint = format!(
            "write heroku://APP, for example {}; apps have small letters, digits and - alone",
            KIND.example
        );
        return Err(url.malformed("names no app", hint));
    }
    let (login, line) = login::prepare(url, settings)?;
    let (app, ring, may_create) = (app.to_owned(), ring.clone(), settings.may_create);
    Ok(Box::new(Heroku { line, login, app, ring, may_create }))
}

impl Store for Heroku {
    fn read(&self) -> Result<Held, StoreError> {
        let config = self.config(Doing::Reading, Deadline::begin())?;
        self.texts_of(&config).map(held)
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let deadline = Deadline::begin();
        self.must_be_sendable(&new.whole)?;
        // In this order: whatever is in the config vars was made by a release that is counted.
        let last = self.last_release(deadline)?;
        let config = self.config(Doing::Writing, deadline)?;
        let before = self.texts_of(&config)?;
        if version_of(&before) != *over {
            return Err(conflict(&self.line.store));
        }
        if *over == Version::Absent && !self.may_create {
            return Err(self.line.not_made(KIND.creates));
        }
        let members = self.members_of(&new.whole);
        self.must_fit(&config, &members)?;
        let writing =
            Writing { before: &before, new: &new.whole, last: last.as_ref().map_or(0, |last| last.version) };
        let notes = match self.change(members, deadline) {
            Ok(()) => self.looked_again(&writing, deadline)?,
            Err(error) if error.kind == StoreErrorKind::Uncertain => {
                // Perhaps it is done, and over somebody else's.
                self.looked_again(&writing, Deadline::begin())?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        let before = last.as_ref().and_then(|last| self.not_out_before(last));
        Ok(Written { version: version_of(&new.whole), notes: before.into_iter().chain(notes).collect() })
    }

    /// Dynos have the ring of the last release that is out.
    fn delivered(&self) -> Result<(), StoreError> {
        let deadline = Deadline::begin();
        let releases = self.newest_releases(deadline)?;
        let Some(last) = releases.first().filter(|last| last.status != Status::Out) else { return Ok(()) };
        let running = releases.iter().find(|release| release.status == Status::Out);
        if let Some(running) = running {
            let config = self.config(Doing::Reading, deadline)?;
            if self.texts_at(running.version, deadline)? == self.texts_of(&config)? {
                return Ok(());
            }
        }
        Err(self.undelivered(last, running))
    }

    fn restarts(&self) -> bool {
        true
    }
}

impl Heroku {
    fn texts_of(&self, config: &Map<String, Value>) -> Result<Texts, StoreError> {
        let mut texts = Texts::default();
        for field in Field::ALL {
            if let Some(Value::String(text)) = config.get(&self.ring.of(field)) {
                texts.set(field, SecretText::new(text.as_str()));
            }
        }
        without_nul(texts, |field| format!("{} in {}", self.ring.of(field), self.line.store))
    }

    fn members_of(&self, texts: &Texts) -> Map<String, Value> {
        let named =
            Field::ALL.into_iter().filter_map(|field| Some((self.ring.of(field), texts.get(field)?.into())));
        named.collect()
    }

    /// What no config var can hold.
    fn must_be_sendable(&self, new: &Texts) -> Result<(), StoreError> {
        let texts = Field::ALL.into_iter().filter_map(|field| Some((self.ring.of(field), new.get(field)?)));
        for (name, text) in texts {
            if text.is_empty() || text.contains('\0') {
                return Err(self.unsendable(&name));
            }
        }
        Ok(())
    }

    fn must_fit(&self, config: &Map<String, Value>, members: &Map<String, Value>) -> Result<(), StoreError> {
        let kept = config.iter().filter(|(name, _)| !members.contains_key(*name));
        let size = |(name, value): (&String, &Value)| name.len() + value.as_str().map_or(0, str::len);
        let whole: usize = kept.chain(members).map(size).sum();
        if whole > LARGEST { Err(self.too_large()) } else { Ok(()) }
    }
}

impl fmt::Debug for Heroku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Heroku({}, {}, ring {})", self.line.store, self.line.host, self.ring)
    }
}

/// All config vars of an app together, names and values.
const LARGEST: usize = 32 << 10;
