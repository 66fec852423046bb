//! Looking into JSON that a server sent.

use keybaton_core::{Field, RingName, SecretText, Texts};
use serde_json::{Map, Value};

use crate::{StoreError, StoreErrorKind};

/// The ring's texts among the members of an object. `place` names the object to the user.
pub(crate) fn texts_of(
    members: &Map<String, Value>,
    ring: &RingName,
    place: &str,
) -> Result<Texts, StoreError> {
    let mut texts = Texts::default();
    for field in Field::ALL {
        let name = ring.of(field);
        match members.get(&name) {
            None => {}
            Some(Value::String(text)) => texts.set(field, SecretText::new(text.as_str())),
            Some(_) => {
                let sentence = format!("{name} in {place} is not a text");
                return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
                    .hint("make it a text there, or take it out"));
            }
        }
    }
    Ok(texts)
}

/// The texts as members, each under the name that the ring gives it.
pub(crate) fn members_of(texts: &Texts, ring: &RingName) -> Map<String, Value> {
    let named = Field::ALL.into_iter().filter_map(|field| Some((ring.of(field), texts.get(field)?.into())));
    named.collect()
}
