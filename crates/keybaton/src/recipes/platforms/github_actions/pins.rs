//! The actions of others that workflows use, each by the commit that its version stands for: a tag can be moved, and then other
//! code gets the identity of the job. Dependabot and Renovate know this form and raise both.

use std::collections::BTreeMap;

/// What stands behind `uses:`, by the names that the templates have.
pub(in crate::recipes) fn pins() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from(PINS)
}

const PINS: [(&str, &str); 6] = [
    ("checkout", "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"),
    ("python", "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0"),
    ("aws", "aws-actions/configure-aws-credentials@8df5847569e6427dd6c4fb1cf565c83acfa8afa7 # v6.0.0"),
    ("google", "google-github-actions/auth@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093 # v3.0.0"),
    ("azure", "azure/login@a457da9ea143d694b1b9c7c869ebb04ebe844ef5 # v2.3.0"),
    ("vault", "hashicorp/vault-action@4c06c5ccf5c0761b6029f56cfb1dcf5565918a3b # v3.4.0"),
];
