//! Whether the time of a step has come.

use keybaton_core::{Change, Ready, Refusal, Revision, ready};
use keybaton_handover::{Around, Standing};

use crate::clock::now;
use crate::commands::World;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::refused::refused;
use crate::reported;
use crate::restart;
use crate::rotation;

/// Refuses a step whose time has not come. Gives the floor, as far as it is known.
pub(super) fn check(
    world: &World<'_>,
    opened: &Opened,
    before: &Standing,
    step: Change,
    reason: Option<&str>,
    is_dry: bool,
) -> Result<Revision, Failure> {
    let (around, ready) = looked(opened, before, step, is_dry)?;
    let (ring, now, floor) = (&before.ring, now(), around.floor(&before.ring));
    let refused = match ready {
        Ready::Now | Ready::AfterFloor(_) => {
            let unknown = around.not_asked.map(Failure::of_fleet);
            unknown.iter().for_each(|why| world.print.warning(&why.in_full()));
            return Ok(floor);
        }
        Ready::Refused(Refusal::Misfit(misfit)) => {
            return Err(rotation::misfit(opened, misfit, &around.seen(ring, now)));
        }
        // Time alone does not mend that.
        Ready::At(_) if around.undelivered.is_some() => rotation::undelivered(opened, around.undelivered),
        Ready::Refused(refusal) => refused(opened, ring, refusal, around),
        Ready::AfterFleet => reported::awaited(opened, step, ring, &around, now),
        Ready::At(moment) => rotation::too_early(opened, step, ring, moment),
        Ready::FollowAgain(moment) => restart::before_restart(opened, step, ring, moment),
    };
    if reason.is_none() {
        return Err(refused);
    }
    let price = rotation::price(opened, step, ring);
    world.print.warning(&if price.is_empty() { refused.to_string() } else { format!("{refused}; {price}") });
    Ok(floor)
}

/// What is seen around the ring, and whether the step may be taken, once the floor is where it has to be.
fn looked(
    opened: &Opened,
    before: &Standing,
    step: Change,
    is_dry: bool,
) -> Result<(Around, Ready), Failure> {
    let ring = &before.ring;
    let look = || {
        let around = opened.places.around(ring);
        let ready = ready(step, &around.seen(ring, now()), &opened.policy);
        (around, ready)
    };
    let (around, ready) = look();
    match (ready, &opened.places.fleet) {
        (Ready::AfterFloor(to), Some(fleet)) if !is_dry => {
            fleet.raise_floor(ring.head.id, to).map_err(Failure::of_fleet)?;
            Ok(look())
        }
        _ => Ok((around, ready)),
    }
}
