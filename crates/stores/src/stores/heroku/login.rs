//! Where Heroku's interface is, and who we are to it: what Heroku's own program takes from the environment and leaves at home.

use std::path::PathBuf;

use keybaton_core::SecretText;
use keybaton_files::{FileErrorKind, Limits, read};
use reqwest::Client;

use super::netrc;
use crate::remote::server::{Server, first_of};
use crate::remote::{Call, Line, client};
use crate::{Environment, Settings, StoreError, StoreUrl};

pub(super) struct Login {
    address: String,
    key: Option<SecretText>,
}

pub(super) fn prepare(url: &StoreUrl, settings: &Settings<'_>) -> Result<(Login, Line<Client>), StoreError> {
    let environment = &settings.environment;
    let Server { address, host, .. } = server(environment)?;
    let key = match first_of(environment, &["HEROKU_API_KEY"])? {
        Some((_, key)) => Some(SecretText::new(key)),
        None => at_home(environment, &host)?,
    };
    let line = Line {
        carrier: client::usual()?,
        store: url.to_string(),
        host,
        is_busy: |_| false,
        sign_in: SIGN_IN,
        authority: "SSL_CERT_FILE=/path/to/ca.pem",
    };
    Ok((Login { address, key }, line))
}

/// A whole address, or as Heroku's program has it a domain, where the interface is at `api.`.
fn server(environment: &Environment) -> Result<Server, StoreError> {
    let named = first_of(environment, &["HEROKU_API_URL", "HEROKU_HOST"])?;
    let (name, value) = named.unwrap_or(("HEROKU_API_URL", USUAL.to_owned()));
    let address = if value.contains("://") { value } else { format!("https://api.{value}") };
    Server::named(name, &address, USUAL)
}

fn at_home(environment: &Environment, host: &str) -> Result<Option<SecretText>, StoreError> {
    let Some(home) = environment("HOME").map(PathBuf::from) else { return Ok(None) };
    match read(&home.join(".netrc"), Limits::default()) {
        Ok(content) => {
            let text = String::from_utf8_lossy(content.expose());
            Ok(netrc::password(&text, host).map(SecretText::new))
        }
        Err(error) if error.kind() == FileErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Login {
    /// The call with a key, in the version of the interface that this is written for.
    pub(super) fn sign(&self, call: Call) -> Call {
        let call = call.header("accept", "application/vnd.heroku+json; version=3");
        match &self.key {
            Some(key) => call.secret_header("authorization", &format!("Bearer {}", key.expose())),
            None => call,
        }
    }

    pub(super) fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }
}

pub(super) const SIGN_IN: &str = "set HEROKU_API_KEY to what `heroku authorizations:create` or `heroku auth:token` prints, or run `heroku login`";
const USUAL: &str = "https://api.heroku.com";
