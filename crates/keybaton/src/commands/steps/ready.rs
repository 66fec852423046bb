//! Whether the time of a step has come.

use keybaton_core::{Change, Ready, Refusal, Revision, ready};
use keybaton_handover::{Around, Reported, Standing};

use crate::clock::now;
use crate::commands::World;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::refused::refused;
use crate::reported;
use crate::restart;
use crate::rotation;

/// Refuses a step whose time has not come. Gives the floor, as far as it is known, and what was heard of the processes.
pub(super) fn check(
    world: &World<'_>,
    opened: &Opened,
    before: &Standing,
    step: Change,
    reason: Option<&str>,
    around: Around,
) -> Result<(Revision, Reported), Failure> {
    let (ring, now) = (&before.ring, now());
    let known = (around.floor(ring), around.reported());
    let ready = ready(step, &around.seen(ring, now), &opened.policy);
    let refused = match ready {
        Ready::Now | Ready::AfterFloor(_) => {
            let unknown = around.not_asked.map(Failure::of_fleet);
            unknown.iter().for_each(|why| world.print.warning(&why.in_full()));
            return Ok(known);
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
    Ok(known)
}

/// What is seen around the ring, once the floor is where it has to be.
pub(super) fn looked(
    opened: &Opened,
    before: &Standing,
    step: Change,
    known: Option<Reported>,
    is_dry: bool,
) -> Around {
    let ring = &before.ring;
    let around = opened.places.around(ring, known);
    let ready = ready(step, &around.seen(ring, now()), &opened.policy);
    match (ready, &opened.places.fleet) {
        (Ready::AfterFloor(to), Some(fleet)) if !is_dry => {
            let raised = fleet.raise_floor(ring.head.id, to);
            opened.places.around(ring, Some(raised.into()))
        }
        _ => around,
    }
}
