//! Questions to the servers that give tokens, over the connections that the store has: no redirects, and an end to every
//! answer and to all waiting.

use std::time::Duration;

use reqwest::{Client, Method, Url};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use crate::Environment;
use crate::remote::giver::{self, host_of};
use crate::remote::here::{self, nearby};
use crate::remote::line::Trouble;
use crate::remote::path::escaped;
use crate::remote::{Answer, Call};

use super::signing_in;
use super::token::Token;

/// On whose behalf servers are asked.
pub(super) struct Inquiry<'a> {
    pub(super) client: &'a Client,
    pub(super) environment: &'a Environment,
    /// Whose credentials they are, for messages.
    pub(super) whose: String,
}

impl Inquiry<'_> {
    /// A token by the rules of OAuth, for what a form says.
    pub(super) async fn exchanged(&self, call: Call, form: &[(&str, &str)]) -> Result<Token, Trouble> {
        let answer = self.send(&call.text(written(form), "application/x-www-form-urlencoded")).await?;
        self.token_in(&answer.json())
    }

    pub(super) fn token_in(&self, answer: &Json) -> Result<Token, Trouble> {
        let Some(text) = answer["access_token"].as_str() else {
            return Err(signing_in(format!("{} were answered without a token", self.whose)));
        };
        let lifetime = answer["expires_in"].as_u64().map_or(HOUR, Duration::from_secs);
        Token::new(text, lifetime)
    }

    /// Sends a call that holds a secret: never in clear, but for this machine.
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, Trouble> {
        let is_safe = |url: &Url| url.scheme() == "https" || is_here(url);
        if Url::parse(&call.url).is_ok_and(|url| is_safe(&url)) {
            return self.ask(call).await;
        }
        Err(signing_in(format!("{} name a server that is asked without TLS", self.whose)))
    }

    /// The answer to a call. What a server said instead is not shown: it may repeat what was sent.
    pub(super) async fn ask(&self, call: &Call) -> Result<Answer, Trouble> {
        let outcome = self.carry(call).await;
        if let Some(trouble) = giver::trouble(&host_of(&call.url), &outcome) {
            return Err(trouble);
        }
        let answer = outcome?;
        match answer.is_success() {
            true => Ok(answer),
            false => Err(signing_in(format!("{} are not accepted (HTTP {})", self.whose, answer.status))),
        }
    }

    /// In clear only to the machine's own surroundings, to which no proxy leads.
    pub(super) async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        let is_secure = call.url.starts_with("https://");
        let client = if is_secure { self.client } else { nearby(self.client) };
        giver::asked(client, call).await
    }
}

pub(super) fn post(url: &str) -> Call {
    Call::new(Method::POST, url)
}

pub(super) fn is_here(url: &Url) -> bool {
    here::is_here(url.host_str().unwrap_or_default())
}

fn written(form: &[(&str, &str)]) -> Zeroizing<String> {
    let pairs = form.iter().map(|(name, value)| format!("{name}={}", *Zeroizing::new(escaped(value))));
    let pairs: Zeroizing<Vec<String>> = Zeroizing::new(pairs.collect());
    Zeroizing::new(pairs.join("&"))
}

pub(super) const HOUR: Duration = Duration::from_secs(3600);
