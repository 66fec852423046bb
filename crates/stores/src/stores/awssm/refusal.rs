//! What AWS's refusals mean for a secret.

use super::SecretsManager;
use crate::remote::aws::Refusal;
use crate::remote::line::conflict;
use crate::{StoreError, StoreErrorKind};

impl SecretsManager {
    pub(super) fn binary(&self, name: &str) -> StoreError {
        let sentence = format!("{}: {name} is binary, which no key is", self.aws.line.store);
        StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint("name another secret, or write this one as text")
    }

    pub(super) fn not_made_by_arn(&self) -> StoreError {
        let sentence = format!("{} is not there, and AWS makes no secret by an ARN", self.aws.line.store);
        StoreError::new(StoreErrorKind::Missing, sentence)
            .hint("write the secret's name instead: AWS makes up the end of its ARN")
    }

    /// The new value may be there, under a label that no program looks for.
    pub(super) fn not_put_aside(&self) -> StoreError {
        let sentence = format!("{}: AWS did not say whether it took the new value", self.aws.line.store);
        StoreError::new(StoreErrorKind::Unreachable, sentence)
            .hint("no program reads it, and the old one stands; run it again")
    }

    pub(super) fn refused(&self, refusal: &Refusal, name: &str) -> StoreError {
        self.aws.line.refusal(&refusal.answer, self.reason(refusal, name))
    }

    pub(super) fn reason(&self, refusal: &Refusal, name: &str) -> StoreError {
        if refusal.is("InvalidRequestException") && refusal.says("deletion") {
            let sentence = format!("{} is scheduled for deletion", self.aws.line.store);
            return StoreError::new(StoreErrorKind::Refused, sentence)
                .hint(format!("aws secretsmanager restore-secret --secret-id {name}"));
        }
        if refusal.is("LimitExceededException") {
            let sentence = format!("{} has as many versions with labels as AWS allows", self.aws.line.store);
            return StoreError::new(StoreErrorKind::Refused, sentence).hint(format!(
                "take labels off old versions: aws secretsmanager list-secret-version-ids --secret-id {name}"
            ));
        }
        if refusal.is("ResourceNotFoundException") {
            return conflict(&self.aws.line.store);
        }
        self.aws.reason(refusal)
    }
}
