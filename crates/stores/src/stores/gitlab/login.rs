//! Which GitLab, and who we are to it: what `glab`, python-gitlab and a job of GitLab have in their environment.

use keybaton_core::SecretText;

use crate::remote::server::{Server, first_of};
use crate::remote::{Call, Line, client};
use crate::{Settings, StoreError, StoreUrl};

pub(super) use reqwest::Client;

pub(super) struct Login {
    address: String,
    token: Option<SecretText>,
}

pub(super) fn prepare(url: &StoreUrl, settings: &Settings<'_>) -> Result<(Login, Line<Client>), StoreError> {
    let environment = &settings.environment;
    let (name, value) = first_of(environment, &HOSTS)?.unwrap_or((HOSTS[0], USUAL.to_owned()));
    // A host alone is enough.
    let value = if value.contains("://") { value } else { format!("https://{value}") };
    let Server { address, host, .. } = Server::named(name, &value, "https://gitlab.example.com")?;
    let token = first_of(environment, &TOKENS)?.map(|(_, token)| SecretText::new(token));
    let line = Line {
        carrier: client::usual()?,
        store: url.to_string(),
        host,
        is_busy: |_| false,
        sign_in: SIGN_IN,
        authority: "SSL_CERT_FILE=/path/to/ca.pem",
    };
    Ok((Login { address, token }, line))
}

impl Login {
    /// The address of a part of the interface.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}/api/v4/{path}", self.address)
    }

    /// The call with a token; without one GitLab says that it wants one.
    pub(super) fn sign(&self, call: Call) -> Call {
        match &self.token {
            // Access tokens of every kind, and those of OAuth.
            Some(token) => call.secret_header("authorization", &format!("Bearer {}", token.expose())),
            None => call,
        }
    }
}

pub(super) const SIGN_IN: &str = "set GITLAB_TOKEN to an access token with the scope api";
const USUAL: &str = "https://gitlab.com";
const HOSTS: [&str; 3] = ["GITLAB_HOST", "GITLAB_URL", "CI_SERVER_URL"];
const TOKENS: [&str; 3] = ["GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN", "GITLAB_PRIVATE_TOKEN"];
