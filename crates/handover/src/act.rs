//! Writing a ring: first the store, then its mirrors.

use keybaton_core::{Adoption, Change, KeyId, Reading, Ring, Writes};
use keybaton_stores::{Note, Version};

use crate::error::{Missed, Reason};
use crate::look::{Look, look, standing};
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
    let standing = write(places, ring, &writes, over)?;
    mirror(places, &standing.ring, world)?;
    Ok(standing)
}

/// Makes one change now, whether its time has come or not; [`crate::advance`] is the one that waits.
///
/// # Errors
/// The change does not fit the ring, the store could not be written, or a mirror was missed.
pub fn change(
    places: &Places,
    change: Change,
    reason: Option<&str>,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    let before = standing(&places.store, world)?;
    changed(places, before, change, reason, world)
}

/// Which keys to cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    One(KeyId),
    All,
}

/// Cuts one key off, or every key where none is named, from whatever the store holds: texts that were edited by hand too.
///
/// # Errors
/// There is nothing to cut off, the store could not be written, or a mirror was missed.
pub fn cut(places: &Places, id: Option<KeyId>, world: &mut World<'_>) -> Result<Standing, HandoverError> {
    let cut = id.map_or(Cut::All, Cut::One);
    let before = taken_in(places, world)?;
    let revoke = match cut {
        Cut::One(id) => Change::Revoke(id),
        Cut::All => Change::RevokeAll,
    };
    changed(places, before, revoke, None, world)
}

/// The ring for a revocation: what was edited by hand is taken in first.
fn taken_in(places: &Places, world: &mut World<'_>) -> Result<Standing, HandoverError> {
    let Look { reading, version } = look(&places.store)?;
    let adoption = match reading {
        Reading::Edited(edited) => edited.found,
        Reading::Bare(bare) => bare.into(),
        _ => return standing(&places.store, world),
    };
    if let Some(keys) = adoption.too_many() {
        return Err(HandoverError::TooManyKeys(keys));
    }
    let (ring, writes) = adoption.begin(&mut world.stamp(None));
    write(places, ring, &writes, &version)
}

pub(crate) fn changed(
    places: &Places,
    before: Standing,
    change: Change,
    reason: Option<&str>,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    let Standing { ring, version, mended, mut notes } = before;
    let (ring, writes) = ring.change(change, &mut world.stamp(reason))?;
    let mut after = write(places, ring, &writes, &version)?;
    notes.append(&mut after.notes);
    mirror(places, &after.ring, world)?;
    Ok(Standing { mended, notes, ..after })
}

fn write(places: &Places, ring: Ring, writes: &Writes, over: &Version) -> Result<Standing, HandoverError> {
    let written = places.store.store.write(writes, over)?;
    Ok(Standing { ring, version: written.version, mended: false, notes: written.notes })
}

/// Writes the ring to each mirror that lacks it. All are tried, whatever becomes of the first.
pub(crate) fn mirror(places: &Places, ring: &Ring, world: &World<'_>) -> Result<Vec<Note>, HandoverError> {
    let (mut missed, mut notes) = (Vec::new(), Vec::new());
    for (place, seen) in places.mirrors.iter().zip(places.mirrors_of(ring)) {
        if seen.holds == Some((ring.head.revision, ring.head.write)) {
            continue;
        }
        match write_mirror(place, ring, world) {
            Ok(said) => notes.extend(said),
            Err(reason) => missed.push(Missed { url: place.url.clone(), reason }),
        }
    }
    if missed.is_empty() { Ok(notes) } else { Err(HandoverError::Partly(missed)) }
}

fn write_mirror(place: &Place, ring: &Ring, world: &World<'_>) -> Result<Vec<Note>, Reason> {
    let Look { reading, version } = look(place).map_err(Reason::Store)?;
    let writes = ring.mirror_over(&reading, (world.now)()).map_err(Reason::NotAMirror)?;
    let written = place.store.write(&writes, &version).map_err(Reason::Store)?;
    Ok(written.notes)
}
