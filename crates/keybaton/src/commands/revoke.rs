//! After a leak: cut a key off.

use clap::Args;
use keybaton_core::{Beats, Change, KeyId, Phase, Reading, Revision, Ring, RingId, Role};
use keybaton_handover::{Look, Reported, cut, look, standing};
use serde::Serialize;

use crate::allowed::Owner;
use crate::ask::{Answer, confirm};
use crate::clock::now;
use crate::commands::World;
use crate::encrypted::Packages;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::follow::followed;
use crate::key_id;
use crate::leftover;
use crate::missed;
use crate::offline;
use crate::opened::{Opened, interruptible, tell};
use crate::report::{LeftoverReport, Report, Trouble};
use crate::rotation;

mod chosen;

use chosen::Chosen;

/// Cut a leaked key off at once, without a period of grace
///
/// It says who is logged out, and asks
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton revoke 3f9a1c2b7d
  keybaton revoke --all --accept-logouts")]
pub(crate) struct Revoke {
    /// The key, by its id or the beginning of it
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    key: Option<String>,
    /// Cut every key off
    #[arg(long)]
    all: bool,
    /// Do not ask: the users who are logged out by this log in again
    #[arg(long)]
    accept_logouts: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the ring afterwards as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    owner: Owner,
}

impl Revoke {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let mut opened = Opened::here(world, self.owner.allowed())?;
        opened.make_haste();
        let Look { reading, .. } = look(&opened.places.store).map_err(Failure::of_store)?;
        let key = self.chosen(&reading)?;
        if let Chosen::Gone(id) = key
            && !self.dry_run
        {
            return self.already_gone(world, &opened, id);
        }
        world.print.note(&format!("{}: {}", opened.name(), key.consequence(opened.place.is_main)));
        other_rings(world, &mut opened, &reading, key);
        let asked = who_accepts(world, &mut opened, &reading, key)?;
        if key.logs_out() {
            must_lose_no_data(&mut opened, &reading)?;
        }
        if self.dry_run {
            return self.tell_what_would(world, &opened, key);
        }
        let accepted = self.accept_logouts || !key.logs_out();
        if !accepted && confirm(world, "Cut it off?", "--accept-logouts")? == Answer::No {
            return Ok(Exit::Done);
        }
        self.cut_off(world, &opened, key.id(), asked)
    }

    fn tell_what_would(&self, world: &World<'_>, opened: &Opened, key: Chosen) -> Result<Exit, Failure> {
        if let Reading::Whole(ring) = look(&opened.places.store).map_err(Failure::of_store)?.reading {
            opened.agree(&ring)?;
        }
        if self.json {
            let ring = opened.place.ring.as_str();
            world.print.json(&Would {
                would: if let Chosen::Gone(_) = key { None } else { Some("revoke") },
                ring,
                store: &opened.place.store.url,
                key: key.id(),
            })?;
        }
        Ok(Exit::Done)
    }

    /// Run again after a mirror was missed: the key is gone from the store, and goes from the mirrors now.
    fn already_gone(&self, world: &World<'_>, opened: &Opened, id: KeyId) -> Result<Exit, Failure> {
        let interrupt = interruptible()?;
        let after = opened.write(world, &interrupt, |world| standing(&opened.places, world))?;
        forget_copies(world, opened, after.ring.head.id);
        remove_leftovers(world, opened);
        if !self.json {
            world.print.result(&format!("key {id} is cut off already"))?;
        }
        let after = opened.settle(world, &interrupt, after)?;
        let undelivered =
            if self.json { report(world, opened, &after.ring, None)? } else { undelivered(opened) };
        ended(opened, undelivered)
    }

    fn cut_off(
        &self,
        world: &World<'_>,
        opened: &Opened,
        id: Option<KeyId>,
        Asked { reported, floor }: Asked,
    ) -> Result<Exit, Failure> {
        let interrupt = interruptible()?;
        let after = opened.write(world, &interrupt, |world| {
            world.floor = floor;
            cut(&opened.places, id, world)
        })?;
        forget_copies(world, opened, after.ring.head.id);
        remove_leftovers(world, opened);
        tell(world, after.mended, &after.notes);
        if !self.json {
            let change = id.map_or(Change::RevokeAll, Change::Revoke);
            world.print.result(&rotation::did(change, &after.ring))?;
        }
        let after = followed(opened, world, &interrupt, after)?;
        // What follows the write may be what delivers it.
        let not_reached = if self.json {
            report(world, opened, &after.ring, reported)?
        } else {
            tell_what_now(world, opened)?
        };
        missed::partly(opened, &after.missed).map_or(Ok(()), Err)?;
        ended(opened, not_reached)
    }

    fn chosen(&self, reading: &Reading) -> Result<Chosen, Failure> {
        let Some(text) = &self.key else { return Ok(Chosen::All) };
        let known = reading.known_keys();
        let ids: Vec<KeyId> = known.iter().map(|(id, _)| *id).collect();
        if let Some(id) = gone(reading).find(|id| id.to_string() == *text && !ids.contains(id)) {
            return Ok(Chosen::Gone(id));
        }
        let id = key_id::named(&ids, text)?;
        let role = known.iter().find(|(other, _)| *other == id).map_or(Role::Signing, |(_, role)| *role);
        Ok(Chosen::One(id, role))
    }
}

/// Prints the ring; gives why it has not reached those who read it.
fn report(
    world: &World<'_>,
    opened: &Opened,
    ring: &Ring,
    reported: Option<Reported>,
) -> Result<Option<Trouble>, Failure> {
    let report = Report::of(opened, ring, opened.places.around(ring, reported), now());
    world.print.json(&report)?;
    Ok(report.undelivered)
}

/// Says what there is to do, where the store has reached those who read it; else gives why it has not.
fn tell_what_now(world: &World<'_>, opened: &Opened) -> Result<Option<Trouble>, Failure> {
    let not_reached = undelivered(opened);
    if not_reached.is_none() {
        world.print.result(&rotation::after_revocation(opened))?;
    }
    Ok(not_reached)
}

fn undelivered(opened: &Opened) -> Option<Trouble> {
    opened.places.undelivered().map(Trouble::of)
}

fn ended(opened: &Opened, undelivered: Option<Trouble>) -> Result<Exit, Failure> {
    undelivered.map_or(Ok(Exit::Done), |trouble| Err(rotation::cut_off_nowhere(opened, trouble)))
}

/// Tells which other rings have what is to be cut off: it stays accepted there. A leaked key waits for no other store.
fn other_rings(world: &World<'_>, opened: &mut Opened, reading: &Reading, key: Chosen) {
    let Reading::Whole(ring) = reading else { return };
    if let Err(unknown) = opened.learn_kin(world, ring) {
        world.print.warning(&format!("whether another ring has it nobody can tell: {}", unknown.in_full()));
    }
    for relation in &opened.relations {
        let wishes = opened.place.wishes.of(&relation.ring);
        for (id, theirs) in relation.keys.iter().zip(&relation.theirs) {
            if key.id().is_none_or(|key| key == *id) {
                let revoke = wishes.again(&format!("revoke {theirs}"));
                world.print.warning(&format!(
                    "{} has {id} too, and goes on accepting it: `{revoke}`",
                    relation.ring
                ));
            }
        }
    }
}

/// What cannot be read again is lost for good, whatever was leaked.
fn must_lose_no_data(opened: &mut Opened, reading: &Reading) -> Result<(), Failure> {
    opened.learn_what_encrypts();
    opened.must_lose_no_data(matches!(reading, Reading::Whole(ring) if ring.phase() != Phase::Settled))
}

/// Tells how many processes accept what is to be cut off, where they can be asked at once.
fn who_accepts(
    world: &World<'_>,
    opened: &mut Opened,
    reading: &Reading,
    key: Chosen,
) -> Result<Asked, Failure> {
    let Reading::Whole(ring) = reading else { return Ok(Asked::default()) };
    let answer = opened.answer();
    if let (true, Some(Ok(answer))) = (opened.place.is_main, &answer) {
        opened.encrypting = Some(Packages::of(&answer.lifetimes));
    }
    let reported = answer.map(Reported::from).unwrap_or_default();
    if let Some(error) = &reported.not_asked {
        world.print.note(&format!("how many processes accept it nobody can tell: {error}"));
    }
    let beats = reported.beats.as_ref();
    let said = beats.and_then(|beats| accepting(beats, ring, key));
    said.iter().for_each(|said| world.print.note(said));
    let floor = beats.map(|beats| beats.floor(ring.head.id)).unwrap_or_default();
    Ok(Asked { reported: Some(reported), floor })
}

/// What is known of the processes, and the floor then.
#[derive(Default)]
struct Asked {
    reported: Option<Reported>,
    floor: Revision,
}

fn accepting(beats: &Beats, ring: &Ring, key: Chosen) -> Option<String> {
    let count = match key {
        Chosen::One(id, _) => beats.accepting(ring.head.id, ring.key(id)?.facts.mark),
        Chosen::All => beats.accepting(ring.head.id, ring.signing.facts.mark),
        Chosen::Gone(_) => return None,
    };
    Some(match count {
        1 => "1 process that reports accepts it, until it has the ring of then".to_owned(),
        _ => format!("{count} processes that report accept it, each until it has the ring of then"),
    })
}

/// Copies for when a store is away would bring the key back.
fn forget_copies(world: &World<'_>, opened: &Opened, ring: RingId) {
    for said in offline::forget(&opened.place, ring) {
        world.print.note(&said);
    }
}

/// What a crash left may hold the key. Where another system may be at work on it, and where it is another user's, it stays.
fn remove_leftovers(world: &World<'_>, opened: &Opened) {
    let places = [&opened.place.store].into_iter().chain(&opened.place.mirrors);
    // Why the folder could not be locked is no matter: what stays is told.
    places.for_each(|place| drop(leftover::tidy(place)));
    for leftover in leftover::of_ring(opened) {
        world.print.warning(&LeftoverReport::of(&leftover).to_string());
    }
}

/// What a dry run says to programs.
#[derive(Serialize)]
struct Would<'a> {
    /// Nothing, where the key is gone.
    would: Option<&'static str>,
    ring: &'a str,
    store: &'a str,
    /// Nothing: every key.
    key: Option<KeyId>,
}

/// The keys that were in the ring once.
fn gone(reading: &Reading) -> impl Iterator<Item = KeyId> {
    let ring = if let Reading::Whole(ring) = reading { Some(ring) } else { None };
    ring.into_iter().flat_map(|ring| &ring.head.gone).map(|tomb| tomb.id)
}
