//! The way to a vault, with a token on it.

use std::sync::{Mutex, PoisonError};

use reqwest::Client;
use reqwest::header::{AUTHORIZATION, WWW_AUTHENTICATE};

use crate::remote::client::{answered, sent, usual};
use crate::remote::line::{Carry, Trouble};
use crate::remote::{Answer, Call};
use crate::{Environment, StoreError};

use super::challenge::Challenge;
use super::login::Login;
use super::place::Place;

pub(super) struct Door {
    client: Client,
    login: Login,
    /// What the vault said last when it turned a token away.
    challenge: Mutex<Option<Challenge>>,
}

impl Door {
    pub(super) fn new(place: &Place, environment: &Environment) -> Result<Self, StoreError> {
        let client = usual()?;
        let login = Login::new(place, environment, client.clone())?;
        Ok(Self { client, login, challenge: Mutex::default() })
    }

    pub(super) fn challenge(&self) -> Option<Challenge> {
        self.challenge.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Carry for Door {
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        let mut call = call.duplicate();
        call.headers.insert(AUTHORIZATION, self.login.bearer().await?);
        let response = sent(&self.client, &call).await?;
        if response.status().as_u16() == 401 {
            self.login.forget();
            let header = response.headers().get(WWW_AUTHENTICATE).and_then(|header| header.to_str().ok());
            *self.challenge.lock().unwrap_or_else(PoisonError::into_inner) = header.and_then(Challenge::of);
        }
        answered(response).await
    }
}
