//! A write whose answer was lost: it was done, or it was not, and the write id tells.

use keybaton_core::{KeyId, Reading, Ring};
use keybaton_stores::{Note, StoreError, StoreErrorKind, Version};

use crate::look::{Look, finish, look};
use crate::{HandoverError, Place, Standing, World};

/// Looks what became of a write of `ring` over the version `over`. A write that came half way is finished.
pub(crate) fn settle_doubt(
    place: &Place,
    ring: Ring,
    over: &Version,
    error: StoreError,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    // Where looking fails too, the first error says more.
    let Ok(Look { reading, version }) = look(place) else { return Err(error.into()) };
    match reading {
        Reading::Whole(found) if found.head.write == ring.head.write => {
            // The user hears of it: it may be done and yet not safe from a power cut.
            let notes = vec![Note(format!("{error}; a second look found it done"))];
            Ok(Standing { ring, version, mended: false, caught_up: false, notes })
        }
        Reading::Torn(torn) if torn.head().write == ring.head.write => {
            let finished = finish(place, torn, &version, world)?;
            let is_what_was_meant = keys(&finished.ring) == keys(&ring);
            if is_what_was_meant { Ok(finished) } else { Err(taken_back(place, error).into()) }
        }
        _ if version == *over => Err(not_done(place, error).into()),
        _ => Err(error.into()),
    }
}

/// Which key does what.
fn keys(ring: &Ring) -> (KeyId, Vec<KeyId>) {
    (ring.signing.facts.id, ring.accepted().iter().map(|key| key.facts.id).collect())
}

/// A key that was drawn for the write stands nowhere, so the write was undone.
fn taken_back(place: &Place, error: StoreError) -> StoreError {
    let sentence = format!("{}: the write came half way and was taken back", place.url);
    StoreError { kind: StoreErrorKind::Unreachable, sentence, ..error }.hint("run it again")
}

fn not_done(place: &Place, error: StoreError) -> StoreError {
    let sentence = format!("{}: the write did not get through, and nothing was changed", place.url);
    StoreError { kind: StoreErrorKind::Unreachable, sentence, ..error }.hint("run it again")
}
