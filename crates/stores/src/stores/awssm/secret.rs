//! What Secrets Manager says of a secret, its value aside.

use serde_json::Value as Json;

use super::replicas::Replica;
use super::{CURRENT, is_ours};
use crate::{StoreError, StoreErrorKind};

pub(super) struct Secret {
    /// The version that programs read.
    pub(super) current: Option<String>,
    /// Versions that still have a label of ours, from a write that was cut short.
    pub(super) labelled: Vec<String>,
    pub(super) replicas: Vec<Replica>,
    rotates: bool,
    owner: Option<String>,
    is_replica: bool,
}

impl Secret {
    pub(super) fn of(body: &Json) -> Self {
        let versions: Vec<(&String, &Json)> =
            body["VersionIdsToStages"].as_object().into_iter().flatten().collect();
        let with = |wanted: &dyn Fn(&Json) -> bool| {
            let those = versions
                .iter()
                .filter(|(_, stages)| stages.as_array().is_some_and(|all| all.iter().any(wanted)));
            those.map(|(version, _)| (*version).clone()).collect::<Vec<_>>()
        };
        let region_of_it = body["ARN"].as_str().and_then(|arn| arn.split(':').nth(3));
        Self {
            current: with(&|stage| stage == CURRENT).pop(),
            labelled: with(&is_ours),
            replicas: Replica::all_in(body),
            rotates: body["RotationEnabled"] == true,
            owner: body["OwningService"].as_str().map(str::to_owned),
            is_replica: body["PrimaryRegion"].as_str().is_some_and(|primary| Some(primary) != region_of_it),
        }
    }

    /// Some secrets are written by others, who would undo what is written here, or be undone by it.
    pub(super) fn must_be_ours_to_write(&self, store: &str, adopt_owner: bool) -> Result<(), StoreError> {
        let refused =
            |sentence: String, hint: &str| Err(StoreError::new(StoreErrorKind::Refused, sentence).hint(hint));
        if self.is_replica {
            let hint = "name the region where it was made: ?region=… in the URL";
            return refused(format!("{store} is a replica, which only its own region can write"), hint);
        }
        if let Some(owner) = &self.owner {
            let hint = "make a secret of its own for the ring";
            return refused(format!("{store} belongs to the service {owner}, which writes it"), hint);
        }
        if self.rotates && !adopt_owner {
            let hint = "aws secretsmanager cancel-rotate-secret ends that; --adopt-owner writes all the same";
            return refused(
                format!(
                    "{store} has managed rotation on, which would replace the ring by a value of its own"
                ),
                hint,
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_and_replicas_are_read_as_they_stand() {
        let secret = Secret::of(&json!({
            "ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
            "PrimaryRegion": "eu-west-1",
            "VersionIdsToStages": { "a": ["AWSCURRENT", "KEYBATON-a"], "b": ["AWSPREVIOUS"], "c": ["KEYBATON-c"] },
            "ReplicationStatus": [
                { "Region": "eu-west-3", "Status": "InSync" },
                { "Region": "eu-north-1", "Status": "InProgress" },
            ],
        }));
        assert_eq!(secret.current.as_deref(), Some("a"));
        assert_eq!(secret.labelled, ["a", "c"]);
        assert_eq!(secret.replicas.len(), 2);
        assert!(secret.must_be_ours_to_write("awssm://x", false).is_ok());
    }

    #[test]
    fn what_others_write_is_refused_with_the_reason() {
        let told =
            |body: Json| Secret::of(&body).must_be_ours_to_write("awssm://x", false).unwrap_err().sentence;
        assert_eq!(
            told(json!({ "RotationEnabled": true })),
            "awssm://x has managed rotation on, which would replace the ring by a value of its own"
        );
        assert_eq!(
            told(json!({ "OwningService": "rds" })),
            "awssm://x belongs to the service rds, which writes it"
        );
        assert_eq!(
            told(
                json!({ "PrimaryRegion": "eu-west-1", "ARN": "arn:aws:secretsmanager:eu-west-3:1:secret:x" })
            ),
            "awssm://x is a replica, which only its own region can write"
        );
    }
}
