//! What a URL names: a project or a group, and an environment scope in it.

use crate::remote::Address;
use crate::remote::path::{escaped, is_well};
use crate::{StoreError, StoreUrl};

use super::KIND;

#[derive(Debug)]
pub(super) struct Place {
    /// The part of the interface: projects or groups.
    kind: &'static str,
    /// A path such as acme/shop, or a number.
    path: String,
    pub(super) scope: String,
}

impl Place {
    pub(super) fn of(url: &StoreUrl, address: &Address) -> Result<Self, StoreError> {
        let malformed = |what: &str, mend: &str| url.malformed(what, mend);
        let kind = match address.get(KIND_OF) {
            None | Some("project") => "projects",
            Some("group") => "groups",
            Some(_) => {
                return Err(malformed("is neither of a project nor of a group", "kind is project or group"));
            }
        };
        let path = address.place.trim_end_matches('/');
        if !is_well(path) || !path.chars().all(|char| char.is_ascii_alphanumeric() || "_.-/".contains(char)) {
            let mend = format!("write gitlab://GROUP/PROJECT or its number, for example {}", KIND.example);
            return Err(malformed("names no project", &mend));
        }
        let is_number = path.chars().all(|char| char.is_ascii_digit());
        if kind == "projects" && !is_number && !path.contains('/') {
            let mend =
                "write gitlab://GROUP/PROJECT, or for the variables of a group gitlab://GROUP?kind=group";
            return Err(malformed("names no project", mend));
        }
        let scope = address.get(SCOPE).unwrap_or("*");
        if !scope.chars().all(|char| char.is_ascii_alphanumeric() || "_/${}. -*".contains(char)) {
            let mend = "write the environment's name, or a pattern such as review/*";
            return Err(malformed("has a scope that GitLab has not", mend));
        }
        Ok(Self { kind, path: path.to_owned(), scope: scope.to_owned() })
    }

    /// The variables, as a part of GitLab's interface.
    pub(super) fn variables(&self) -> String {
        format!("{}/{}/variables", self.kind, escaped(&self.path).replace('/', "%2F"))
    }

    /// One variable at a scope.
    pub(super) fn variable(&self, name: &str, scope: &str) -> String {
        format!("{}/{name}?filter%5Benvironment_scope%5D={}", self.variables(), escaped(scope))
    }

    pub(super) fn is_group(&self) -> bool {
        self.kind == "groups"
    }
}

/// The parameters of a URL.
pub(super) const KIND_OF: &str = "kind";
pub(super) const SCOPE: &str = "scope";
