//! A write whose answer was lost: it was done, or it was not, and the write id tells.

use keybaton_core::{KeyId, Reading, Ring};
use keybaton_stores::{Note, StoreError, StoreErrorKind, Version};

use crate::look::{Look, finished, is_foreign, look};
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
    let is_overlap = error.kind == StoreErrorKind::Overlap;
    match reading {
        // Ours stands. The user hears of the other one, which does not, when all is done that follows a write.
        Reading::Whole(found) if found.head.write == ring.head.write && is_overlap => {
            Ok(Standing { lost: Some(error), ..Standing::of(ring, version) })
        }
        Reading::Whole(found) if found.head.write == ring.head.write => {
            // The user hears of it: it may be done and yet not safe from a power cut.
            let notes = vec![Note(format!("{error}; a second look found it done"))];
            Ok(Standing { notes, ..Standing::of(ring, version) })
        }
        Reading::Torn(torn) if torn.head().write == ring.head.write => {
            let before: Vec<KeyId> = torn.before().collect();
            let finished = match finished(place, torn, &version, world) {
                Ok(finished) => finished,
                Err(again) if is_foreign(&again) => return Err(again.into()),
                // The first error says why there was something to finish.
                Err(_) => return Err(HandoverError::Partly(error)),
            };
            match comes_to_the_same(&finished.ring, &ring, &before) {
                true if is_overlap => Ok(Standing { lost: Some(error), ..finished }),
                true => Ok(finished),
                false if is_overlap => Err(error.into()),
                false => Err(taken_back(error).into()),
            }
        }
        _ if version == *over && !is_overlap => Err(not_done(place, error).into()),
        _ => Err(error.into()),
    }
}

/// Whether a ring does what the other one was to do. A key that was drawn to sign and stands nowhere was replaced by
/// another one, which does as well.
fn comes_to_the_same(finished: &Ring, meant: &Ring, before: &[KeyId]) -> bool {
    let (signs, was_to_sign) = (finished.signing.facts.id, meant.signing.facts.id);
    let both_fresh = [signs, was_to_sign].iter().all(|id| !before.contains(id));
    let same_keys = others(finished) == others(meant) && (signs == was_to_sign || both_fresh);
    same_keys && finished.head.follow == meant.head.follow
}

/// The accepted keys that do not sign.
fn others(ring: &Ring) -> Vec<KeyId> {
    let keys = ring.accepted().into_iter().map(|key| key.facts.id);
    keys.filter(|id| *id != ring.signing.facts.id).collect()
}

/// The key that was to be accepted next stands nowhere, so the write was undone, and there is nothing to finish.
fn taken_back(error: StoreError) -> StoreError {
    let sentence = format!("{error}, and it was taken back");
    let (kind, hint) = match error.rest {
        Some(rest) => (rest.kind, rest.hint.map(|hint| then_again(&hint))),
        None => (error.kind, error.hint),
    };
    let kind = if kind == StoreErrorKind::Uncertain { StoreErrorKind::Unreachable } else { kind };
    let hint = hint.unwrap_or_else(|| "run it again".to_owned());
    StoreError { source: error.source, ..StoreError::new(kind, sentence) }.hint(hint)
}

fn then_again(hint: &str) -> String {
    if hint.contains("run it again") { hint.to_owned() } else { format!("{hint}; then run it again") }
}

/// What timed out on its way may still be done.
fn not_done(place: &Place, error: StoreError) -> StoreError {
    let sentence =
        format!("{}: the answer to the write was lost, and it was not there when looked again", place.url);
    StoreError { kind: StoreErrorKind::Unreachable, sentence, ..error }.hint("run it again")
}
