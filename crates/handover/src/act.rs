//! Writing a ring: first the store, then its mirrors.

use keybaton_core::{Adoption, Change, Follow, KeyId, Reading, Ring, Writes};
use keybaton_stores::{StoreErrorKind, Version};

use crate::doubt::settle_doubt;
use crate::look::{Look, look, standing_in};
use crate::{HandoverError, Place, Places, Standing, World};

/// Begins a ring: with keys that were found, or with a fresh one.
///
/// # Errors
/// The store could not be written, or holds something else than was looked at as `over`.
pub fn begin(
    places: &Places,
    adoption: Adoption,
    over: &Version,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    let (ring, writes) = adoption.begin(&mut world.stamp(None));
    let mut standing = write(&places.store, ring, &writes, over, world)?;
    standing.catch_up(places, world);
    Ok(standing)
}

/// Makes one change of a ring that was looked at, whether its time has come or not; [`crate::advance`] is the one that
/// waits. What was looked at is what is changed: where somebody else wrote since, this is a conflict.
///
/// # Errors
/// The change does not fit the ring, or the store could not be written.
pub fn change(
    places: &Places,
    before: Standing,
    change: Change,
    reason: Option<&str>,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    let Standing { ring, version, mended, caught_up, notes, lost, .. } = before;
    let (ring, writes) = ring.change(change, &mut world.stamp(reason))?;
    let after = write(&places.store, ring, &writes, &version, world)?;
    let (mended, notes) = (mended || after.mended, [notes, after.notes].concat());
    let lost = lost.or(after.lost);
    let mut after = Standing { mended, caught_up, notes, lost, ..after };
    after.catch_up(places, world);
    Ok(after)
}

/// Remembers in the ring what became of that which has to follow the last change, so that no step goes on before it did.
///
/// # Errors
/// The store could not be written.
pub fn remember(
    places: &Places,
    before: Standing,
    follow: Follow,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    let (ring, writes) = before.ring.remember(follow, &mut world.stamp(None));
    let mut after = write(&places.store, ring, &writes, &before.version, world)?;
    after.catch_up(places, world);
    Ok(after)
}

/// Cuts one key off, or every key where none is named, from whatever the store holds: texts that were edited by hand too.
/// It waits for no mirror; but where one knows more than a store in order, the store was put back, and nothing is cut off.
///
/// # Errors
/// There is nothing to cut off, a mirror holds what the store does not know, or the store could not be written.
pub fn cut(places: &Places, id: Option<KeyId>, world: &mut World<'_>) -> Result<Standing, HandoverError> {
    let at = look(&places.store)?;
    if let Reading::Whole(ring) = &at.reading {
        agree(places, ring)?;
    }
    let before = taken_in(at, places, world)?;
    change(places, before, id.map_or(Change::RevokeAll, Change::Revoke), None, world)
}

/// Sees that no mirror holds what the store does not know.
///
/// # Errors
/// One does.
pub fn agree(places: &Places, ring: &Ring) -> Result<(), HandoverError> {
    let disagreeing = places.disagreeing(ring);
    if disagreeing.is_empty() { Ok(()) } else { Err(HandoverError::Disagree(disagreeing)) }
}

/// The ring for a revocation: what was edited by hand is taken in first.
fn taken_in(at: Look, places: &Places, world: &mut World<'_>) -> Result<Standing, HandoverError> {
    let Look { reading, version } = at;
    let adoption = match reading {
        Reading::Edited(edited) => edited.found,
        Reading::Bare(bare) => bare.into(),
        reading => return standing_in(Look { reading, version }, &places.store, world),
    };
    if let Some(keys) = adoption.too_many() {
        return Err(HandoverError::TooManyKeys(keys));
    }
    let (ring, writes) = adoption.begin(&mut world.stamp(None));
    write(&places.store, ring, &writes, &version, world)
}

/// Writes the store; where the answer is lost, or somebody else wrote at the same moment, the write id tells whether the
/// write was done.
pub(crate) fn write(
    place: &Place,
    ring: Ring,
    writes: &Writes,
    over: &Version,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    match place.store.write(writes, over) {
        Ok(written) => Ok(Standing { notes: written.notes, ..Standing::of(ring, written.version) }),
        Err(error) if matches!(error.kind, StoreErrorKind::Uncertain | StoreErrorKind::Overlap) => {
            settle_doubt(place, ring, over, error, world)
        }
        Err(error) => Err(error.into()),
    }
}
