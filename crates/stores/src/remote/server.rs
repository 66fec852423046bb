//! Where a server is.

use reqwest::Url;

use super::here::is_here;
#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku"))]
use super::variable::variable;
#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku"))]
use crate::{Environment, StoreError, StoreErrorKind};

/// An address without the slash at its end, and the host in it, as a connection will have it.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) host: String,
    /// Whether everybody on the way can read what it is told.
    pub(crate) is_in_clear: bool,
}

impl Server {
    pub(crate) fn of(address: &str) -> Option<Self> {
        let address = address.trim_end_matches('/');
        let rest = ["https://", "http://"].iter().find_map(|scheme| address.strip_prefix(scheme))?;
        let url = Url::parse(address).ok().filter(|_| !rest.contains(['@', '?', '#', ' ', '\\']))?;
        let name = url.host_str()?;
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        let is_in_clear = url.scheme() == "http" && !is_here(name);
        Some(Self { address: address.to_owned(), host, is_in_clear })
    }

    /// The server that a variable names, where no token goes through a network in clear.
    #[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku"))]
    pub(crate) fn named(name: &str, address: &str, example: &str) -> Result<Self, StoreError> {
        let malformed = |what: &str, hint: String| {
            StoreError::new(StoreErrorKind::Malformed, format!("{name} {what}")).hint(hint)
        };
        let server = Self::of(address).ok_or_else(|| {
            malformed(
                "is no address of a server",
                format!("leave it out, or write for example {name}={example}"),
            )
        })?;
        if server.is_in_clear {
            let hint = format!(
                "write https://{}; http:// is for a server on this machine, and elsewhere whoever listens has the token",
                server.host
            );
            return Err(malformed("would send the token in clear", hint));
        }
        Ok(server)
    }
}

/// The first of these variables that says something, and what it says: without a line end that a file or a pipeline left
/// behind.
#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku"))]
pub(crate) fn first_of<'a>(
    environment: &Environment,
    names: &[&'a str],
) -> Result<Option<(&'a str, String)>, StoreError> {
    for name in names {
        if let Some(value) = variable(environment, &[name])? {
            return Ok(Some((name, value.trim().to_owned())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_the_one_that_a_connection_goes_to() {
        for (address, host) in [
            ("https://git.example/", "git.example"),
            ("https://Git.Example:8443/api/v3", "git.example:8443"),
            ("https://git.example:443", "git.example"),
            ("http://[::1]:8200", "[::1]:8200"),
        ] {
            assert_eq!(Server::of(address).unwrap().host, host, "{address}");
        }
        for none in ["git.example", "https://", "ftp://a", "https://a@b", "https://evil.example\\.ghe.com"] {
            assert!(Server::of(none).is_none(), "{none}");
        }
    }

    #[test]
    fn what_leaves_this_machine_without_tls_is_in_clear() {
        for (address, is_in_clear) in [
            ("https://git.example", false),
            ("http://127.0.0.1:8200", false),
            ("http://127.1", false),
            ("http://[::1]:8200", false),
            ("http://localhost:8200", false),
            ("http://git.example", true),
            ("http://10.0.0.1", true),
            ("http://localhost.example", true),
            ("http://127.0.0.1.example", true),
        ] {
            assert_eq!(Server::of(address).unwrap().is_in_clear, is_in_clear, "{address}");
        }
    }

    #[cfg(feature = "gitlab")]
    #[test]
    fn a_token_is_not_sent_in_clear_and_the_address_that_would_is_told() {
        let error =
            Server::named("GITLAB_HOST", "http://git.example:8080/x", "https://a.example").unwrap_err();
        assert_eq!(
            (error.kind, &*error.sentence),
            (StoreErrorKind::Malformed, "GITLAB_HOST would send the token in clear")
        );
        let hint = "write https://git.example:8080; http:// is for a server on this machine, and elsewhere whoever listens has the token";
        assert_eq!(error.hint.as_deref(), Some(hint));
    }
}
