//! How Azure's crate asks for tokens: over our own connections, and through other programs that are logged in.

use std::ffi::OsStr;
use std::io;
use std::process::{Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Request, StatusCode};
use azure_identity::Executor;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method};
use tokio::process::Command;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::StoreError;
use crate::remote::client::direct;
use crate::remote::giver::{self, host_of};
use crate::remote::line::Trouble;
use crate::remote::{Answer, Call};

/// Connections with our certificate authorities, our proxies, no redirects, and an end to every answer.
#[derive(Debug)]
pub(super) struct Network {
    usual: Client,
    direct: Client,
    /// Where a machine of Azure's asks who it is.
    metadata: String,
    trouble: Mutex<Option<Trouble>>,
}

impl Network {
    pub(super) fn new(usual: Client, metadata: Option<String>) -> Result<Self, StoreError> {
        let metadata = metadata.unwrap_or_else(|| METADATA.to_owned());
        Ok(Self { usual, direct: direct()?, metadata, trouble: Mutex::default() })
    }

    /// Whether this is a machine of Azure's, which wants a header there. Elsewhere nobody answers, or another cloud, or a
    /// proxy that cannot reach it.
    pub(super) async fn has_metadata(&self) -> bool {
        let call = Call::new(Method::GET, format!("{}/metadata/identity/oauth2/token", self.metadata));
        matches!(timeout(GLANCE, self.carry(&call)).await, Ok(Ok(answer)) if answer.status == 400)
    }

    /// Why the last question was answered by neither a token nor a refusal, if it was not.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// In clear only to the machine's own surroundings, to which no proxy leads.
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        if call.url.starts_with("https://") {
            giver::asked(&self.usual, call).await
        } else {
            giver::asked(&self.direct, call).await
        }
    }

    fn call(&self, request: &Request) -> Call {
        let url = request.url().as_str();
        let url = url
            .strip_prefix(METADATA)
            .map_or_else(|| url.to_owned(), |rest| format!("{}{rest}", self.metadata));
        let method = Method::from_bytes(request.method().as_str().as_bytes()).unwrap_or_default();
        let mut call = Call::new(method, url);
        for (name, value) in request.headers().iter() {
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            if let (Ok(name), Ok(mut value)) = (name, HeaderValue::from_str(value.as_str())) {
                value.set_sensitive(true);
                call.headers.insert(name, value);
            }
        }
        if let Body::Bytes(bytes) = request.body() {
            call.body = Some(Zeroizing::new(bytes.to_vec()));
        }
        call
    }
}

#[async_trait::async_trait]
impl HttpClient for Network {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let call = self.call(request);
        let outcome = self.carry(&call).await;
        let trouble = giver::trouble(&host_of(&call.url), &outcome);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
        match outcome {
            Ok(answer) => {
                let status = StatusCode::from(answer.status);
                Ok(AsyncRawResponse::from_bytes(status, Headers::default(), answer.body.to_vec()))
            }
            // A kind that the crate takes for final.
            Err(trouble) => Err(Error::with_message(ErrorKind::Other, trouble.why)),
        }
    }
}

/// Runs `az` and `azd`, which can ask nobody anything.
#[derive(Debug)]
pub(super) struct Programs;

#[async_trait::async_trait]
impl Executor for Programs {
    async fn run(&self, program: &OsStr, arguments: &[&OsStr]) -> io::Result<Output> {
        Command::new(program).args(arguments).stdin(Stdio::null()).kill_on_drop(true).output().await
    }
}

/// The address that Azure's crate knows.
const METADATA: &str = "http://169.254.169.254";

/// What it takes on a machine of Azure's is some milliseconds.
const GLANCE: Duration = Duration::from_secs(1);
