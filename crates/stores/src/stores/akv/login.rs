//! Who we are to Azure: a token, from the first of the usual places that has credentials.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use azure_core::credentials::AccessToken;
use azure_core::time::OffsetDateTime;
use keybaton_core::SecretText;
use reqwest::Client;
use reqwest::header::HeaderValue;
use tokio::time::{Instant, timeout_at};

use crate::remote::line::{Trouble, When};
use crate::{Environment, StoreError};

use super::place::Place;

mod certificate;
mod refusal;
mod sources;

use refusal::{late, nobody, signing_in, trouble};
use sources::{CHAIN, Sources};

pub(super) struct Login {
    sources: Sources,
    scope: String,
    held: Mutex<Option<Held>>,
}

/// A token, and until when it is good.
struct Held {
    bearer: HeaderValue,
    until: OffsetDateTime,
}

impl Login {
    pub(super) fn new(place: &Place, environment: &Environment, client: Client) -> Result<Self, StoreError> {
        let sources = Sources::new(place, environment, client)?;
        Ok(Self { sources, scope: place.scope(), held: Mutex::default() })
    }

    /// What proves who we are. The first call fetches it.
    pub(super) async fn bearer(&self) -> Result<HeaderValue, Trouble> {
        if let Some(bearer) = self.held() {
            return Ok(bearer);
        }
        let token = self.token(Instant::now() + PATIENCE).await?;
        let text = SecretText::new(format!("Bearer {}", token.token.secret()));
        let mut bearer =
            HeaderValue::from_str(text.expose()).map_err(|_| signing_in("the token is no token"))?;
        bearer.set_sensitive(true);
        let held = Held { bearer: bearer.clone(), until: token.expires_on };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(bearer)
    }

    /// The token was turned away.
    pub(super) fn forget(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn held(&self) -> Option<HeaderValue> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_ref().filter(|held| held.until > OffsetDateTime::now_utc() + MARGIN)?;
        Some(held.bearer.clone())
    }

    /// The first place that has credentials decides. A machine may be there without an identity, and a program without a
    /// log-in: then the next place may have one.
    async fn token(&self, end: Instant) -> Result<AccessToken, Trouble> {
        let mut why_not = None;
        for link in CHAIN {
            if !self.sources.may(link)? {
                continue;
            }
            let Some(credential) = self.sources.credential(link).await? else { continue };
            let outcome = timeout_at(end, credential.get_token(&[&self.scope], None)).await;
            let on_the_way = self.sources.network().trouble();
            let trouble = match outcome {
                Ok(Ok(token)) => return Ok(token),
                Ok(Err(error)) => trouble(link, &error, on_the_way),
                Err(_) => late(link, on_the_way),
            };
            if link.decides() || trouble.when != When::SigningIn {
                return Err(trouble);
            }
            why_not.get_or_insert(trouble);
        }
        Err(why_not.unwrap_or_else(nobody))
    }
}

/// How a user signs in.
pub(super) const SIGN_IN: &str =
    "az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to those of an application";

/// What one waits for a token: `az` alone can take several seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// A token that is about to run out is none.
const MARGIN: Duration = Duration::from_secs(60);
