//! The other rings of an environment, and the keys that a ring has in common with them.

use std::collections::BTreeMap;
use std::path::Path;

use keybaton_core::{KeyId, Kin, Reading, Reporting, Ring, RingId, RingName};
use keybaton_handover::look;
use serde::Serialize;

use crate::allowed::Allowed;
use crate::commands::World;
use crate::configuration::{Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;

/// A ring that has keys in common with the one that is meant.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Relation {
    pub(crate) ring: RingName,
    pub(crate) is: Kinship,
    /// The keys that both have, by the ids of the ring that is meant.
    pub(crate) keys: Vec<KeyId>,
    /// The same by the ids of the other ring.
    #[serde(skip)]
    pub(crate) theirs: Vec<KeyId>,
    #[serde(skip)]
    id: RingId,
    /// Whether the key that signs is among them.
    #[serde(skip)]
    pub(crate) signs: bool,
}

/// How two rings came to have keys in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kinship {
    /// The ring that is meant began with the keys of the other.
    Origin,
    /// The other began with the keys of the ring that is meant.
    Branch,
    /// Both began with the keys of a third.
    Sibling,
    /// Nobody says why: a key was put into both by hand.
    Unrelated,
}

impl Opened {
    /// Looks at the other rings of the environment.
    ///
    /// # Errors
    /// Of one of them nobody can tell what it is, so nobody knows for which processes a step has to wait. The others are known.
    pub(crate) fn learn_kin(&mut self, world: &World<'_>, ring: &Ring) -> Result<(), Failure> {
        let (mut others, mut unknown) = (Vec::new(), None);
        for place in others_than(world)? {
            match clear(place) {
                Ok(found) => others.extend(found),
                Err(failure) => unknown = unknown.or(Some(failure)),
            }
        }
        self.relate(ring, others.iter().map(|(name, ring)| (name, ring)));
        unknown.map_or(Ok(()), Err)
    }

    /// Finds out which of these rings it has keys in common with.
    pub(crate) fn relate<'a>(&mut self, ring: &Ring, others: impl Iterator<Item = (&'a RingName, &'a Ring)>) {
        let others: Vec<_> = others.collect();
        let name = self.place.ring.clone();
        let family = Family::of(others.iter().copied().chain([(&name, ring)]));
        let relations = others
            .iter()
            .filter_map(|(other, theirs)| relation(ring, other, theirs, family.kinship(&name, other)));
        self.relations = relations.collect();
        let of = |kinship| self.relations.iter().filter(move |relation| relation.is == kinship);
        let origins = of(Kinship::Origin).map(|relation| (relation.ring.clone(), relation.id)).collect();
        let branches = of(Kinship::Branch).map(|relation| relation.ring.clone()).collect();
        self.places.kin = Kin { name, origins, branches };
    }

    /// The rings that each process has to read before the next key signs, and which ring each began with the keys of. Where all
    /// processes report, they are waited for instead.
    pub(crate) fn untold_settings(&self) -> Vec<(&RingName, &RingName)> {
        let own = &self.place.ring;
        let relations = self.relations.iter().filter(|_| self.policy.fleet != Reporting::All);
        let pairs = relations.filter_map(|Relation { ring, is, .. }| match is {
            Kinship::Origin => Some((own, ring)),
            Kinship::Branch => Some((ring, own)),
            Kinship::Sibling | Kinship::Unrelated => None,
        });
        pairs.collect()
    }

    /// Those that are worth a line: where the ring that all began with still has the key, that one says enough.
    pub(crate) fn told_relations(&self) -> impl Iterator<Item = &Relation> {
        let has_origin = self.relations.iter().any(|relation| relation.is == Kinship::Origin);
        self.relations.iter().filter(move |relation| !has_origin || relation.is != Kinship::Sibling)
    }
}

/// Which rings began with the keys of which.
struct Family<'a>(BTreeMap<&'a RingName, &'a RingName>);

impl<'a> Family<'a> {
    fn of(rings: impl Iterator<Item = (&'a RingName, &'a Ring)>) -> Self {
        Self(rings.filter_map(|(name, ring)| Some((name, ring.head.from.as_ref()?))).collect())
    }

    /// The rings that one began with the keys of, the nearest first.
    fn origins(&self, ring: &'a RingName) -> Vec<&'a RingName> {
        let above = std::iter::successors(self.0.get(ring).copied(), |above| self.0.get(above).copied());
        // Records may name each other in a circle.
        above.take(self.0.len()).collect()
    }

    fn kinship(&self, ring: &'a RingName, other: &'a RingName) -> Kinship {
        let (own, theirs) = (self.origins(ring), self.origins(other));
        match () {
            () if own.contains(&other) => Kinship::Origin,
            () if theirs.contains(&ring) => Kinship::Branch,
            () if own.iter().any(|origin| theirs.contains(origin)) => Kinship::Sibling,
            () => Kinship::Unrelated,
        }
    }
}

impl Relation {
    /// What is to be known of it, and done about it.
    pub(crate) fn told(&self, opened: &Opened) -> String {
        let Self { ring, is, keys, .. } = self;
        let own = &opened.place.ring;
        let ids: Vec<String> = keys.iter().map(KeyId::to_string).collect();
        let keys = format!("{} with {ring}", ids.join(" and "));
        match is {
            Kinship::Origin if !self.signs => format!("{keys}, whose keys it began with, until it retires"),
            Kinship::Origin => {
                format!(
                    "{keys}, whose keys it began with: `{}` gives it keys of its own",
                    opened.again("rotate")
                )
            }
            Kinship::Branch => format!("{keys}, which began with its keys"),
            Kinship::Sibling if !self.signs => {
                format!("{keys}, which began with the same keys, until it retires")
            }
            Kinship::Sibling => {
                format!(
                    "{keys}, which began with the same keys: `{}` gives it keys of its own",
                    opened.again("rotate")
                )
            }
            Kinship::Unrelated => {
                format!(
                    "{keys}, and neither began with the keys of the other: a leak of {own} opens what {ring} protects; `{}` gives it \
                     keys of its own",
                    opened.again("rotate")
                )
            }
        }
    }
}

/// Where the other rings live; nowhere where a store is named by hand, which is that of one ring.
fn others_than(world: &World<'_>) -> Result<Vec<Place>, Failure> {
    match Wishes::new(world.choices)?.store {
        Some(_) => Ok(Vec::new()),
        None => Ok(world.places(Path::new("."))?.1),
    }
}

/// Those of these rings that are in order.
pub(crate) fn rings(places: Vec<Place>) -> Result<Vec<(RingName, Ring)>, Failure> {
    let looks = places.into_iter().map(seen).collect::<Result<Vec<_>, _>>()?;
    let whole = looks.into_iter().filter_map(|(opened, reading)| match reading {
        Reading::Whole(ring) => Some((opened.place.ring, ring)),
        _ => None,
    });
    Ok(whole.collect())
}

/// The ring; nothing where there is none yet.
fn clear(place: Place) -> Result<Option<(RingName, Ring)>, Failure> {
    match seen(place)? {
        (opened, Reading::Whole(ring)) => Ok(Some((opened.place.ring, ring))),
        (_, Reading::Absent | Reading::Bare(_)) => Ok(None),
        (opened, Reading::Torn(_)) => {
            let sentence = format!("{}: a write was cut short, or is under way", opened.name());
            let hint = format!("`{}` finishes it", opened.again("rotate --continue"));
            Err(Failure::new(Exit::Conflict, sentence).hint(hint))
        }
        (opened, other) => Err(opened.unusable(&other)),
    }
}

fn seen(place: Place) -> Result<(Opened, Reading), Failure> {
    let opened = Opened::of(place, Allowed::default())?;
    let reading = look(&opened.places.store).map_err(Failure::of_store)?.reading;
    Ok((opened, reading))
}

/// Nothing where the two have no key in common.
fn relation(ring: &Ring, other: &RingName, theirs: &Ring, is: Kinship) -> Option<Relation> {
    let shared = ring.shared_with(theirs).into_iter();
    let (keys, of_other): (Vec<_>, _) = shared.map(|(own, other)| (own.facts.id, other.facts.id)).unzip();
    let signs = keys.contains(&ring.signing.facts.id);
    let id = theirs.head.id;
    (!keys.is_empty()).then(|| Relation { ring: other.clone(), id, is, keys, theirs: of_other, signs })
}
