//! What an answer means that is not the one that was hoped for.

use serde_json::Value;

use super::Vault;
use crate::remote::Answer;
use crate::{Note, StoreError, StoreErrorKind};

impl Vault {
    pub(super) fn refused(&self, answer: &Answer, doing: &str) -> StoreError {
        self.line.refusal(answer, self.reason(answer, doing))
    }

    fn reason(&self, answer: &Answer, doing: &str) -> StoreError {
        let body = answer.json();
        let has_told = |words: &str| told_by(&body).any(|told| told.contains(words));
        match answer.status {
            400 if has_told("check-and-set parameter did not match") => self.line.conflict(answer),
            403 => self.denied(doing),
            404 if has_told("namespace") => self.no_namespace(),
            404 => self.no_mount(),
            413 => StoreError::new(
                StoreErrorKind::TooLarge,
                format!("{}: the secret is larger than the server allows", self.line.store),
            )
            .hint("keep the ring in a secret of its own"),
            _ => self.line.unknown(answer, doing),
        }
    }

    /// It is no refusal: in a network of its own that is how Vault is often set up.
    pub(super) fn in_clear(&self) -> Option<Note> {
        self.login.is_in_clear.then(|| {
            Note(format!(
                "{}: the token and the keys went to {} in clear, for whoever listens there; VAULT_ADDR=https://… keeps them private",
                self.line.store, self.line.host
            ))
        })
    }

    fn denied(&self, doing: &str) -> StoreError {
        let rights = match doing {
            "reading" => r#"["read"]"#,
            _ => r#"["create", "read", "update", "patch"]"#,
        };
        let sentence = format!("{}: your token has no right to this when {doing}", self.line.store);
        StoreError::new(StoreErrorKind::Denied, sentence).hint(format!(
            r#"its policy lacks: path "{}/data/{}" {{ capabilities = {rights} }}"#,
            self.place.mount, self.place.path
        ))
    }

    fn no_mount(&self) -> StoreError {
        let sentence = format!("{}: there is no mount {}", self.line.store, self.place.mount);
        StoreError::new(StoreErrorKind::Malformed, sentence).hint(format!(
            "check the name and VAULT_NAMESPACE, or make it: vault secrets enable -path={} -version=2 kv",
            self.place.mount
        ))
    }

    fn no_namespace(&self) -> StoreError {
        let sentence = format!("{}: there is no such namespace as VAULT_NAMESPACE says", self.line.store);
        StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint("`vault namespace list` shows those that there are")
    }
}

/// What a server says of a failure.
pub(super) fn told_by(body: &Value) -> impl Iterator<Item = &str> {
    body["errors"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Whether a refusal is that of a token which is one. To others the server says the same in another way, and old ones do not
/// tell them apart.
pub(super) fn has_right_to_ask(answer: &Answer) -> bool {
    told_by(&answer.json())
        .any(|told| told.starts_with("1 error occurred") && told.contains("permission denied"))
}
