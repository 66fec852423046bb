//! A version of a secret: its value, and what it says of itself.

use keybaton_core::SecretText;
use serde_json::{Map, Value as Json, json};

pub(super) struct Secret {
    pub(super) value: SecretText,
    pub(super) version: Box<str>,
    /// Whether it belongs to a certificate, which alone makes new versions of it.
    pub(super) is_managed: bool,
    /// Seconds since 1970.
    pub(super) begins: Option<u64>,
    pub(super) expires: Option<u64>,
    content_type: Option<String>,
    tags: Option<Json>,
}

impl Secret {
    /// `None` where an answer is no version of a secret.
    pub(super) fn of(answer: &Json) -> Option<Self> {
        Some(Self {
            value: SecretText::new(answer["value"].as_str()?),
            version: version_of(answer)?.into(),
            is_managed: answer["managed"] == true,
            begins: answer["attributes"]["nbf"].as_u64(),
            expires: answer["attributes"]["exp"].as_u64(),
            content_type: answer["contentType"].as_str().map(str::to_owned),
            tags: Some(&answer["tags"]).filter(|tags| tags.is_object()).cloned(),
        })
    }

    /// The next version. Whatever it does not say of itself is lost with it.
    pub(super) fn followed_by(&self, new: &SecretText) -> Json {
        let mut attributes = Map::new();
        attributes.extend(self.begins.map(|time| ("nbf".to_owned(), time.into())));
        attributes.extend(self.expires.map(|time| ("exp".to_owned(), time.into())));
        let mut body = json!({ "value": new.expose(), "attributes": attributes });
        if let Some(content_type) = &self.content_type {
            body["contentType"] = content_type.as_str().into();
        }
        if let Some(tags) = &self.tags {
            body["tags"] = tags.clone();
        }
        body
    }
}

/// A secret's first version.
pub(super) fn first(new: &SecretText, content_type: Option<&str>) -> Json {
    let mut body = json!({ "value": new.expose(), "tags": { "created-by": "keybaton" } });
    if let Some(content_type) = content_type {
        body["contentType"] = content_type.into();
    }
    body
}

/// The name of the version that an answer, or an entry of a list, is about.
pub(super) fn version_of(answer: &Json) -> Option<&str> {
    let (_, version) = answer["id"].as_str()?.rsplit_once('/')?;
    let is_version = (1..=64).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_alphanumeric());
    is_version.then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_says_of_itself_what_the_last_one_said() {
        let answer = json!({
            "value": "old", "id": "https://shop.vault.azure.net/secrets/django/0af1", "contentType": "text/x-shop",
            "tags": { "team": "shop" }, "attributes": { "enabled": true, "created": 5, "exp": 9, "nbf": 7 },
        });
        let secret = Secret::of(&answer).unwrap();
        assert_eq!((&*secret.version, secret.value.expose(), secret.is_managed), ("0af1", "old", false));
        let wanted = json!({
            "value": "new", "contentType": "text/x-shop", "tags": { "team": "shop" }, "attributes": { "exp": 9, "nbf": 7 },
        });
        assert_eq!(secret.followed_by(&SecretText::new("new")), wanted);
    }

    #[test]
    fn what_has_no_value_or_no_version_is_no_secret() {
        for answer in [
            json!(null),
            json!({ "id": "https://shop/secrets/django/0af1" }),
            json!({ "value": "x" }),
            json!({ "value": "x", "id": "https://shop/secrets/django/" }),
            json!({ "value": "x", "id": "https://shop/secrets/django/0af1?x" }),
        ] {
            assert!(Secret::of(&answer).is_none(), "{answer}");
        }
    }
}
