//! Keys as users name them.

use keybaton_core::KeyId;

use crate::exit::Exit;
use crate::failure::Failure;

/// The one of these keys whose id begins so. The text is not shown where it fits none: it may be a key that slipped in.
pub(crate) fn named(ids: &[KeyId], text: &str) -> Result<KeyId, Failure> {
    let fitting: Vec<KeyId> = ids.iter().copied().filter(|id| id.to_string().starts_with(text)).collect();
    match fitting.as_slice() {
        [only] if !text.is_empty() => Ok(*only),
        [] => Err(Failure::new(Exit::Usage, "no key of the ring has this id")
            .hint(format!("the ids here are {}", listed(ids)))),
        several => Err(Failure::new(Exit::Usage, "this is not the id of one key alone")
            .hint(format!("it could be {}", listed(several)))),
    }
}

fn listed(ids: &[KeyId]) -> String {
    ids.iter().map(KeyId::to_string).collect::<Vec<_>>().join(", ")
}
