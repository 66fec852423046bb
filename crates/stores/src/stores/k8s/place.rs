//! Which Secret a URL names.

use super::KIND;
use crate::remote::Address;
use crate::{StoreError, StoreUrl};

/// One Secret.
pub(super) struct Place {
    /// The store as the user names it.
    pub(super) store: String,
    pub(super) namespace: String,
    pub(super) name: String,
    /// The context of the kubeconfig; without it, the current one.
    pub(super) context: Option<String>,
}

impl Place {
    pub(super) fn of(url: &StoreUrl, address: &Address) -> Result<Self, StoreError> {
        let named = address.place.split_once('/');
        let Some((namespace, name)) = named.filter(|(space, name)| is_name(space) && is_name(name)) else {
            return Err(url.malformed("names no namespace and Secret", format!(
                "write k8s://NAMESPACE/NAME, for example {}; names have small letters, digits, - and . alone",
                KIND.example
            )));
        };
        let context = address.get("context").map(str::to_owned);
        Ok(Self { store: url.to_string(), namespace: namespace.to_owned(), name: name.to_owned(), context })
    }

    /// The address of the namespace's Secrets.
    pub(super) fn folder(&self) -> String {
        format!("/api/v1/namespaces/{}/secrets", self.namespace)
    }

    /// The address of the Secret.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.folder(), self.name)
    }

    /// A command about this Secret.
    pub(super) fn kubectl(&self, words: &str) -> String {
        let context = self.context.as_ref().map(|context| format!(" --context {context}"));
        format!("kubectl {words} -n {}{}", self.namespace, context.unwrap_or_default())
    }
}

/// What Kubernetes lets one call an object: a name in DNS.
fn is_name(text: &str) -> bool {
    let ends = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.len() <= 253
        && bytes.iter().all(|byte| ends(byte) || b"-.".contains(byte))
        && bytes.first().is_some_and(ends)
        && bytes.last().is_some_and(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_dns() {
        for name in ["a", "django", "shop-1.django", "7"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "Shop", "a/b", "..", "-a", "a-", "a_b", "a%2f", "a?b", &"a".repeat(254)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_url_that_names_no_secret_is_told_how_to() {
        for url in ["k8s://shop", "k8s://shop/", "k8s:///django", "k8s://shop/a/b", "k8s://Shop/django"] {
            let url = StoreUrl::parse(url).unwrap();
            let error = Place::of(&url, &Address::of(&url, &[]).unwrap()).err().unwrap();
            assert_eq!(error.sentence, "the k8s: URL names no namespace and Secret");
        }
    }
}
