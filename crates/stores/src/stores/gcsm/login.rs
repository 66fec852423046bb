//! Who we are to Google: what its own programs take from the environment, in their order.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use keybaton_core::SecretText;
use keybaton_files::{FileErrorKind, Limits, read};
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use crate::remote::client::usual;
use crate::remote::line::{Carry, Trouble, When};
use crate::remote::{Answer, Call};
use crate::{Environment, StoreError};

mod credentials;
mod federation;
mod inquiry;
mod machine;
mod program;
mod service_account;
mod token;

use credentials::Credentials;
use inquiry::Inquiry;
use token::Token;

/// The way to Google, with credentials on it. They are looked for with the first call.
pub(super) struct Google {
    client: Client,
    environment: Environment,
    identity: Mutex<Option<Arc<Identity>>>,
    held: Mutex<Option<Token>>,
}

enum Identity {
    /// A token that somebody else fetched.
    Told(HeaderValue),
    /// What a file says, and which.
    File(Box<Credentials>, PathBuf),
    /// That of the machine we run on, if it is one of Google's.
    Machine,
}

impl Google {
    pub(super) fn new(environment: &Environment) -> Result<Self, StoreError> {
        let (client, environment) = (usual()?, environment.clone());
        Ok(Self { client, environment, identity: Mutex::default(), held: Mutex::default() })
    }

    /// What proves who we are.
    async fn headers(&self) -> Result<HeaderMap, Trouble> {
        let identity = self.identity()?;
        let bearer = self.bearer(&identity).await?;
        let mut headers: HeaderMap = [(AUTHORIZATION, bearer)].into_iter().collect();
        let named = self.variable("GOOGLE_CLOUD_QUOTA_PROJECT");
        if let Some(project) = named.as_deref().or_else(|| identity.quota_project()) {
            let project = HeaderValue::from_str(project);
            headers.insert("x-goog-user-project", project.map_err(|_| signing_in(NO_PROJECT))?);
        }
        headers.values_mut().for_each(|value| value.set_sensitive(true));
        Ok(headers)
    }

    async fn bearer(&self, identity: &Identity) -> Result<HeaderValue, Trouble> {
        if let Some(bearer) = self.held() {
            return Ok(bearer);
        }
        let token = identity.token(self).await?;
        let bearer = token.bearer.clone();
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Ok(bearer)
    }

    fn held(&self) -> Option<HeaderValue> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|token| token.is_good()).map(|token| token.bearer.clone())
    }

    /// The token was turned away.
    fn forget(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn identity(&self) -> Result<Arc<Identity>, Trouble> {
        let mut known = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = &*known {
            return Ok(Arc::clone(identity));
        }
        let identity = Arc::new(self.look()?);
        Ok(Arc::clone(known.insert(identity)))
    }

    fn look(&self) -> Result<Identity, Trouble> {
        if let Some(file) = self.variable("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE") {
            return Ok(Identity::Told(token::bearer(text_of(Path::new(&file))?.expose())?));
        }
        if let Some(token) = self.variable("GOOGLE_OAUTH_ACCESS_TOKEN").map(SecretText::new) {
            return Ok(Identity::Told(token::bearer(token.expose())?));
        }
        if let Some(file) = self.variable("GOOGLE_APPLICATION_CREDENTIALS") {
            return of_file(file.into());
        }
        match self.log_in().filter(|file| file.exists()) {
            Some(file) => of_file(file),
            None => Ok(Identity::Machine),
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
        variable(&self.environment, name)
    }
}

impl Carry for Google {
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        let mut call = call.duplicate();
        call.headers.extend(self.headers().await?);
        let answer = self.client.carry(&call).await?;
        if answer.status == 401 {
            self.forget();
        }
        Ok(answer)
    }
}

impl Identity {
    async fn token(&self, google: &Google) -> Result<Token, Trouble> {
        let Google { client, environment, .. } = google;
        match self {
            Self::Told(bearer) => Ok(Token::of_unknown_end(bearer.clone())),
            Self::File(credentials, file) => {
                let whose = format!("the credentials in {}", file.display());
                credentials.token(&Inquiry { client, environment, whose }).await
            }
            Self::Machine => {
                let whose = "the credentials of this machine".to_owned();
                machine::token(&Inquiry { client, environment, whose }).await
            }
        }
    }

    fn quota_project(&self) -> Option<&str> {
        if let Self::File(credentials, _) = self { credentials.quota_project.as_deref() } else { None }
    }
}

fn of_file(file: PathBuf) -> Result<Identity, Trouble> {
    let content = text_of(&file)?;
    let unusable = |what: &str| signing_in(format!("{} {what}", file.display()));
    let json = serde_json::from_str(content.expose()).map_err(|_| unusable("is no JSON"))?;
    let credentials = Credentials::of(&json).map_err(|what| unusable(&what))?;
    Ok(Identity::File(Box::new(credentials), file))
}

fn text_of(file: &Path) -> Result<SecretText, Trouble> {
    let content = read(file, Limits::default()).map_err(|error| match error.kind() {
        FileErrorKind::NotFound => signing_in(format!("there is no file {}", file.display())),
        _ => signing_in(error.to_string()),
    })?;
    Ok(SecretText::new(String::from_utf8_lossy(content.expose())))
}

fn variable(environment: &Environment, name: &str) -> Option<String> {
    environment(name)?.into_string().ok().filter(|value| !value.is_empty())
}

fn signing_in(why: impl Into<String>) -> Trouble {
    Trouble { when: When::SigningIn, why: why.into() }
}

const NO_PROJECT: &str = "the project for quotas has a name that none can have";
