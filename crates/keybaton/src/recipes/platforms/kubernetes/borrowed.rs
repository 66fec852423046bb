//! What a job of the project finds in its environment: what its Deployment has, as far as that is no secret written out.

use serde_json::Value;

use super::container::Container;
use crate::recipes::Ring;

/// Taken from a container.
#[derive(Debug, Default)]
pub(super) struct Borrowed {
    pub(super) environment: Vec<Value>,
    pub(super) sources: Vec<Value>,
    /// Variables whose values may be secrets and stand in the manifest: they are not written a second time.
    pub(super) left: Vec<String>,
}

impl Borrowed {
    pub(super) fn from(container: &Container, rings: &[Ring], own: &[String]) -> Self {
        let mut borrowed = Self::default();
        for entry in container.environment() {
            let name = entry["name"].as_str().filter(|name| is_variable(name) && !is_own(name, rings));
            let Some(name) = name else { continue };
            if entry["value"].as_str().is_some_and(|value| may_be_secret(name, value)) {
                borrowed.left.push(name.to_owned());
            } else {
                borrowed.environment.push(entry.clone());
            }
        }
        let is_ring = |source: &&Value| own.iter().any(|own| source["secretRef"]["name"] == own.as_str());
        borrowed.sources = container.sources().filter(|source| !is_ring(source)).cloned().collect();
        borrowed
    }
}

/// The variables of rings that a container is given one by one.
pub(super) fn given(container: &Container, rings: &[Ring]) -> Vec<String> {
    let names = container.environment().filter_map(|entry| entry["name"].as_str());
    names.filter(|name| is_of_ring(name, rings)).map(str::to_owned).collect()
}

/// As Kubernetes calls variables.
fn is_variable(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

fn is_own(name: &str, rings: &[Ring]) -> bool {
    name.starts_with("KEYBATON_") || is_of_ring(name, rings)
}

fn is_of_ring(name: &str, rings: &[Ring]) -> bool {
    rings
        .iter()
        .any(|Ring { name: ring, .. }| [ring.as_str(), &ring.fallbacks(), &ring.record()].contains(&name))
}

fn may_be_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SECRETS.iter().any(|word| name.contains(word))
        || value
            .split_once("://")
            .is_some_and(|(_, rest)| rest.split('/').next().is_some_and(|host| host.contains('@')))
}

const SECRETS: [&str; 7] = ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "KEY", "CREDENTIAL", "DSN"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_stands_in_a_manifest_is_known_by_its_name_or_as_an_address_with_a_password() {
        assert!(may_be_secret("DB_PASSWORD", "x") && may_be_secret("SENTRY_DSN", "x"));
        assert!(may_be_secret("DATABASE_URL", "postgres://shop:LEAK@db/shop"));
        assert!(!may_be_secret("DATABASE_HOST", "db") && !may_be_secret("SITE", "https://shop.example/@us"));
    }
}
