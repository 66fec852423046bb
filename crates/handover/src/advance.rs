//! One turn towards a goal.

use keybaton_core::{Change, Goal, Next, Policy, Step, next};

use crate::act;
use crate::look::{Around, standing_of};
use crate::{HandoverError, Places, Standing, World};

/// What one turn came to.
#[derive(Debug)]
pub struct Advance {
    /// The ring as it stands now.
    pub standing: Standing,
    /// The change that was made.
    pub did: Option<Change>,
    /// What comes next.
    pub then: Next,
    /// What was seen around the ring, of which that was decided.
    pub around: Around,
}

/// Takes the next safe step towards a goal: at most one change, all the mirrors that lack a write, and the floor.
///
/// # Errors
/// The store holds no ring in order, or could not be read or written, or the floor could not be raised.
pub fn advance(
    places: &Places,
    goal: Goal,
    policy: &Policy,
    world: &mut World<'_>,
) -> Result<Advance, HandoverError> {
    let mut now = standing_of(&places.store, world)?;
    let (mut then, mut around) = decide(places, goal, &now, policy, world);
    if let Next::Do(Step::Mirror(_)) = then {
        now.catch_up(places, world);
        (then, around) = decide(places, goal, &now, policy, world);
    }
    if let (Next::Do(Step::RaiseFloor(to)), Some(fleet)) = (then, &places.fleet) {
        fleet.raise_floor(now.ring.head.id, to)?;
        // Whoever read the floor before that has written what it uses, and is seen now.
        (then, around) = decide(places, goal, &now, policy, world);
    }
    let Next::Do(Step::Write(change)) = then else {
        return Ok(Advance { standing: now, did: None, then, around });
    };
    world.floor = around.floor(&now.ring);
    let after = act::change(places, now, change, None, world)?;
    let (then, around) = decide(places, goal, &after, policy, world);
    Ok(Advance { standing: after, did: Some(change), then, around })
}

fn decide(places: &Places, goal: Goal, at: &Standing, policy: &Policy, world: &World<'_>) -> (Next, Around) {
    let around = places.around(&at.ring);
    (next(goal, &around.seen(&at.ring, (world.now)()), policy), around)
}
