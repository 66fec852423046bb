//! What a server that gives tokens does instead: nothing was sent to the store itself then, and nobody has to sign in.

use std::time::Duration;

use reqwest::{Client, Url};
use tokio::time::timeout;

use super::line::{Carry, Trouble, When};
use super::{Answer, Call};

/// Asks such a server, for no longer than somebody waits for a token.
pub(crate) async fn asked(client: &Client, call: &Call) -> Result<Answer, Trouble> {
    let late = || Trouble { when: When::Sent, why: "no answer came in time".to_owned() };
    timeout(PATIENCE, client.carry(call)).await.unwrap_or_else(|_| Err(late()))
}

/// Why there is neither a token nor a refusal; `None` where there is one of them.
pub(crate) fn trouble(host: &str, outcome: &Result<Answer, Trouble>) -> Option<Trouble> {
    match outcome {
        Err(trouble) => Some(on_the_way(host, trouble)),
        Ok(answer) => match answer.status {
            300..400 => Some(unreachable(host, "answers with another address, which is not followed")),
            status @ (429 | 500..) => Some(unreachable(host, &format!("is busy (HTTP {status})"))),
            _ => None,
        },
    }
}

fn on_the_way(host: &str, Trouble { when, why }: &Trouble) -> Trouble {
    match when {
        When::Trusting => Trouble { when: *when, why: format!("{host}, {WHO}: {why}") },
        When::Connecting => unreachable(host, &format!("cannot be reached: {why}")),
        When::TooLong => unreachable(host, "answers with more than any token is long"),
        _ => unreachable(host, &format!("does not answer: {why}")),
    }
}

fn unreachable(host: &str, what: &str) -> Trouble {
    Trouble { when: When::Connecting, why: format!("{host}, {WHO}, {what}") }
}

pub(crate) fn host_of(url: &str) -> String {
    let url = Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "a server".to_owned())
}

/// As it stands in messages, behind the name of a server.
const WHO: &str = "which gives the tokens for it";

/// What one waits for a token.
const PATIENCE: Duration = Duration::from_secs(10);
