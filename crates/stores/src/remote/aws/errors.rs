//! What AWS's errors mean to the caller. Their texts are not shown whole: some repeat what was sent.

use serde_json::Value;

use super::Service;
use super::signer::Signer;
use crate::remote::{Answer, Line};
use crate::{StoreError, StoreErrorKind};

/// An error with a name.
pub(crate) struct Refusal {
    pub(crate) action: &'static str,
    pub(crate) code: String,
    /// AWS's own words, to tell apart what has one name.
    pub(crate) message: String,
    pub(crate) answer: Answer,
}

impl Refusal {
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code == code
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.message.contains(words)
    }
}

/// The name of an error, without the namespace that some services put before it.
pub(super) fn code(body: &Value) -> String {
    let named = body["__type"].as_str().or_else(|| body["code"].as_str()).unwrap_or_default();
    named.rsplit('#').next().unwrap_or_default().to_owned()
}

pub(super) fn message(body: &Value) -> String {
    body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default().to_owned()
}

pub(super) fn is_busy(code: &str) -> bool {
    BUSY.contains(&code)
}

pub(super) fn of(refusal: &Refusal, service: &Service, line: &Line<Signer>) -> StoreError {
    let (store, code) = (&line.store, refusal.code.as_str());
    let permission = format!("{}:{}", service.name, refusal.action);
    if STRANGERS.contains(&code) {
        let sentence = format!("{store}: {} does not know you, or no longer ({code})", service.title);
        return StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint(line.sign_in);
    }
    let kms = refusal.says("KMS") || refusal.says("kms:") || KMS.contains(&code);
    if code.starts_with("AccessDenied") || KMS.contains(&code) {
        let lacking =
            if kms { "kms:Decrypt and kms:GenerateDataKey on the key that encrypts it" } else { &permission };
        let sentence = format!("{store}: you have no right to this when {}", doing(refusal.action));
        return StoreError::new(StoreErrorKind::Denied, sentence)
            .hint(format!("the policy of your role has to allow {lacking}"));
    }
    let sentence = format!("{store}: {} refuses {permission}: {code}", service.title);
    StoreError::new(StoreErrorKind::Malformed, sentence)
        .hint("check the URL; `keybaton stores` shows what it looks like")
}

fn doing(action: &str) -> &'static str {
    let reads = ["Get", "Describe", "List"].iter().any(|verb| action.starts_with(verb));
    if reads { "reading" } else { "writing" }
}

/// Refusals that would be none later, beside those with a status of their own.
const BUSY: [&str; 8] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "TooManyUpdates",
    "InternalServiceError",
    "ServiceUnavailable",
];

const STRANGERS: [&str; 9] = [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "RequestExpired",
];

const KMS: [&str; 3] = ["DecryptionFailure", "EncryptionFailure", "InvalidKeyId"];
