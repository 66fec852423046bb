//! A ring besides the main one, in a project that has a configuration.

use std::path::Path;

use keybaton_core::{RingName, SecretText};
use keybaton_handover::{Look, look};
use keybaton_stores::StoreUrl;

use super::Init;
use crate::commands::{World, here};
use crate::configuration::{Configuration, Located, Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::initial::act::{Act, FurtherPlan};
use crate::initial::further::{Asked, Further, Start, project, start};
use crate::initial::guard::Guard;
use crate::initial::refusals::{nothing_from, too_many, would_leak};
use crate::initial::settings::Rewrites;
use crate::kin::rings;
use crate::opened::Opened;
use crate::store;
use crate::uses::encrypts;

impl Init {
    /// Makes it, where one is meant; nothing where the main ring is.
    pub(super) fn further(&self, world: &World<'_>) -> Result<Option<Exit>, Failure> {
        let wishes = Wishes::new(world.choices)?;
        let project = project();
        let folder = project.as_ref().map_or(Path::new("."), |project| &project.folder);
        let known = Configuration::find(folder)?;
        let ring = Place::ring(&wishes, known.as_ref())?;
        let Some(known) = known.filter(|known| known.ring != ring) else {
            return if self.from.is_some() { Err(nothing_from()) } else { Ok(None) };
        };
        let further = match &project {
            Some(project) => Rewrites::further(project, &known.ring, &ring),
            None => Further::by_hand(),
        };
        let act = Act::new(world, further.style, self.dry_run);
        let plan = self.plan_further(world, &wishes, &known, &ring, further)?;
        let wanted = self.wanted(world, &plan.further.settings, &ring)?;
        // While somebody was asked, the other ring may have turned to another key.
        let plan = match &self.from {
            Some(_) if !self.write => self.plan_further(world, &wishes, &known, &ring, plan.further)?,
            _ => plan,
        };
        act.further(plan, wanted).map(Some)
    }

    fn plan_further<'a>(
        &self,
        world: &World<'_>,
        wishes: &Wishes,
        known: &Configuration,
        ring: &RingName,
        further: Further<'a>,
    ) -> Result<FurtherPlan<'a>, Failure> {
        let added = added(wishes, known, ring)?;
        let says = added.as_ref().map_or(known, |(_, says)| says);
        let wishes = Wishes { store: None, ..wishes.clone() };
        let (place, others) = Place::choose_all(&wishes, Some(says), &here()?)?;
        let guard = Guard::look(&store::files(&place.store)?, &place.store.folder)?;
        let opened = Opened::of(place, self.allowed())?;
        let Look { reading, version } = look(&opened.places.store).map_err(Failure::of_store)?;
        let from = self.from.as_deref().map(named).transpose()?;
        let (others, is_new) = (rings(others)?, added.is_some());
        let variable = if known.ring_names().any(|named| named == *ring) { None } else { variable(ring) };
        let asked = Asked { from: from.as_ref(), others: &others, adopt: self.adopt, variable, is_new };
        let start = start(&opened, reading, asked)?;
        let tracked = guard.as_ref().and_then(|guard| guard.tracked.as_deref());
        let start = self.taken_in(world, &opened, start, tracked.is_some())?;
        if let (Start::Fresh(_) | Start::Like(..), Some(file)) = (&start, tracked) {
            return Err(would_leak(file, &format!("run `{}` again", opened.again("init"))));
        }
        let configuration =
            added.map(|(text, _)| (known.source.path().to_owned(), known.source.text().to_owned(), text));
        Ok(FurtherPlan { opened, guard, version, start, configuration, further })
    }
}

impl Init {
    /// What stood in the store, with what the user says of its fallbacks.
    fn taken_in(
        &self,
        world: &World<'_>,
        opened: &Opened,
        start: Start,
        is_tracked: bool,
    ) -> Result<Start, Failure> {
        let Start::Store(adoption) = start else { return Ok(start) };
        if let Some(keys) = adoption.too_many() {
            return Err(too_many(opened, keys));
        }
        let unknown = adoption.unknown_fallbacks();
        let adoption = self.with_fallback(world, adoption, unknown)?;
        Ok(Start::Store(if is_tracked { adoption.all_exposed() } else { adoption }))
    }
}

/// What the environment holds under a name that no ring has had so far.
fn variable(ring: &RingName) -> Option<SecretText> {
    let text = std::env::var_os(ring.as_str()).filter(|text| !text.is_empty())?;
    Some(SecretText::new(text.to_string_lossy().into_owned()))
}

/// The configuration with the ring in it, where it names none of this name yet: in the store that is named, else beside the
/// main ring.
fn added(
    wishes: &Wishes,
    known: &Configuration,
    ring: &RingName,
) -> Result<Option<(String, Configuration)>, Failure> {
    let without_store = Wishes { store: None, ..wishes.clone() };
    let Some(environment) = Place::environment_of(&without_store, known)? else { return Ok(None) };
    let store = match (known.says_of(environment, ring), &wishes.store) {
        (Some(says), Some(store)) => {
            return if is_one_store(known, says, store)? {
                Ok(None)
            } else {
                Err(two_stores(known, ring, says))
            };
        }
        (Some(_), None) => return Ok(None),
        (None, Some(store)) => {
            store::seen_from(&Located { url: store.clone(), folder: here()? }, known.source.folder())?
        }
        (None, None) => match known.says_of(environment, &known.ring) {
            Some(store) => store.to_owned(),
            None => return Ok(None),
        },
    };
    match known.ring_in(environment, &store).filter(|_| is_full(&store)) {
        Some(other) => Err(no_room(&other, ring, &store)),
        None => known.with_ring(environment, ring, &store, encrypts(ring)).map(Some),
    }
}

/// Whether the store that is named here is the one that the configuration names, however it is written.
fn is_one_store(known: &Configuration, says: &str, store: &str) -> Result<bool, Failure> {
    let named = Located { url: store.to_owned(), folder: here()? };
    let says = Located { url: says.to_owned(), folder: known.source.folder().to_owned() };
    store::are_one(&named, &says)
}

/// One name, two rings: a process would be given the one or the other.
fn two_stores(known: &Configuration, ring: &RingName, says: &str) -> Failure {
    let sentence = format!("{} says that {ring} lives in {says}", known.source.name());
    Failure::new(Exit::Refused, sentence)
        .hint("leave --store out, or bring the ring there first: keybaton copy FROM TO, and change the file")
}

fn is_full(store: &str) -> bool {
    StoreUrl::parse(store).is_ok_and(|url| !url.holds_several())
}

fn no_room(other: &RingName, ring: &RingName, store: &str) -> Failure {
    Failure::new(Exit::Usage, format!("{store} has room for one ring, {other}"))
        .hint(format!("name a store for {ring} with --store, such as --store dir:secrets"))
}

fn named(text: &str) -> Result<RingName, Failure> {
    // The text is not shown: it may be a key that slipped in.
    text.parse().map_err(|error| Failure::new(Exit::Usage, "--from does not name a ring").because(error))
}
