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
    /// That of the job, which writes.
    pub(super) fn of_the_job(facts: &Facts) -> Self {
        Self::of(facts, facts.answers.get("identity"), facts.answers.get("secret").to_owned())
    }

    /// That of the pods, which read.
    pub(super) fn of_the_pods(facts: &Facts) -> Self {
        Self::of(facts, facts.answers.get("reader"), format!("{}-reader", facts.answers.get("secret")))
    }

    /// By the store that it opens, and what the user says; `role`: that of Vault, where nobody says it.
    fn of(facts: &Facts, said: &str, role: String) -> Self {
        let said = Some(said).filter(|value| *value != OF_PROJECT);
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
            ("vault", said) => {
                identity.environment = one("VAULT_ADDR", facts.answers.get("server"));
                let role = said.map_or(role, str::to_owned);
                identity.environment.extend(one("VAULT_KUBERNETES_ROLE", &role));
            }
            _ => {}
        }
        identity
    }
}
