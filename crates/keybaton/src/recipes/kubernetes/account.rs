//! The accounts in the cluster, and who each is to a cloud.

use super::OF_PROJECT;
use crate::recipes::Facts;

/// As which identity of a cloud a ServiceAccount's pods come.
#[derive(Debug, Default)]
pub(super) struct Identity {
    pub(super) annotations: Vec<(String, String)>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) environment: Vec<(String, String)>,
}

impl Identity {
    /// By the store that it opens, and what the user says.
    pub(super) fn of(facts: &Facts) -> Self {
        let said = Some(facts.answers.get("identity")).filter(|value| *value != OF_PROJECT);
        let one = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let scheme = facts.home.main().store.scheme();
        let mut identity = Self::default();
        match (scheme, said) {
            ("awssm" | "awsps", Some(role)) => identity.annotations = one("eks.amazonaws.com/role-arn", role),
            ("gcsm", Some(account)) => {
                identity.annotations = one("iam.gke.io/gcp-service-account", account);
            }
            ("akv", client) => {
                // Azure puts the token into pods with this label alone.
                identity.labels = one("azure.workload.identity/use", "true");
                let client = client.map(|client| one("azure.workload.identity/client-id", client));
                identity.annotations = client.unwrap_or_default();
            }
            ("vault", role) => {
                identity.environment = one("VAULT_ADDR", facts.answers.get("server"));
                let role = role.unwrap_or_else(|| facts.answers.get("secret"));
                identity.environment.extend(one("VAULT_KUBERNETES_ROLE", role));
            }
            _ => {}
        }
        identity
    }
}
