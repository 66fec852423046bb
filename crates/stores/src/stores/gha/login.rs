//! Which GitHub, and who we are to it: what `gh` and a workflow find in their environment, or what `gh` keeps.

use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use keybaton_core::SecretText;
use reqwest::Client;

use crate::program::{Failed, printed_by};
use crate::remote::server::{Server, first_of};
use crate::remote::{Call, Line, client};
use crate::{Environment, Settings, StoreError, StoreErrorKind, StoreUrl};

use super::trouble::is_busy;

pub(super) struct Login {
    address: String,
    /// As `gh` names the server.
    site: String,
    token: OnceLock<SecretText>,
}

pub(super) fn prepare(url: &StoreUrl, settings: &Settings<'_>) -> Result<(Login, Line<Client>), StoreError> {
    let environment = &settings.environment;
    let Place { server: Server { address, host, .. }, site, tokens } = Place::of(environment)?;
    let token = OnceLock::new();
    if let Some((_, text)) = first_of(environment, tokens)? {
        let _ = token.set(SecretText::new(text));
    }
    let line = Line {
        carrier: client::usual()?,
        store: url.to_string(),
        host,
        is_busy,
        sign_in: SIGN_IN,
        authority: "SSL_CERT_FILE=/path/to/ca.pem",
    };
    Ok((Login { address, site, token }, line))
}

/// The server, and where its token stands.
struct Place {
    server: Server,
    site: String,
    tokens: &'static [&'static str],
}

impl Place {
    /// GitHub's own, the one that `gh` is told of, or the one on which a workflow runs.
    fn of(environment: &Environment) -> Result<Self, StoreError> {
        if let Some((name, value)) = first_of(environment, &["GH_HOST"])? {
            let host = value.trim_start_matches("https://").trim_end_matches('/').to_ascii_lowercase();
            let address = if host.contains('/') { host } else { address_of(&host) };
            return Ok(Self::at(Server::named(name, &address, "github.example.com")?, &ENTERPRISE_TOKENS));
        }
        let named = first_of(environment, &["GITHUB_API_URL"])?;
        let (name, value) = named.unwrap_or(("GITHUB_API_URL", USUAL.to_owned()));
        let in_workflow = first_of(environment, &["GITHUB_ACTIONS"])?.is_some_and(|(_, told)| told == "true");
        let others: &[&str] = if in_workflow { &WORKFLOW_TOKENS } else { &ENTERPRISE_TOKENS };
        Ok(Self::at(Server::named(name, &value, USUAL)?, others))
    }

    /// `others`: where the token stands of a server that is not GitHub's own.
    fn at(server: Server, others: &'static [&'static str]) -> Self {
        let site = server.host.strip_prefix("api.").unwrap_or(&server.host).to_owned();
        let tokens = if is_hosted(&site) { &TOKENS } else { others };
        Self { server, site, tokens }
    }
}

/// Whether GitHub itself runs it: the tokens for github.com are shown to no other.
fn is_hosted(site: &str) -> bool {
    site == "github.com" || site.ends_with(".ghe.com")
}

fn address_of(host: &str) -> String {
    if is_hosted(host) { format!("https://api.{host}") } else { format!("https://{host}/api/v3") }
}

impl Login {
    /// Asks `gh` for the token that it keeps, unless there is one already.
    pub(super) fn find_token(&self, line: &Line<Client>) -> Result<(), StoreError> {
        if self.token.get().is_some() {
            return Ok(());
        }
        let failed = |why: &str| {
            let sentence =
                format!("{}: there is no token for {}, and `gh auth token` {why}", line.store, line.host);
            StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint(SIGN_IN)
        };
        let mut command = Command::new("gh");
        command.args(["auth", "token", "--hostname", &self.site]).stdin(Stdio::null());
        let printed = printed_by(&mut command, LIMIT).map_err(|why| match why {
            Failed::NotStarted(_) => failed("cannot be asked: there is no gh here"),
            why => failed(&why.to_string()),
        })?;
        let token = std::str::from_utf8(&printed).map(str::trim).ok().filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| failed("printed none"))?;
        let _ = self.token.set(SecretText::new(token));
        Ok(())
    }

    /// The call with the token, in the version of the interface that this is written for.
    pub(super) fn sign(&self, call: Call) -> Call {
        let call =
            call.header("accept", "application/vnd.github+json").header("x-github-api-version", "2022-11-28");
        match self.token.get() {
            Some(token) => call.secret_header("authorization", &format!("Bearer {}", token.expose())),
            None => call,
        }
    }

    pub(super) fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }
}

pub(super) const SIGN_IN: &str = "run `gh auth login`, or set GH_TOKEN (for GitHub Enterprise Server GH_ENTERPRISE_TOKEN) to a token that may write secrets and variables";
const USUAL: &str = "https://api.github.com";
const TOKENS: [&str; 2] = ["GH_TOKEN", "GITHUB_TOKEN"];
const ENTERPRISE_TOKENS: [&str; 2] = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
/// The last one is what a workflow is given for the server on which it runs.
const WORKFLOW_TOKENS: [&str; 3] = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GITHUB_TOKEN"];
/// It may unlock a keychain, and has nobody to ask.
const LIMIT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn found(
        variables: &'static [(&str, &str)],
    ) -> Result<(String, String, &'static [&'static str]), String> {
        let environment: Environment = Arc::new(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        });
        let place = Place::of(&environment).map_err(|error| error.to_string())?;
        Ok((place.server.address, place.site, place.tokens))
    }

    #[test]
    fn the_server_is_the_one_of_gh_then_the_one_of_the_workflow() {
        for (variables, address, site) in [
            (&[][..], USUAL, "github.com"),
            (&[("GH_HOST", "github.com")], USUAL, "github.com"),
            (&[("GH_HOST", "Acme.ghe.com\n")], "https://api.acme.ghe.com", "acme.ghe.com"),
            (
                &[("GH_HOST", "https://git.acme.example:8443/"), ("GITHUB_API_URL", USUAL)],
                "https://git.acme.example:8443/api/v3",
                "git.acme.example:8443",
            ),
            (&[("GITHUB_API_URL", USUAL)], USUAL, "github.com"),
            (
                &[("GITHUB_API_URL", "https://git.acme.example/api/v3/")],
                "https://git.acme.example/api/v3",
                "git.acme.example",
            ),
        ] {
            let (found_address, found_site, _) = found(variables).unwrap();
            assert_eq!((&*found_address, &*found_site), (address, site), "{variables:?}");
        }
    }

    #[test]
    fn a_token_for_github_com_is_shown_to_no_server_that_github_does_not_run() {
        for (variables, tokens) in [
            (&[][..], &TOKENS[..]),
            (&[("GH_HOST", "acme.ghe.com")], &TOKENS),
            (&[("GH_HOST", "git.acme.example")], &ENTERPRISE_TOKENS),
            (&[("GITHUB_API_URL", USUAL)], &TOKENS),
            (&[("GITHUB_API_URL", "https://API.GitHub.com")], &TOKENS),
            (&[("GITHUB_API_URL", "https://api.acme.ghe.com")], &TOKENS),
            (&[("GITHUB_API_URL", "https://git.acme.example/api/v3")], &ENTERPRISE_TOKENS),
            (&[("GITHUB_API_URL", "https://api.github.com.evil.example")], &ENTERPRISE_TOKENS),
            (&[("GITHUB_API_URL", "https://git.acme.example:443/.ghe.com")], &ENTERPRISE_TOKENS),
            (
                &[("GITHUB_API_URL", "https://git.acme.example/api/v3"), ("GITHUB_ACTIONS", "true")],
                &WORKFLOW_TOKENS,
            ),
            (
                &[("GITHUB_API_URL", "https://git.acme.example/api/v3"), ("GITHUB_ACTIONS", "false")],
                &ENTERPRISE_TOKENS,
            ),
            (&[("GITHUB_API_URL", USUAL), ("GITHUB_ACTIONS", "true")], &TOKENS),
            // The token of a workflow is for its own server.
            (
                &[("GH_HOST", "git.acme.example"), ("GITHUB_API_URL", USUAL), ("GITHUB_ACTIONS", "true")],
                &ENTERPRISE_TOKENS,
            ),
        ] {
            assert_eq!(found(variables).unwrap().2, tokens, "{variables:?}");
        }
    }

    #[test]
    fn what_is_no_server_is_named_and_not_repeated() {
        let cases: [&'static [(&str, &str)]; 4] = [
            &[("GH_HOST", "a b@c")],
            &[("GH_HOST", "http://git.acme.example")],
            &[("GH_HOST", "evil.example\\.ghe.com")],
            &[("GITHUB_API_URL", "made-up")],
        ];
        for variables in cases {
            let name = variables[0].0;
            let wanted = match variables[0].1.starts_with("http://") {
                true => format!("{name} would send the token in clear"),
                false => format!("{name} is no address of a server"),
            };
            assert_eq!(found(variables), Err(wanted));
        }
    }
}
