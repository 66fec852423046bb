//! Who we are to Google: what its own programs take from the environment, in their order.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use google_cloud_auth::credentials::{
    CacheableResource, Credentials, external_account, impersonated, mds, service_account, user_account,
};
use keybaton_core::SecretText;
use keybaton_files::{FileErrorKind, Limits, read};
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value as Json;
use tokio::time::timeout;

use crate::remote::client::{innermost, usual};
use crate::remote::line::{Carry, Trouble, When};
use crate::remote::{Answer, Call};
use crate::{Environment, StoreError};

/// The way to Google, with credentials on it. They are looked for with the first call.
pub(super) struct Google {
    client: Client,
    environment: Environment,
    identity: Mutex<Option<Identity>>,
}

#[derive(Clone)]
enum Identity {
    /// A token that somebody else fetched.
    Token(HeaderValue),
    /// What a file says, and which.
    File(Credentials, PathBuf),
    /// That of the machine we run on, if it is one of Google's.
    Machine(Credentials),
}

impl Google {
    pub(super) fn new(environment: &Environment) -> Result<Self, StoreError> {
        Ok(Self { client: usual()?, environment: environment.clone(), identity: Mutex::default() })
    }

    /// What proves who we are. Google's crate keeps tokens and renews them.
    async fn headers(&self) -> Result<HeaderMap, Trouble> {
        let identity = self.identity()?;
        let mut headers = match &identity {
            Identity::Token(bearer) => [(AUTHORIZATION, bearer.clone())].into_iter().collect(),
            Identity::File(credentials, _) | Identity::Machine(credentials) => {
                let fetched = timeout(PATIENCE, credentials.headers(Default::default())).await;
                match fetched.map_err(|_| signing_in("no token came in time"))? {
                    Ok(CacheableResource::New { data, .. }) => data,
                    Ok(CacheableResource::NotModified) => HeaderMap::new(),
                    Err(error) => return Err(identity.trouble(&error)),
                }
            }
        };
        if let Some(project) = self.variable("GOOGLE_CLOUD_QUOTA_PROJECT").and_then(|name| name.parse().ok())
        {
            headers.insert("x-goog-user-project", project);
        }
        headers.values_mut().for_each(|value| value.set_sensitive(true));
        Ok(headers)
    }

    /// Must run where Google's crate can start its renewals.
    fn identity(&self) -> Result<Identity, Trouble> {
        let mut known = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = &*known {
            return Ok(identity.clone());
        }
        let identity = self.look()?;
        Ok(known.insert(identity).clone())
    }

    fn look(&self) -> Result<Identity, Trouble> {
        if let Some(file) = self.variable("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE") {
            return bearer(text_of(Path::new(&file))?.expose());
        }
        if let Some(token) = self.variable("GOOGLE_OAUTH_ACCESS_TOKEN").map(SecretText::new) {
            return bearer(token.expose());
        }
        if let Some(file) = self.variable("GOOGLE_APPLICATION_CREDENTIALS") {
            return of_file(file.into());
        }
        match self.log_in().filter(|file| file.exists()) {
            Some(file) => of_file(file),
            None => mds::Builder::default().build().map(Identity::Machine).map_err(|_| nobody()),
        }
    }

    /// What `gcloud auth application-default login` leaves.
    fn log_in(&self) -> Option<PathBuf> {
        let folder = self.variable("CLOUDSDK_CONFIG").map(PathBuf::from);
        let folder = folder.or_else(|| match cfg!(windows) {
            true => Some(PathBuf::from(self.variable("APPDATA")?).join("gcloud")),
            false => Some(PathBuf::from(self.variable("HOME")?).join(".config/gcloud")),
        });
        Some(folder?.join("application_default_credentials.json"))
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name)?.into_string().ok().filter(|value| !value.is_empty())
    }
}

impl Carry for Google {
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        let mut call = call.duplicate();
        call.headers.extend(self.headers().await?);
        self.client.carry(&call).await
    }
}

impl Identity {
    /// Why there is no token. What the server said of it is not shown: it may repeat what was sent.
    fn trouble(&self, error: &google_cloud_auth::errors::CredentialsError) -> Trouble {
        let Self::File(_, file) = self else { return nobody() };
        match status_in(error) {
            Some(status) if !error.is_transient() => {
                signing_in(format!("the credentials in {} are not accepted (HTTP {status})", file.display()))
            }
            Some(status) => unreachable(format!("the server that gives tokens is busy (HTTP {status})")),
            None if error.is_transient() => {
                unreachable(format!("the server that gives tokens does not answer: {}", innermost(error)))
            }
            None => signing_in(format!("the credentials in {} cannot be used", file.display())),
        }
    }
}

fn status_in(error: &(dyn Error + 'static)) -> Option<u16> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(status) = error.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::status) {
            return Some(status.as_u16());
        }
        cause = error.source();
    }
    None
}

fn bearer(token: &str) -> Result<Identity, Trouble> {
    let bearer = SecretText::new(format!("Bearer {}", token.trim()));
    HeaderValue::from_str(bearer.expose())
        .map(Identity::Token)
        .map_err(|_| signing_in("the token is no token"))
}

fn of_file(file: PathBuf) -> Result<Identity, Trouble> {
    let content = text_of(&file)?;
    let unusable = |what: &str| signing_in(format!("{} {what}", file.display()));
    let json: Json = serde_json::from_str(content.expose()).map_err(|_| unusable("is no JSON"))?;
    let built = match json["type"].as_str() {
        Some("authorized_user") => user_account::Builder::new(json).build(),
        Some("service_account") => service_account::Builder::new(json).build(),
        Some("external_account") => external_account::Builder::new(json).build(),
        Some("impersonated_service_account") => impersonated::Builder::new(json).build(),
        _ => return Err(unusable("holds no credentials of a known type")),
    };
    // Its own words may repeat a part of the file.
    let credentials = built.map_err(|_| unusable("lacks something that credentials of its type have"))?;
    Ok(Identity::File(credentials, file))
}

fn text_of(file: &Path) -> Result<SecretText, Trouble> {
    let content = read(file, Limits::default()).map_err(|error| match error.kind() {
        FileErrorKind::NotFound => signing_in(format!("there is no file {}", file.display())),
        _ => signing_in(error.to_string()),
    })?;
    Ok(SecretText::new(String::from_utf8_lossy(content.expose())))
}

fn nobody() -> Trouble {
    signing_in("there are no credentials here, and this is no machine of Google's")
}

fn signing_in(why: impl Into<String>) -> Trouble {
    Trouble { when: When::SigningIn, why: why.into() }
}

fn unreachable(why: String) -> Trouble {
    Trouble { when: When::Connecting, why }
}

/// What one waits for a token: elsewhere than at Google nobody may answer at all.
const PATIENCE: Duration = Duration::from_secs(10);
