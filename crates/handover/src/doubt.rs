//! A write whose answer was lost: it was done, or it was not, and the write id tells.

use keybaton_core::{Reading, Ring};
use keybaton_stores::{StoreError, StoreErrorKind, Version};

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
            Ok(Standing { ring, version, mended: false, caught_up: false, notes: Vec::new() })
        }
        Reading::Torn(torn) if torn.head().write == ring.head.write => finish(place, torn, &version, world),
        _ if version == *over => Err(not_done(place, error).into()),
        _ => Err(error.into()),
    }
}

fn not_done(place: &Place, error: StoreError) -> StoreError {
    let sentence = format!("{}: the write did not get through, and nothing was changed", place.url);
    StoreError { kind: StoreErrorKind::Unreachable, sentence, ..error }.hint("run it again")
}
