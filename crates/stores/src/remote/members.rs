//! The ring's texts as members of a JSON object.

use keybaton_core::{Field, RingName, Texts};

use super::object::{Object, Unreadable};
use crate::{StoreError, StoreErrorKind};

/// The ring's texts among the members of an object. `store` is where the object stands, as the user names it.
pub(crate) fn texts_in(object: &Object<'_>, ring: &RingName, store: &str) -> Result<Texts, StoreError> {
    let mut texts = Texts::default();
    for field in Field::ALL {
        let name = ring.of(field);
        if let Some(text) = object.get(&name).map_err(|why| unreadable(&name, store, why))? {
            texts.set(field, text);
        }
    }
    Ok(texts)
}

/// The texts as members, each under the name that the ring gives it.
pub(crate) fn members_of<'a>(texts: &'a Texts, ring: &RingName) -> Vec<(String, &'a str)> {
    Field::ALL.into_iter().filter_map(|field| Some((ring.of(field), texts.get(field)?))).collect()
}

fn unreadable(name: &str, store: &str, why: Unreadable) -> StoreError {
    let (what, mend) = match why {
        Unreadable::NotAText => ("is not a text", "make it a text there, or take it out"),
        Unreadable::Twice => ("stands there twice", "take out the one that is not the key"),
    };
    StoreError::new(StoreErrorKind::Malformed, format!("{name} in {store} {what}")).hint(mend)
}
