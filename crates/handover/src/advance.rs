//! One turn towards a goal.

use keybaton_core::{Change, Goal, Next, Policy, Step, next};
use keybaton_stores::StoreError;

use crate::act;
use crate::look::standing_of;
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
    /// Why the last write has not reached those who read it, where that is what keeps it from going on.
    pub undelivered: Option<StoreError>,
}

/// Takes the next safe step towards a goal: at most one change, and all the mirrors that lack a write.
///
/// # Errors
/// The store holds no ring in order, or could not be read or written.
pub fn advance(
    places: &Places,
    goal: Goal,
    policy: &Policy,
    world: &mut World<'_>,
) -> Result<Advance, HandoverError> {
    let mut now = standing_of(&places.store, world)?;
    let (mut then, mut undelivered) = decide(places, goal, &now, policy, world);
    if let Next::Do(Step::Mirror(_)) = then {
        now.catch_up(places, world);
        (then, undelivered) = decide(places, goal, &now, policy, world);
    }
    let Next::Do(Step::Write(change)) = then else {
        return Ok(Advance { standing: now, did: None, then, undelivered });
    };
    let after = act::change(places, now, change, None, world)?;
    let (then, undelivered) = decide(places, goal, &after, policy, world);
    Ok(Advance { standing: after, did: Some(change), then, undelivered })
}

fn decide(
    places: &Places,
    goal: Goal,
    at: &Standing,
    policy: &Policy,
    world: &World<'_>,
) -> (Next, Option<StoreError>) {
    let around = places.around(&at.ring);
    (next(goal, &around.seen(&at.ring, (world.now)()), policy), around.undelivered)
}
