//! What Google takes for a proof of who we are, for an hour or so.

use std::time::{Duration, Instant};

use keybaton_core::SecretText;
use reqwest::header::HeaderValue;

use crate::remote::line::Trouble;

use super::signing_in;

pub(super) struct Token {
    pub(super) bearer: HeaderValue,
    until: Instant,
}

impl Token {
    pub(super) fn new(text: &str, lifetime: Duration) -> Result<Self, Trouble> {
        // No token lives for a day, and no clock goes on for ever.
        let until = Instant::now() + lifetime.min(LONGEST);
        Ok(Self { bearer: bearer(text)?, until })
    }

    /// One that is good until it is turned away.
    pub(super) fn of_unknown_end(bearer: HeaderValue) -> Self {
        Self { bearer, until: Instant::now() + LONGEST }
    }

    /// A token that is about to run out is none.
    pub(super) fn is_good(&self) -> bool {
        self.until > Instant::now() + MARGIN
    }
}

pub(super) fn bearer(token: &str) -> Result<HeaderValue, Trouble> {
    let bearer = SecretText::new(format!("Bearer {}", token.trim()));
    let mut bearer =
        HeaderValue::from_str(bearer.expose()).map_err(|_| signing_in("the token is no token"))?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

const MARGIN: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
