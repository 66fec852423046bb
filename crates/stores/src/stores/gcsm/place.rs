//! Where secrets stand: the server, the project, perhaps a location.

use crate::remote::Address;
use crate::remote::path::escaped;
use crate::remote::values::LAYOUT;
use crate::{Environment, StoreError, StoreErrorKind, StoreUrl};

use super::KIND;

pub(super) struct Place {
    endpoint: String,
    pub(super) host: String,
    pub(super) project: String,
    pub(super) location: Option<String>,
}

impl Place {
    /// The place that a URL names, and the secret in it.
    pub(super) fn of(
        url: &StoreUrl,
        address: &Address,
        environment: &Environment,
    ) -> Result<(Self, String), StoreError> {
        let malformed = |what: &str, mend: &str| url.malformed(what, mend);
        let Some((project, name)) = address.place.split_once('/').filter(|(project, _)| is_project(project))
        else {
            let mend = format!("write gcsm://PROJECT/SECRET, for example {}", KIND.example);
            return Err(malformed("names no project and secret", &mend));
        };
        let is_separate = address.get(LAYOUT) == Some("separate");
        if !is_name(name, if is_separate { LONGEST_NAME - LONGEST_SUFFIX } else { LONGEST_NAME }) {
            return Err(malformed("names a secret as Google has none", NAMES));
        }
        let location = address.get(LOCATION).map(str::to_owned);
        if location.as_deref().is_some_and(|location| !is_location(location)) {
            return Err(malformed(
                "names a location as Google has none",
                "write for example location=europe-west1",
            ));
        }
        let (endpoint, host) = endpoint(location.as_deref(), environment)?;
        Ok((Self { endpoint, host, project: project.to_owned(), location }, name.to_owned()))
    }

    /// The address of all secrets.
    pub(super) fn secrets(&self) -> String {
        let location = self.location.as_ref().map(|location| format!("/locations/{location}"));
        let (project, location) = (escaped(&self.project), location.unwrap_or_default());
        format!("{}/v1/projects/{project}{location}/secrets", self.endpoint)
    }

    /// The address of one.
    pub(super) fn secret(&self, name: &str) -> String {
        format!("{}/{name}", self.secrets())
    }

    /// A secret as the words of a gcloud command.
    pub(super) fn words(&self, name: &str) -> String {
        format!("{name}{}", self.flags())
    }

    /// The words that say where, each behind a space.
    pub(super) fn flags(&self) -> String {
        let location = self.location.as_ref().map(|location| format!(" --location={location}"));
        format!(" --project={}{}", self.project, location.unwrap_or_default())
    }
}

/// The server: the one that gcloud would speak to.
fn endpoint(location: Option<&str>, environment: &Environment) -> Result<(String, String), StoreError> {
    let Some(set) = environment(ENDPOINT).filter(|set| !set.is_empty()) else {
        let host = match location {
            Some(location) => format!("secretmanager.{location}.rep.googleapis.com"),
            None => "secretmanager.googleapis.com".to_owned(),
        };
        return Ok((format!("https://{host}"), host));
    };
    let set = set.to_string_lossy();
    let set = set.trim_end_matches('/');
    match set.split_once("://") {
        Some((scheme, host)) if is_host(host) && (scheme == "https" || scheme == "http" && is_here(host)) => {
            Ok((set.to_owned(), host.to_owned()))
        }
        _ => Err(StoreError::new(StoreErrorKind::Malformed, format!("{ENDPOINT} is no address of a server"))
            .hint("write for example https://secretmanager.europe-west1.rep.googleapis.com/")),
    }
}

fn is_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
}

/// Whether it is this machine: elsewhere a token would go through the network for everybody to read.
fn is_here(host: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|here| host.strip_prefix(here).is_some_and(|port| port.is_empty() || port.starts_with(':')))
}

/// An id, which may have a domain in front, or a number.
fn is_project(project: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:".contains(&byte);
    project.len() <= 63
        && project.starts_with(|c: char| c.is_ascii_alphanumeric())
        && project.bytes().all(is_part)
}

fn is_name(name: &str, longest: usize) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=longest).contains(&name.len()) && name.bytes().all(is_part)
}

fn is_location(location: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    location.len() <= 63 && location.bytes().all(is_part)
}

/// The parameter of a URL that names where a regional secret is.
pub(super) const LOCATION: &str = "location";

/// gcloud's variable for another server.
const ENDPOINT: &str = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER";

const LONGEST_NAME: usize = 255;

/// Three secrets are NAME, NAME-fallbacks and NAME-ring.
const LONGEST_SUFFIX: usize = "-fallbacks".len();

const NAMES: &str = "a name has letters, digits, - and _, at most 255 of them (245 with layout=separate)";
