//! A version that nobody reads yet, and the move of AWSCURRENT to it.

use keybaton_core::SecretText;
use serde_json::json;

use super::secret::Secret;
use super::{CURRENT, LABEL, SecretsManager};
use crate::remote::Deadline;
use crate::remote::call::Effect;
use crate::remote::values::Over;
use crate::{Note, StoreError, StoreErrorKind};

impl SecretsManager {
    /// Puts the value there without making it current. The token makes a repetition harmless.
    pub(super) fn put_aside(
        &self,
        name: &str,
        new: &SecretText,
        version: &str,
        over: Over<'_>,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let asked = json!({
            "SecretId": name,
            "SecretString": new.expose(),
            "ClientRequestToken": version,
            "VersionStages": [label(version)],
        });
        // The first version of all, AWS makes current by itself.
        let is_unseen = over.version().is_some();
        match self.aws.change(Effect::Repeats, "PutSecretValue", &asked, deadline) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(refusal)) if is_unseen => Err(self.reason(&refusal, name)),
            Ok(Err(refusal)) => Err(self.refused(&refusal, name)),
            Err(error) if is_unseen && error.kind == StoreErrorKind::Uncertain => Err(self.not_put_aside()),
            Err(error) => Err(error),
        }
    }

    /// The compare-and-swap.
    pub(super) fn make_current(
        &self,
        name: &str,
        version: &str,
        over: Option<&str>,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let mut asked = json!({ "SecretId": name, "VersionStage": CURRENT, "MoveToVersionId": version });
        if let Some(over) = over {
            asked["RemoveFromVersionId"] = over.into();
        }
        // A second time AWS refuses it, for another version is current then.
        let failure = match self.aws.change(Effect::Repeats, "UpdateSecretVersionStage", &asked, deadline) {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(refusal)) if refusal.is("InvalidParameterException") => {
                self.aws.line.conflict(&refusal.answer)
            }
            Ok(Err(refusal)) => return Err(self.refused(&refusal, name)),
            Err(error) if error.kind == StoreErrorKind::Uncertain => error,
            Err(error) => return Err(error),
        };
        // Nobody but us makes this version current: an attempt whose answer was lost, or AWS itself, because it is the first.
        match self.describe(name, deadline) {
            Ok(Some(secret)) if secret.current.as_deref() == Some(version) => Ok(()),
            Ok(_) => {
                if failure.kind == StoreErrorKind::Conflict {
                    self.take_label_off(name, version, deadline);
                }
                Err(failure)
            }
            Err(_) => Err(self.aws.line.uncertain("it does not say which version is current")),
        }
    }

    /// Takes our label off, which would keep old keys from ever being forgotten: this write's, and what a crash left behind.
    pub(super) fn tidy(
        &self,
        name: &str,
        before: &Secret,
        version: &str,
        deadline: Deadline,
    ) -> Option<Note> {
        let stale = before.labelled.iter().map(String::as_str);
        let failed =
            stale.chain([version]).filter(|version| !self.take_label_off(name, version, deadline)).count();
        (failed > 0).then(|| {
            let store = &self.aws.line.store;
            Note(format!(
                "{store}: a label of ours stayed behind on {failed} versions; the next write takes it off"
            ))
        })
    }

    fn take_label_off(&self, name: &str, version: &str, deadline: Deadline) -> bool {
        let asked =
            json!({ "SecretId": name, "VersionStage": label(version), "RemoveFromVersionId": version });
        match self.aws.change(Effect::Repeats, "UpdateSecretVersionStage", &asked, deadline) {
            // AWS refuses what an earlier attempt has done.
            Ok(Err(refusal)) => refusal.answer.is_doubtful && refusal.is("InvalidParameterException"),
            outcome => outcome.is_ok(),
        }
    }
}

fn label(version: &str) -> String {
    format!("{LABEL}{version}")
}
