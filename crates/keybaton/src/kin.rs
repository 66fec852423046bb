//! The other rings of an environment, and the keys that a ring has in common with them.

use std::path::Path;

use keybaton_core::{KeyId, Kin, Reading, Ring, RingName};
use keybaton_handover::look;
use serde::Serialize;

use crate::allowed::Allowed;
use crate::commands::World;
use crate::configuration::{Place, Wishes};
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
    /// Nobody says why: a key was put into both by hand.
    Unrelated,
}

impl Opened {
    /// Looks at the other rings of the environment.
    ///
    /// # Errors
    /// One of them cannot be read, so nobody knows for which processes a step has to wait.
    pub(crate) fn learn_kin(&mut self, world: &World<'_>, ring: &Ring) -> Result<(), Failure> {
        let others = others(world)?;
        self.relate(ring, others.iter().map(|(name, ring)| (name, ring)));
        Ok(())
    }

    /// Finds out which of these rings it has keys in common with.
    pub(crate) fn relate<'a>(&mut self, ring: &Ring, others: impl Iterator<Item = (&'a RingName, &'a Ring)>) {
        let relations = others.filter_map(|(other, theirs)| relation(&self.place.ring, ring, other, theirs));
        self.relations = relations.collect();
        let named = |kinship| {
            let of = self.relations.iter().filter(move |relation| relation.is == kinship);
            of.map(|relation| relation.ring.clone())
        };
        let (origin, branches) = (named(Kinship::Origin).next(), named(Kinship::Branch).collect());
        self.places.kin = Kin { name: self.place.ring.clone(), origin, branches };
    }

    /// The rings of which one began with the keys of the other, and still has some of them.
    pub(crate) fn branches(&self) -> impl Iterator<Item = &Relation> {
        self.relations.iter().filter(|relation| relation.is == Kinship::Branch)
    }
}

impl Relation {
    /// What is to be known of it, and done about it.
    pub(crate) fn told(&self, opened: &Opened) -> String {
        let Self { ring, is, keys, .. } = self;
        let signs = opened.places.kin.name.as_str();
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
            Kinship::Unrelated => {
                format!(
                    "{keys}, and neither began with the keys of the other: {signs} opens what {ring} protects"
                )
            }
        }
    }
}

/// The rings in order besides the one that is meant; none where a store is named by hand, which is that of one ring.
fn others(world: &World<'_>) -> Result<Vec<(RingName, Ring)>, Failure> {
    if Wishes::new(world.choices)?.store.is_some() {
        return Ok(Vec::new());
    }
    rings(world.places(Path::new("."))?.1)
}

/// Those of these rings that are in order.
pub(crate) fn rings(places: Vec<Place>) -> Result<Vec<(RingName, Ring)>, Failure> {
    let mut rings = Vec::new();
    for place in places {
        let other = Opened::of(place, Allowed::default())?;
        if let Reading::Whole(ring) = look(&other.places.store).map_err(Failure::of_store)?.reading {
            rings.push((other.place.ring, ring));
        }
    }
    Ok(rings)
}

/// Nothing where the two have no key in common.
fn relation(name: &RingName, ring: &Ring, other: &RingName, theirs: &Ring) -> Option<Relation> {
    let shared = ring.shared_with(theirs).into_iter();
    let (keys, theirs_of_it): (Vec<_>, _) = shared.map(|(own, other)| (own.facts.id, other.facts.id)).unzip();
    let is = match (&ring.head.from, &theirs.head.from) {
        (Some(from), _) if from == other => Kinship::Origin,
        (_, Some(from)) if from == name => Kinship::Branch,
        // Two that began with the keys of a third.
        (Some(from), Some(theirs)) if from == theirs => return None,
        _ => Kinship::Unrelated,
    };
    let signs = keys.contains(&ring.signing.facts.id);
    (!keys.is_empty()).then_some(Relation { signs, ring: other.clone(), is, keys, theirs: theirs_of_it })
}
