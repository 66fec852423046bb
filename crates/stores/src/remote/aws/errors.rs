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
    if STRANGERS.contains(&code) {
        let sentence = format!("{store}: {} does not know you, or no longer ({code})", service.title);
        return StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint(line.sign_in);
    }
    if code.starts_with("AccessDenied") || KMS.contains(&code) {
        let sentence = format!("{store}: you have no right to this when {}", doing(refusal.action));
        return StoreError::new(StoreErrorKind::Denied, sentence)
            .hint(format!("the policy of your role has to allow {}", lacking(refusal, service)));
    }
    let sentence = format!("{store}: {} refuses {}:{}: {code}", service.title, service.name, refusal.action);
    StoreError::new(StoreErrorKind::Malformed, sentence)
        .hint("check the URL; `keybaton stores` shows what it looks like")
}

/// The right that AWS misses: the one that it names, for a call may need more than the one it is called like.
fn lacking(refusal: &Refusal, service: &Service) -> String {
    match named_in(&refusal.message) {
        Some(right) if right.starts_with("kms:") => format!("{right} on the key that encrypts it"),
        Some(right) => right.to_owned(),
        None if refusal.says("KMS") || KMS.contains(&refusal.code.as_str()) => {
            let rights = if doing(refusal.action) == "reading" { "kms:Decrypt" } else { service.encrypts };
            format!("{rights} on the key that encrypts it")
        }
        None => format!("{}:{}", service.name, refusal.action),
    }
}

/// From a sentence of AWS: `service:Action`, and nothing else that it may repeat.
fn named_in(message: &str) -> Option<&str> {
    let right = message.split_once("not authorized to perform: ")?.1.split_whitespace().next()?;
    let (service, action) = right.split_once(':')?;
    let is_service =
        service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let is_action = action.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let are_short = (1..=40).contains(&service.len()) && (1..=60).contains(&action.len());
    (is_service && is_action && are_short).then_some(right)
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

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: Service =
        Service { name: "ssm", title: "", target: "", id: "", encrypts: "kms:Encrypt", is_dual_stack: false };

    fn lacks(action: &'static str, code: &str, message: &str) -> String {
        let answer =
            Answer { status: 400, body: Vec::new().into(), is_doubtful: false, wait: None, date: None };
        let refusal = Refusal { action, code: code.to_owned(), message: message.to_owned(), answer };
        lacking(&refusal, &SERVICE)
    }

    #[test]
    fn the_right_that_aws_misses_is_the_one_it_names() {
        let told =
            "User: arn:aws:iam::1:user/a is not authorized to perform: ssm:AddTagsToResource on resource: x";
        assert_eq!(lacks("PutParameter", "AccessDeniedException", told), "ssm:AddTagsToResource");
        let told =
            "User: arn:aws:iam::1:user/kms:KMS is not authorized to perform: kms:Encrypt on resource: x";
        assert_eq!(
            lacks("PutParameter", "AccessDeniedException", told),
            "kms:Encrypt on the key that encrypts it"
        );
    }

    #[test]
    fn where_aws_names_none_it_is_that_of_the_call_or_of_its_key() {
        assert_eq!(lacks("PutParameter", "AccessDeniedException", ""), "ssm:PutParameter");
        let kms = "Access to KMS is not allowed";
        for (action, right) in [("PutParameter", "kms:Encrypt"), ("GetParameters", "kms:Decrypt")] {
            let told = format!("{right} on the key that encrypts it");
            assert_eq!(lacks(action, "AccessDeniedException", kms), told);
        }
        for strange in ["", "made-up", "a:b\u{1b}[31m", "a:made/up", "A:b", ":b", "a:"] {
            let told = format!("you are not authorized to perform: {strange} on it");
            assert_eq!(
                lacks("PutParameter", "AccessDeniedException", &told),
                "ssm:PutParameter",
                "{strange}"
            );
        }
    }
}
