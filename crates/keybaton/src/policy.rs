//! How long the steps of a rotation wait, by what the configuration says and which stores there are.

use keybaton_core::Policy;
use keybaton_core::time::Span;
use keybaton_stores::StoreKind;

use crate::configuration::Place;
use crate::failure::Failure;
use crate::fleet;
use crate::store;

/// How long steps wait.
pub(crate) fn policy(place: &Place) -> Result<Policy, Failure> {
    let is_remote = any(place, |kind| !kind.local)?;
    let is_slow = any(place, |kind| !kind.is_of_files())?;
    Ok(Policy {
        propagation: place.propagation,
        longest_signature: longest_signature(place, None).unwrap_or(Policy::LONGEST_SIGNATURE),
        // Files take no time worth counting; elsewhere looking and writing end after 30 s each.
        slowest_write: if is_slow { Span(60) } else { Span(0) },
        // A process that starts while its store is away may start with a copy.
        stale: place.offline.filter(|_| is_remote).unwrap_or_default(),
        fleet: fleet::reporting(place),
        encrypts: place.encrypts,
        follows: place.after_write.as_ref().is_some_and(|after| !after.commands.is_empty()),
    })
}

/// How long what a ring signs is valid: what its own table says, else what the project's settings say of it, else the
/// environment; nothing where nobody does. What a further ring encrypts does not expire, and it signs nothing besides.
pub(crate) fn longest_signature(place: &Place, settings: Option<Span>) -> Option<Span> {
    let of_data = place.encrypts.then_some(Span(0));
    place.longest_of_ring.or(of_data).or(settings).or(place.longest_signature)
}

/// Whether any of the stores is of such a kind.
fn any(place: &Place, is_such: impl Fn(&StoreKind) -> bool) -> Result<bool, Failure> {
    for at in std::iter::once(&place.store).chain(&place.mirrors) {
        if is_such(store::url(at)?.kind()) {
            return Ok(true);
        }
    }
    Ok(false)
}
