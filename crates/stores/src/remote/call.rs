//! One question to a server, and what came of it.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use zeroize::Zeroizing;

/// What it means to send a call a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It changes nothing.
    Reads,
    /// It changes something, and nothing more the second time.
    Repeats,
    /// It changes something: where the answer is lost, it may have been done.
    Writes,
    /// It changes something, and may undo what others do meanwhile the second time.
    Once,
}

impl Effect {
    /// Whether it is sent again where no answer came.
    pub(super) fn may_be_lost(self) -> bool {
        matches!(self, Self::Reads | Self::Repeats)
    }

    pub(super) fn changes(self) -> bool {
        self != Self::Reads
    }
}

/// One question to a server.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
    pub(crate) effect: Effect,
    /// A header whose value cannot be sent: without it the call would mean something else.
    pub(crate) unsendable: Option<&'static str>,
}

impl Call {
    pub(crate) fn new(method: Method, url: impl Into<String>) -> Self {
        let effect = if method == Method::GET { Effect::Reads } else { Effect::Writes };
        Self { method, url: url.into(), headers: HeaderMap::new(), body: None, effect, unsendable: None }
    }

    /// The same call, to be signed or sent once more.
    pub(crate) fn duplicate(&self) -> Self {
        let (method, url, headers, body) =
            (self.method.clone(), self.url.clone(), self.headers.clone(), self.body.clone());
        Self { method, url, headers, body, effect: self.effect, unsendable: self.unsendable }
    }

    /// For calls that send something and change nothing.
    pub(crate) fn that_reads(self) -> Self {
        Self { effect: Effect::Reads, ..self }
    }

    /// A header that anybody may see.
    pub(crate) fn header(self, name: &'static str, value: &str) -> Self {
        self.with(name, HeaderValue::from_str(value).ok())
    }

    /// A header that must never be shown.
    pub(crate) fn secret_header(self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        });
        self.with(name, value)
    }

    fn with(mut self, name: &'static str, value: Option<HeaderValue>) -> Self {
        match value {
            Some(value) => drop(self.headers.insert(HeaderName::from_static(name), value)),
            None => self.unsendable = Some(name),
        }
        self
    }

    pub(crate) fn json(self, body: &Value, content_type: &str) -> Self {
        self.text(Zeroizing::new(body.to_string()), content_type)
    }

    pub(crate) fn text(self, mut body: Zeroizing<String>, content_type: &str) -> Self {
        let bytes = Zeroizing::new(std::mem::take(&mut *body).into_bytes());
        Self { body: Some(bytes), ..self }.header("content-type", content_type)
    }
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// Whether an earlier attempt at the same write may have been done, though its answer was lost.
    pub(crate) is_doubtful: bool,
    /// How long the server wants to be left alone.
    pub(crate) wait: Option<Duration>,
    /// When the server says that it answered, in seconds since 1970.
    pub(crate) date: Option<u64>,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// When it was answered, by the server's clock where that is known.
    pub(crate) fn at(&self) -> u64 {
        self.date.unwrap_or_else(super::date::here)
    }

    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
