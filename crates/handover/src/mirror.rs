//! Mirrors: each receives every write of the store, and no step goes on before all of them have it.

use std::thread;

use keybaton_core::time::Timestamp;
use keybaton_core::{Reading, Ring};
use keybaton_stores::{Note, StoreErrorKind};

use crate::error::{Missed, Reason};
use crate::look::{Look, look, seen, seen_in};
use crate::{Place, Places, World};

/// What the mirrors came to.
#[derive(Debug, Default)]
pub(crate) struct Mirrored {
    /// Whether any of them lacked the ring, and has it now.
    pub(crate) wrote: bool,
    pub(crate) notes: Vec<Note>,
    pub(crate) missed: Vec<Missed>,
}

/// Writes the ring to each mirror that lacks it, to all at once: one that is slow or away keeps no other waiting.
pub(crate) fn mirror(places: &Places, ring: &Ring, world: &World<'_>) -> Mirrored {
    let now = (world.now)();
    let mut mirrored = Mirrored::default();
    for outcome in of_each(&places.mirrors, |place| bring_up(place, ring, now)) {
        match outcome {
            Ok(None) => {}
            Ok(Some(said)) => {
                mirrored.wrote = true;
                mirrored.notes.extend(said);
            }
            Err(missed) => mirrored.missed.push(missed),
        }
    }
    mirrored
}

impl Places {
    /// The mirrors that hold what the store does not know. One that cannot be read is none of them.
    #[must_use]
    pub fn disagreeing(&self, ring: &Ring) -> Vec<Missed> {
        let disagrees = |place: &Place| {
            let reading = look(place).map_err(Reason::Store)?.reading;
            ring.mirror_over(&reading, ring.head.written).map(drop).map_err(Reason::NotAMirror)
        };
        let outcomes = of_each(&self.mirrors, disagrees).into_iter();
        let disagreeing = outcomes.filter_map(Result::err);
        disagreeing.filter(|missed| matches!(missed.reason, Reason::NotAMirror(_))).collect()
    }
}

/// Does the same to all at once.
fn of_each<T: Send>(
    places: &[Place],
    act: impl Fn(&Place) -> Result<T, Reason> + Sync,
) -> Vec<Result<T, Missed>> {
    let missed = |place: &Place, reason| Missed { url: place.url.clone(), reason };
    match places {
        // Most have one at most, and need no thread.
        [] => Vec::new(),
        [only] => vec![act(only).map_err(|reason| missed(only, reason))],
        several => thread::scope(|scope| {
            let act = &act;
            let at_work: Vec<_> = several.iter().map(|place| scope.spawn(move || act(place))).collect();
            let ended = at_work.into_iter().map(|one| one.join().unwrap_or(Err(Reason::Stopped)));
            ended.zip(several).map(|(end, place)| end.map_err(|reason| missed(place, reason))).collect()
        }),
    }
}

/// Nothing where the mirror has the ring already, and nobody else wrote there.
fn bring_up(place: &Place, ring: &Ring, now: Timestamp) -> Result<Option<Vec<Note>>, Reason> {
    let Look { reading, version } = look(place).map_err(Reason::Store)?;
    let seen = seen_in(&reading, ring);
    if seen.has(ring) && !seen.written_since {
        return Ok(None);
    }
    let writes = ring.mirror_over(&reading, now).map_err(Reason::NotAMirror)?;
    match place.store.write(&writes, &version) {
        Ok(written) => Ok(Some(written.notes)),
        // The answer was lost, and the mirror has the ring all the same.
        Err(error) if error.kind == StoreErrorKind::Uncertain && has(place, ring) => Ok(Some(Vec::new())),
        // Whatever somebody else wrote there is no ring's truth.
        Err(error) if error.kind == StoreErrorKind::Overlap && has(place, ring) => {
            Ok(Some(vec![Note(error.sentence)]))
        }
        Err(error) => Err(Reason::Store(error)),
    }
}

/// Whether a key that nobody can read was written by somebody who wrote no record. Times tell it, which are no proof: such
/// a mirror is written anew where there is an occasion, and keeps no step waiting.
pub(crate) fn was_written_since(reading: &Reading) -> bool {
    matches!(reading, Reading::Sealed(sealed) if sealed.was_written_since())
}

pub(crate) fn has(place: &Place, ring: &Ring) -> bool {
    seen(place, ring).has(ring)
}
