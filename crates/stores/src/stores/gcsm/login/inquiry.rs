//! Questions to the servers that give tokens, over the connections that the store has: no redirects, and an end to every
//! answer and to all waiting.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, Method, Url};
use serde_json::Value as Json;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::Environment;
use crate::remote::client::direct;
use crate::remote::line::{Carry, Trouble, When};
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
        let host = host_of(&call.url);
        let answer = self.carry(call).await.map_err(|trouble| on_the_way(&host, trouble))?;
        match answer.status {
            200..300 => Ok(answer),
            300..400 => Err(unreachable(&host, "answers with another address, which is not followed")),
            status @ (429 | 500..) => Err(unreachable(&host, &format!("is busy (HTTP {status})"))),
            status => Err(signing_in(format!("{} are not accepted (HTTP {status})", self.whose))),
        }
    }

    /// In clear only to the machine's own surroundings, to which no proxy leads.
    pub(super) async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        let is_secure = call.url.starts_with("https://");
        let client = if is_secure { self.client } else { nearby(self.client) };
        let late = || Trouble { when: When::Sent, why: "no answer came in time".to_owned() };
        timeout(PATIENCE, client.carry(call)).await.unwrap_or_else(|_| Err(late()))
    }
}

pub(super) fn post(url: &str) -> Call {
    Call::new(Method::POST, url)
}

/// Nothing was sent to the store itself.
fn on_the_way(host: &str, Trouble { when, why }: Trouble) -> Trouble {
    match when {
        When::Trusting => Trouble { when, why: format!("{host}, {WHO}: {why}") },
        When::Connecting => unreachable(host, &format!("cannot be reached: {why}")),
        When::TooLong => unreachable(host, "answers with more than any token is long"),
        _ => unreachable(host, &format!("does not answer: {why}")),
    }
}

pub(super) fn unreachable(host: &str, what: &str) -> Trouble {
    Trouble { when: When::Connecting, why: format!("{host}, {WHO}, {what}") }
}

pub(super) fn host_of(url: &str) -> String {
    let url = Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "a server".to_owned())
}

pub(super) fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse();
    address.map_or(host == "localhost", |address: IpAddr| address.is_loopback())
}

fn nearby(usual: &Client) -> &Client {
    static DIRECT: OnceLock<Option<Client>> = OnceLock::new();
    DIRECT.get_or_init(|| direct().ok()).as_ref().unwrap_or(usual)
}

fn written(form: &[(&str, &str)]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for (name, value) in form {
        let value = Zeroizing::new(escaped(value));
        let before = if text.is_empty() { "" } else { "&" };
        *text = [&**text, before, name, "=", &value].concat();
    }
    text
}

/// As it stands in messages, behind the name of a server.
const WHO: &str = "which gives the tokens for it";

/// What one waits for a token.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) const HOUR: Duration = Duration::from_secs(3600);
