//! Which GitHub, and who we are to it: what `gh` and a workflow find in their environment, or what `gh` keeps.

use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use keybaton_core::SecretText;
use reqwest::Client;

use crate::program::{Failed, printed_by};
use crate::remote::server::{first_of, server};
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
    let Server { address, host, site, tokens } = Server::of(environment)?;
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

struct Server {
    address: String,
    host: String,
    site: String,
    /// Where its token stands: one for github.com is not shown to another server.
    tokens: &'static [&'static str],
}

impl Server {
    /// GitHub's own, the one that `gh` is told of, or the one on which a workflow runs.
    fn of(environment: &Environment) -> Result<Self, StoreError> {
        if let Some((name, value)) = first_of(environment, &["GH_HOST"])? {
            let host = value.trim_start_matches("https://").to_ascii_lowercase();
            let tokens = if is_hosted(&host) { &TOKENS } else { &ENTERPRISE_TOKENS };
            return Self::at(&address_of(&host), tokens).ok_or_else(|| malformed(name, "github.example.com"));
        }
        let named = first_of(environment, &["GITHUB_API_URL"])?;
        let (name, value) = named.unwrap_or_else(|| ("GITHUB_API_URL", USUAL.to_owned()));
        Self::at(&value, &TOKENS).ok_or_else(|| malformed(name, USUAL))
    }

    fn at(address: &str, tokens: &'static [&'static str]) -> Option<Self> {
        let (address, host) = server(address)?;
        let site = host.strip_prefix("api.").unwrap_or(&host).to_owned();
        Some(Self { address, host, site, tokens })
    }
}

/// Whether GitHub itself runs it.
fn is_hosted(host: &str) -> bool {
    host == "github.com" || host.ends_with(".ghe.com")
}

fn address_of(host: &str) -> String {
    if is_hosted(host) { format!("https://api.{host}") } else { format!("https://{host}/api/v3") }
}

fn malformed(name: &str, example: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Malformed, format!("{name} is no address of a server"))
        .hint(format!("leave it out, or write for example {name}={example}"))
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
/// It may unlock a keychain, and has nobody to ask.
const LIMIT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn server_of(variables: &'static [(&str, &str)]) -> Result<(String, String, &'static str), String> {
        let environment: Environment = Arc::new(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        });
        let server = Server::of(&environment).map_err(|error| error.to_string())?;
        Ok((server.address, server.site, server.tokens[0]))
    }

    #[test]
    fn the_server_is_the_one_of_gh_then_the_one_of_the_workflow() {
        for (variables, address, site, token) in [
            (&[][..], USUAL, "github.com", "GH_TOKEN"),
            (&[("GH_HOST", "github.com")], USUAL, "github.com", "GH_TOKEN"),
            (&[("GH_HOST", "Acme.ghe.com\n")], "https://api.acme.ghe.com", "acme.ghe.com", "GH_TOKEN"),
            (
                &[("GH_HOST", "git.acme.example:8443"), ("GITHUB_API_URL", USUAL)],
                "https://git.acme.example:8443/api/v3",
                "git.acme.example:8443",
                "GH_ENTERPRISE_TOKEN",
            ),
            (&[("GITHUB_API_URL", USUAL)], USUAL, "github.com", "GH_TOKEN"),
            (
                &[("GITHUB_API_URL", "https://git.acme.example/api/v3/")],
                "https://git.acme.example/api/v3",
                "git.acme.example",
                "GH_TOKEN",
            ),
        ] {
            let expected = (address.to_owned(), site.to_owned(), token);
            assert_eq!(server_of(variables), Ok(expected), "{variables:?}");
        }
    }

    #[test]
    fn what_is_no_server_is_named_and_not_repeated() {
        let cases: [&'static [(&str, &str)]; 2] = [&[("GH_HOST", "a b@c")], &[("GITHUB_API_URL", "made-up")]];
        for variables in cases {
            let name = variables[0].0;
            assert_eq!(server_of(variables), Err(format!("{name} is no address of a server")));
        }
    }
}
