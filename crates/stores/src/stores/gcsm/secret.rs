//! A secret without its values: what a write looks at, and has to keep.

use serde_json::{Map, Value, json};

use super::claim::{ANNOTATION, Claim};

pub(super) struct Secret {
    etag: String,
    annotations: Map<String, Value>,
    /// Whether a schedule asks another program for new versions.
    pub(super) is_rotated: bool,
    /// When it is deleted, if it is to be.
    pub(super) expires: Option<String>,
}

impl Secret {
    /// `None` where an answer is no secret, or has nothing to guard a write by.
    pub(super) fn of(answer: &Value) -> Option<Self> {
        Some(Self {
            etag: answer["etag"].as_str().filter(|etag| !etag.is_empty())?.to_owned(),
            annotations: answer["annotations"].as_object().cloned().unwrap_or_default(),
            is_rotated: answer["rotation"].is_object(),
            expires: answer["expireTime"].as_str().and_then(time),
        })
    }

    pub(super) fn claim(&self) -> Option<&str> {
        self.annotations.get(ANNOTATION)?.as_str()
    }

    /// The change that claims it.
    pub(super) fn with(&self, claim: &Claim) -> Value {
        let mut annotations = self.annotations.clone();
        annotations.insert(ANNOTATION.to_owned(), claim.text().into());
        json!({ "etag": self.etag, "annotations": annotations })
    }

    /// The change that sets it free.
    pub(super) fn without_claim(&self) -> Value {
        let mut annotations = self.annotations.clone();
        annotations.remove(ANNOTATION);
        json!({ "etag": self.etag, "annotations": annotations })
    }
}

/// A time as a server wrote it, if it is nothing else.
fn time(text: &str) -> Option<String> {
    let is_time =
        text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.TZ+".contains(&byte));
    is_time.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_comes_and_goes_and_all_else_stays() {
        let answer =
            json!({ "etag": "\"1\"", "annotations": { "owner": "somebody" }, "labels": { "a": "b" } });
        let secret = Secret::of(&answer).unwrap();
        let claim = Claim::new(7);
        let claimed = secret.with(&claim);
        assert_eq!(
            claimed,
            json!({ "etag": "\"1\"", "annotations": { "owner": "somebody", ANNOTATION: claim.text() } })
        );
        let claimed = Secret::of(&claimed).unwrap();
        assert_eq!(claimed.claim(), Some(claim.text()));
        assert_eq!(
            claimed.without_claim(),
            json!({ "etag": "\"1\"", "annotations": { "owner": "somebody" } })
        );
    }

    #[test]
    fn what_has_no_etag_is_no_secret() {
        for answer in [json!(null), json!({}), json!({ "etag": "" }), json!({ "etag": 7 })] {
            assert!(Secret::of(&answer).is_none(), "{answer}");
        }
    }
}
