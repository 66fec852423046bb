//! The keys of the rings that a project names, for a look at it.

use std::path::absolute;

use keybaton_audit::{KnownKey, KnownKeys, Leaves, Unexamined};
use keybaton_core::{
    Change, Head, KeyId, Policy, Reading, Ready, Refusal, Ring, SecretText, Seen, Texts, read, ready,
};

use crate::clock::{now, shown};
use crate::configuration::{Configuration, Place, Wishes};
use crate::failure::Failure;
use crate::policy::policy;
use crate::store;

/// What was read, and what could not be: that is told, not fatal.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) rings: Vec<KnownKeys>,
    pub(crate) unread: Vec<Unexamined>,
    /// The rings that stand elsewhere than in files, and were not asked for.
    pub(crate) unasked: Vec<String>,
    reach: Reach,
}

/// How far a look at a project goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Files here; the others cost calls, rights or an answer of the user, which a look at a project must not.
    #[default]
    Files,
    /// All the others too.
    Remote,
}

impl Known {
    pub(crate) fn within(reach: Reach) -> Self {
        Self { reach, ..Self::default() }
    }

    /// Every ring of every environment.
    pub(crate) fn of(configuration: &Configuration, reach: Reach) -> Result<Self, Failure> {
        let mut known = Self::within(reach);
        for (environment, ring) in configuration.all_rings() {
            let wishes = Wishes {
                environment: Some(environment.to_owned()),
                ring: Some(ring.to_string()),
                ..Wishes::default()
            };
            known.take(&Place::choose(&wishes, Some(configuration), configuration.source.folder())?);
        }
        Ok(known)
    }

    /// Reads a ring whose store is made of files here, or is within reach.
    pub(crate) fn take(&mut self, place: &Place) {
        match keys(place, self.reach) {
            Ok(Found::Keys(keys)) => self.rings.push(keys),
            Ok(Found::Nothing) => {}
            Ok(Found::Remote) => self.unasked.push(place.name()),
            Err(failure) => self.unread.push(Unexamined { what: place.name(), why: failure.in_full() }),
        }
    }
}

enum Found {
    Keys(KnownKeys),
    /// The store is this process's own environment.
    Nothing,
    Remote,
}

fn keys(place: &Place, reach: Reach) -> Result<Found, Failure> {
    store::must_be_readable(&place.store)?;
    let files = store::files(&place.store)?;
    let url = store::url(&place.store)?;
    if !url.kind().is_of_files() {
        match url.rest().is_empty() {
            true => return Ok(Found::Nothing),
            false if reach == Reach::Files => return Ok(Found::Remote),
            false => {}
        }
    }
    let (keys, begun_from) = known_keys(store::read(place)?, &policy(place)?);
    Ok(Found::Keys(KnownKeys {
        name: place.name(),
        ring: place.ring.to_string(),
        is_main: place.is_main,
        environment: place.environment.clone().unwrap_or_else(|| place.store.url.clone()),
        begun_from,
        file: files.first().and_then(|first| absolute(first).ok()),
        keys,
    }))
}

/// Every key that stands in the texts, and the ring that the record says they began with the keys of. Mirrors are not asked:
/// they could only put off when a key leaves.
fn known_keys(texts: Texts, policy: &Policy) -> (Vec<KnownKey>, Option<String>) {
    let keys = texts.keys();
    let reading = read(texts);
    let begun_from = match &reading {
        Reading::Whole(ring) => begun_from(&ring.head),
        Reading::Torn(torn) => begun_from(torn.head()),
        _ => None,
    };
    let ring = match reading {
        Reading::Whole(ring) => Some(ring),
        _ => None,
    };
    let leaves = |text: &SecretText| {
        let ring = ring.as_ref()?;
        let retiring = ring.retiring.iter().find(|retiring| retiring.key.secret == *text)?;
        Some(leaves(retiring.key.facts.id, ring, policy))
    };
    (keys.into_iter().map(|text| KnownKey { leaves: leaves(&text), text }).collect(), begun_from)
}

fn begun_from(head: &Head) -> Option<String> {
    head.from.as_ref().map(ToString::to_string)
}

fn leaves(id: KeyId, ring: &Ring, policy: &Policy) -> Leaves {
    let seen = Seen { now: now(), ring, mirrors: &[], undelivered: false, fleet: None };
    match ready(Change::Retire(id), &seen, policy) {
        Ready::Now => Leaves::Now,
        Ready::At(moment) | Ready::FollowAgain(moment) => {
            Leaves::Later(format!("from {}", shown(moment, seen.now)))
        }
        Ready::Refused(Refusal::NoPropagation) => {
            Leaves::Later("once keybaton.toml says with `propagation` when that is safe".to_owned())
        }
        Ready::AfterFleet | Ready::AfterFloor(_) | Ready::Refused(_) => {
            Leaves::Later("in its turn".to_owned())
        }
    }
}
