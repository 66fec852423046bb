//! What has to follow a write, and what the ring remembers where it did not.

use keybaton_core::Follow;
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
    after: Standing,
) -> Result<Standing, Failure> {
    let is_remembered = after.ring.head.follow == Some(Follow::Due);
    match opened.place.after_write.run(world.print, interrupt) {
        Ok(()) if is_remembered => kept(opened, world, interrupt, after, Follow::Late(now())),
        Ok(()) => Ok(after),
        Err(failed) => {
            let unkept =
                if is_remembered { None } else { kept(opened, world, interrupt, after, Follow::Due).err() };
            Err(told(failed, unkept))
        }
    }
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

fn kept(
    opened: &Opened,
    world: &World<'_>,
    interrupt: &Interrupt,
    after: Standing,
    follow: Follow,
) -> Result<Standing, Failure> {
    let kept = opened.write(world, interrupt, |world| remember(&opened.places, after, follow, world))?;
    tell(world, kept.mended, &kept.notes);
    Ok(kept)
}

fn told(failed: Failure, unkept: Option<Failure>) -> Failure {
    let Some(unkept) = unkept else { return failed };
    let why = unkept.in_full();
    failed.hint(format!(
        "run it by hand before you go on: the ring could not remember that it is due, for {why}"
    ))
}
