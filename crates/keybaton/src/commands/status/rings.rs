//! The rings of an environment as they were read, and what is told of them.

use keybaton_core::{Reading, Ring};
use keybaton_handover::{Reported, look};
use serde::Serialize;

use super::{explained, put_aside, text};
use crate::allowed::Allowed;
use crate::clock::now;
use crate::commands::World;
use crate::configuration::Place;
use crate::failure::Failure;
use crate::leftover;
use crate::opened::Opened;
use crate::report::{LeftoverReport, Report};

/// A ring that was read, and what the processes report of it.
pub(super) struct Read {
    pub(super) opened: Opened,
    pub(super) reading: Reading,
    pub(super) reported: Reported,
}

/// A store that holds no ring in order.
#[derive(Serialize)]
struct NoRing<'a> {
    ring: &'a str,
    environment: Option<&'a str>,
    store: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leftovers: Vec<LeftoverReport>,
}

pub(super) fn read(place: Place) -> Result<Read, Failure> {
    let opened = Opened::of(place, Allowed::default())?;
    let reading = look(&opened.places.store).map_err(Failure::of_store)?.reading;
    Ok(Read { opened, reading, reported: Reported::default() })
}

/// Nobody waits here, so that another ring which cannot be read is a warning.
pub(super) fn learn_kin(world: &World<'_>, Read { opened, reading, .. }: &mut Read) {
    if let Reading::Whole(ring) = reading
        && let Err(failure) = opened.learn_kin(world, ring)
    {
        world.print.warning(&failure.in_full());
    }
}

/// Each ring with all the others.
pub(super) fn relate(rings: &mut [Read]) {
    for at in 0..rings.len() {
        let (before, rest) = rings.split_at_mut(at);
        let Some((Read { opened, reading: Reading::Whole(ring), .. }, behind)) = rest.split_first_mut()
        else {
            continue;
        };
        let others = before.iter().chain(&*behind).filter_map(|other| match &other.reading {
            Reading::Whole(ring) => Some((&other.opened.place.ring, ring)),
            _ => None,
        });
        opened.relate(ring, others);
    }
}

/// What programs are told.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    #[serde(flatten)]
    first: One<'a>,
    /// The other rings of the environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<One<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum One<'a> {
    Ring(Box<Report<'a>>),
    NoRing(NoRing<'a>),
}

impl<'a> Told<'a> {
    pub(super) fn of(rings: &'a [Read]) -> Self {
        let mut rings = rings.iter().map(Read::report);
        let first = rings.next().expect("the ring that is meant was read");
        Self { first, others: rings.collect() }
    }
}

impl Read {
    /// While a key retires, what encrypts says when it may go. To look for that takes time.
    pub(super) fn learn_what_encrypts(&mut self) {
        if matches!(&self.reading, Reading::Whole(ring) if !ring.retiring.is_empty()) {
            self.opened.learn_what_encrypts();
        }
    }

    fn report(&self) -> One<'_> {
        let Self { opened, reading, .. } = self;
        if let Reading::Whole(ring) = reading {
            return One::Ring(Box::new(self.report_of(ring)));
        }
        let environment = opened.place.environment.as_deref();
        let (ring, store) = (opened.place.ring.as_str(), opened.place.store.url.as_str());
        let state = without_ring(opened, reading).0;
        One::NoRing(NoRing { ring, environment, store, state, leftovers: leftovers(opened) })
    }

    fn report_of<'a>(&'a self, ring: &'a Ring) -> Report<'a> {
        let around = self.opened.places.around(ring, Some(self.reported.clone()));
        Report::of(&self.opened, ring, around, now())
    }

    pub(super) fn text(&self, world: &World<'_>) -> String {
        let Self { opened, reading, .. } = self;
        if let Reading::Whole(ring) = reading {
            return text(world, opened, ring, &self.report_of(ring));
        }
        let (state, sentence, next) = without_ring(opened, reading);
        let left: String =
            leftovers(opened).iter().map(|leftover| format!("  leftover  {leftover}\n")).collect();
        format!("{}\n{state}: {sentence}\n{left}next   {next}", opened.name())
    }
}

fn without_ring(opened: &Opened, reading: &Reading) -> (&'static str, String, String) {
    if leftover::aside(&opened.place.store).is_some() {
        put_aside(opened)
    } else {
        explained(opened, reading)
    }
}

fn leftovers(opened: &Opened) -> Vec<LeftoverReport> {
    leftover::of_ring(opened).iter().map(LeftoverReport::of).collect()
}
