//! What a URL names: a repository, one of its environments, or an organization.

use keybaton_core::RingName;

use crate::remote::Address;
use crate::remote::path::{escaped, unescaped};
use crate::{StoreError, StoreErrorKind, StoreUrl};

use super::KIND;
use super::visibility::Visibility;

#[derive(Debug)]
pub(super) enum Place {
    Repository { path: String },
    Environment { path: String, environment: String },
    Organization { name: String, made: Visibility },
}

impl Place {
    pub(super) fn of(url: &StoreUrl, address: &Address) -> Result<Self, StoreError> {
        let path = address.place.trim_end_matches('/').to_owned();
        let (environment, visibility) = (address.get(ENVIRONMENT), address.get(VISIBILITY));
        match path.split('/').collect::<Vec<_>>()[..] {
            [owner, name] if is_owner(owner) && is_repository(name) => match (environment, visibility) {
                (None, None) => Ok(Self::Repository { path }),
                (Some(environment), None) => {
                    Ok(Self::Environment { environment: named(url, environment)?, path })
                }
                _ => Err(url.malformed(
                    "gives a repository's secrets a visibility",
                    "that is for the secrets of an organization: leave it out, or write gha://ORG",
                )),
            },
            [name] if is_owner(name) => match environment {
                None => Ok(Self::Organization { made: made(url, visibility)?, name: path }),
                Some(_) => Err(url.malformed(
                    "names an environment and no repository",
                    "write for example gha://acme/shop?environment=production",
                )),
            },
            _ => Err(url.malformed(
                "names no repository",
                format!("write gha://OWNER/REPO, for example {}, or gha://ORG", KIND.example),
            )),
        }
    }

    /// Which repositories get what is made; nothing where it is not an organization's.
    pub(super) fn made(&self) -> Option<&Visibility> {
        if let Self::Organization { made, .. } = self { Some(made) } else { None }
    }

    /// The secrets, as a part of GitHub's interface.
    pub(super) fn secrets(&self) -> String {
        self.part("secrets")
    }

    pub(super) fn variables(&self) -> String {
        self.part("variables")
    }

    fn part(&self, what: &str) -> String {
        match self {
            Self::Repository { path } => format!("repos/{path}/actions/{what}"),
            Self::Environment { .. } => format!("{}/{what}", self.whole()),
            Self::Organization { .. } => format!("{}/actions/{what}", self.whole()),
        }
    }

    /// What holds them.
    pub(super) fn whole(&self) -> String {
        match self {
            Self::Repository { path } => format!("repos/{path}"),
            Self::Environment { path, environment } => {
                format!("repos/{path}/environments/{}", escaped(environment).replace('/', "%2F"))
            }
            Self::Organization { name, .. } => format!("orgs/{name}"),
        }
    }
}

/// Names that GitHub keeps for itself. It has capitals and small letters for the same.
pub(super) fn must_be_free(ring: &RingName) -> Result<(), StoreError> {
    if !ring.as_str().to_ascii_uppercase().starts_with("GITHUB_") {
        return Ok(());
    }
    let sentence = format!("GitHub keeps names such as {ring} for itself: no secret may begin with GITHUB_");
    Err(StoreError::new(StoreErrorKind::Unsupported, sentence).hint("give the ring another name"))
}

fn is_owner(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char))
}

fn is_repository(name: &str) -> bool {
    let is_well = name.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char));
    is_well && !name.chars().all(|char| char == '.')
}

/// An environment's name may have any character, so a URL may escape it.
fn named(url: &StoreUrl, escaped: &str) -> Result<String, StoreError> {
    let is_well = |name: &String| {
        !name.chars().any(char::is_control)
            && name.split('/').all(|part| !part.chars().all(|char| char == '.'))
    };
    unescaped(escaped).filter(is_well).ok_or_else(|| {
        url.malformed(
            "has a name of an environment that makes no sense",
            "write a space as %20 and a % as %25",
        )
    })
}

fn made(url: &StoreUrl, said: Option<&str>) -> Result<Visibility, StoreError> {
    match said {
        None => Ok(Visibility::new("private")),
        Some(word) if ["all", "private", "selected"].contains(&word) => Ok(Visibility::new(word)),
        Some(_) => {
            Err(url
                .malformed("has a visibility that GitHub has not", "visibility is all, private or selected"))
        }
    }
}

/// The parameters of a URL.
pub(super) const ENVIRONMENT: &str = "environment";
pub(super) const VISIBILITY: &str = "visibility";
