//! One turn towards a goal.

use keybaton_core::time::Timestamp;
use keybaton_core::{Change, Goal, Next, Policy, Step, next};

use crate::act;
use crate::look::{Around, standing_of};
use crate::{HandoverError, Places, Reported, Standing, World};

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

/// Takes the next safe step towards a goal: at most one change, all the mirrors that lack a write, and the floor. What was heard
/// of the processes a moment ago may be `known`: to ask them is slow.
///
/// # Errors
/// The store holds no ring in order, or could not be read or written.
pub fn advance(
    places: &Places,
    goal: Goal,
    policy: &Policy,
    known: Option<Reported>,
    world: &mut World<'_>,
) -> Result<Advance, HandoverError> {
    let mut now = standing_of(&places.store, world)?;
    let decide = |at: &Standing, known: Option<Reported>, now: Timestamp| {
        let around = places.around(&at.ring, known);
        (next(goal, &around.seen(&at.ring, now), policy), around)
    };
    let (mut then, mut around) = decide(&now, known, (world.now)());
    if let Next::Do(Step::Mirror(_)) = then {
        now.catch_up(places, world);
        (then, around) = decide(&now, Some(around.reported()), (world.now)());
    }
    if let (Next::Do(Step::RaiseFloor(to)), Some(fleet)) = (then, &places.fleet) {
        // Whoever read the floor before that has written what it uses, and is seen after it.
        let raised = fleet.raise_floor(now.ring.head.id, to);
        (then, around) = decide(&now, Some(raised.into()), (world.now)());
    }
    let Next::Do(Step::Write(change)) = then else {
        return Ok(Advance { standing: now, did: None, then, around });
    };
    world.floor = around.floor(&now.ring);
    let after = act::change(places, now, change, None, world)?;
    // Nobody can have loaded yet what was just written.
    let (then, around) = decide(&after, Some(around.reported()), (world.now)());
    Ok(Advance { standing: after, did: Some(change), then, around })
}
