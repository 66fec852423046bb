//! What has to follow a write, and what the ring remembers where it did not.

use keybaton_core::{Change, Follow};
use keybaton_handover::{Standing, remember};

use crate::clock::now;
use crate::commands::World;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::missed;
use crate::opened::{Opened, tell};

/// Runs the commands of `after-write`. What was written stays written, whatever becomes of them; but where one fails, the
/// ring remembers that they are due, and no step goes on before they were made good.
pub(crate) fn follow(
    opened: &Opened,
    world: &World<'_>,
    interrupt: &Interrupt,
    mut after: Standing,
) -> Result<Standing, Failure> {
    let lost = after.lost.take().map(|lost| opened.overlapped(lost));
    let followed = attempt(opened, world, interrupt, after).and_then(|(standing, failed)| match failed {
        None => Ok(standing),
        Some(failed) => Err(failed),
    });
    match (followed, lost) {
        (followed, None) => followed,
        (Ok(_), Some(lost)) => Err(lost),
        (Err(failed), Some(lost)) => {
            world.print.warning(&lost.in_full());
            Err(failed)
        }
    }
}

/// The same, where a failure that the ring remembers is no reason to stop.
fn attempt(
    opened: &Opened,
    world: &World<'_>,
    interrupt: &Interrupt,
    after: Standing,
) -> Result<(Standing, Option<Failure>), Failure> {
    let is_late = opened.is_follow_due(&after.ring);
    // Of a store that was named by hand nobody says what has to follow.
    if opened.place.after_write.is_none() {
        return Ok((after, None));
    }
    match opened.run_after_write(world.print, interrupt) {
        Ok(()) if is_late => {
            kept(opened, world, interrupt, after, Follow::Late(now())).map(|after| (after, None))
        }
        Ok(()) => Ok((after, None)),
        Err(failed) if is_late => Ok((after, Some(failed))),
        Err(failed) => match kept(opened, world, interrupt, after, Follow::Due) {
            Ok(after) => Ok((after, Some(failed))),
            Err(unkept) => Err(told(failed, &unkept)),
        },
    }
}

/// For what takes something back: neither a mirror that is away nor what follows a write keeps anything from that. But a
/// mirror that holds what the store does not know tells that the store was put back.
pub(crate) fn unhindered(
    opened: &Opened,
    world: &World<'_>,
    interrupt: &Interrupt,
    mut before: Standing,
) -> Result<Standing, Failure> {
    tell(world, before.mended, &before.notes);
    let missed = std::mem::take(&mut before.missed);
    if missed::disagrees(&missed) {
        return missed::behind(opened, &missed).map_or(Ok(before), Err);
    }
    let lost = before.lost.take().map(|lost| opened.overlapped(lost));
    if before.wrote() {
        let (after, failed) = attempt(opened, world, interrupt, before)?;
        match failed {
            Some(failed) if interrupt.came() => return Err(failed),
            Some(failed) => world.print.warning(&failed.in_full()),
            None => {}
        }
        before = after;
    }
    lost.map_or(Ok(before), Err)
}

/// The same after a step; where it fails, mirrors that were missed are told too.
pub(crate) fn followed(
    opened: &Opened,
    world: &World<'_>,
    interrupt: &Interrupt,
    after: Standing,
) -> Result<Standing, Failure> {
    let partly = missed::partly(opened, &after.missed);
    follow(opened, world, interrupt, after)
        .inspect_err(|_| partly.iter().for_each(|partly| world.print.warning(&partly.in_full())))
}

/// Runs what has to follow a turn. Where a mirror was missed, nothing goes on.
pub(crate) fn followed_by(
    world: &World<'_>,
    opened: &Opened,
    interrupt: &Interrupt,
    did: Option<Change>,
    mut standing: Standing,
) -> Result<Standing, Failure> {
    let is_put_back = did.is_none() && missed::disagrees(&standing.missed);
    if (did.is_some() || standing.wrote()) && !is_put_back {
        standing = followed(opened, world, interrupt, standing)?;
    }
    let missed = if did.is_some() { missed::partly } else { missed::behind };
    missed(opened, &standing.missed).map_or(Ok(standing), Err)
}

fn kept(
    opened: &Opened,
    world: &World<'_>,
    interrupt: &Interrupt,
    after: Standing,
    follow: Follow,
) -> Result<Standing, Failure> {
    let mut kept = opened.write(world, interrupt, |world| remember(&opened.places, after, follow, world))?;
    tell(world, kept.mended, &kept.notes);
    kept.lost.take().map_or(Ok(kept), |lost| Err(opened.overlapped(lost)))
}

fn told(failed: Failure, unkept: &Failure) -> Failure {
    let why = unkept.in_full();
    failed.hint(format!(
        "run it by hand before you go on: the ring could not remember that it is due, for {why}"
    ))
}
