//! Mirrors: each receives every write of the store, and no step goes on before all of them have it.

use std::thread;

use keybaton_core::Ring;
use keybaton_core::time::Timestamp;
use keybaton_stores::{Note, StoreErrorKind};

use crate::error::{Missed, Reason};
use crate::look::{Look, look, seen};
use crate::{Place, Places, World};

/// What the mirrors came to.
#[derive(Debug, Default)]
pub(crate) struct Mirrored {
    /// Whether any of them lacked the ring.
    pub(crate) wrote: bool,
    pub(crate) notes: Vec<Note>,
}

/// Writes the ring to each mirror that lacks it, to all at once: one that is slow or away keeps no other waiting.
pub(crate) fn mirror(places: &Places, ring: &Ring, world: &World<'_>) -> Result<Mirrored, Vec<Missed>> {
    let now = (world.now)();
    let outcomes: Vec<_> = match places.mirrors.as_slice() {
        // Most have one at most, and need no thread.
        [] => return Ok(Mirrored::default()),
        [only] => vec![bring_up(only, ring, now)],
        several => thread::scope(|scope| {
            let writers: Vec<_> =
                several.iter().map(|place| scope.spawn(move || bring_up(place, ring, now))).collect();
            let missed = |place: &Place| Err(Missed { url: place.url.clone(), reason: Reason::Stopped });
            let ended = writers.into_iter().zip(several);
            ended.map(|(writer, place)| writer.join().unwrap_or_else(|_| missed(place))).collect()
        }),
    };
    let (mut mirrored, mut missed) = (Mirrored::default(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(None) => {}
            Ok(Some(said)) => {
                mirrored.wrote = true;
                mirrored.notes.extend(said);
            }
            Err(one) => missed.push(one),
        }
    }
    if missed.is_empty() { Ok(mirrored) } else { Err(missed) }
}

/// Nothing where the mirror has the ring already.
fn bring_up(place: &Place, ring: &Ring, now: Timestamp) -> Result<Option<Vec<Note>>, Missed> {
    if has(place, ring) {
        return Ok(None);
    }
    write(place, ring, now).map(Some).map_err(|reason| Missed { url: place.url.clone(), reason })
}

fn write(place: &Place, ring: &Ring, now: Timestamp) -> Result<Vec<Note>, Reason> {
    let Look { reading, version } = look(place).map_err(Reason::Store)?;
    let writes = ring.mirror_over(&reading, now).map_err(Reason::NotAMirror)?;
    match place.store.write(&writes, &version) {
        Ok(written) => Ok(written.notes),
        // The answer was lost, and the mirror has the ring all the same.
        Err(error) if error.kind == StoreErrorKind::Uncertain && has(place, ring) => Ok(Vec::new()),
        Err(error) => Err(Reason::Store(error)),
    }
}

pub(crate) fn has(place: &Place, ring: &Ring) -> bool {
    seen(place, ring).holds == Some((ring.head.revision, ring.head.write))
}
