//! What each tool leaves on the Secrets that it makes.

/// A label or annotation, and whose it is.
pub(super) struct Mark {
    pub(super) key: &'static str,
    /// The value it must have; any, which then names the instance.
    pub(super) value: Option<&'static str>,
    pub(super) tool: &'static str,
    /// What to write instead; `{}` is the value.
    pub(super) instead: &'static str,
}

const fn set(key: &'static str, value: &'static str, tool: &'static str, instead: &'static str) -> Mark {
    Mark { key, value: Some(value), tool, instead }
}

const fn any(key: &'static str, tool: &'static str, instead: &'static str) -> Mark {
    Mark { key, value: None, tool, instead }
}

pub(super) const MARKS: [Mark; 15] = [
    set("reconcile.external-secrets.io/managed", "true", "External Secrets", OUTER_STORE),
    set(
        "app.kubernetes.io/managed-by",
        "hashicorp-vso",
        "the Vault Secrets Operator",
        "the vault: store that it is filled from,",
    ),
    set("secrets-store.csi.k8s.io/managed", "true", "the Secrets Store CSI driver", OUTER_STORE),
    set("sealedsecrets.bitnami.com/managed", "true", "Sealed Secrets", SEALED),
    set("secrets.doppler.com/subtype", "dopplerSecret", "Doppler's operator", "the secret in Doppler"),
    any("operator.1password.io/item-path", "1Password's operator", "the item in 1Password"),
    any("reflector.v1.k8s.emberstack.com/reflects", "Reflector", COPIED),
    any("replicator.v1.mittwald.de/replicate-from", "Replicator", COPIED),
    any("argocd.argoproj.io/tracking-id", "Argo CD", IN_GIT),
    any("argocd.argoproj.io/instance", "Argo CD", IN_GIT),
    any("kustomize.toolkit.fluxcd.io/name", "Flux", IN_GIT),
    // Flux installs charts by Helm: what it says of itself comes before what Helm says.
    any("helm.toolkit.fluxcd.io/name", "Flux's Helm", OUTSIDE_CHART),
    any("meta.helm.sh/release-name", "Helm", OUTSIDE_CHART),
    set("app.kubernetes.io/managed-by", "Helm", "Helm", OUTSIDE_CHART),
    set("app.kubernetes.io/managed-by", "pulumi", "Pulumi", "what Pulumi makes it from"),
];

/// Under which names tools write, as far as they begin so.
pub(super) const MANAGERS: [(&str, &str, &str); 9] = [
    ("external-secrets", "External Secrets", OUTER_STORE),
    ("externalsecrets.external-secrets.io/", "External Secrets", OUTER_STORE),
    ("argocd-", "Argo CD", IN_GIT),
    ("kustomize-controller", "Flux", IN_GIT),
    ("helm-controller", "Flux's Helm", OUTSIDE_CHART),
    ("helm", "Helm", OUTSIDE_CHART),
    ("sealed-secrets", "Sealed Secrets", SEALED),
    ("HashiCorp", "Terraform", TERRAFORM),
    ("Terraform", "Terraform", TERRAFORM),
];

pub(super) const OUTER_STORE: &str = "the store that it is filled from, such as awssm: or vault:,";
pub(super) const SEALED: &str = "a Secret that is not sealed, and take the sealed one out of git,";
const TERRAFORM: &str = "what Terraform makes it from, or let it ignore changes of the data,";
const COPIED: &str = "k8s://{}";
const IN_GIT: &str = "a Secret of its own that is not kept in git";
const OUTSIDE_CHART: &str = "a Secret of its own, and name it to the chart (often as existingSecret),";
