//! The calls with which AWS's crates sign in (STS, SSO, and what a machine or a container is told of itself), over the
//! client that the stores use: with the same authorities and proxies, and without a second set of them.

use std::error::Error;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use tokio::time::timeout;

use crate::remote::Call;
use crate::remote::client::{answered, sent};
use crate::remote::here::nearby;
use crate::remote::line::{Trouble, When};

/// What AWS's crates send their calls with.
pub(super) fn over(client: Client) -> SharedHttpClient {
    let way = Way { usual: client, patience: None };
    http_client_fn(move |settings, _| SharedHttpConnector::new(way.with(settings)))
}

#[derive(Clone, Debug)]
struct Way {
    usual: Client,
    /// Where there is no metadata, nobody answers.
    patience: Option<Duration>,
}

impl Way {
    fn with(&self, settings: &HttpConnectorSettings) -> Self {
        let patience = settings.connect_timeout().zip(settings.read_timeout());
        Self { patience: patience.map(|(connect, read)| connect + read), ..self.clone() }
    }

    async fn take(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let call = call_of(&request).ok_or_else(|| ConnectorError::user("cannot be sent".into()))?;
        let client = if is_nearby(&call.url) { nearby(&self.usual) } else { &self.usual };
        let answer = answer_to(client, &call);
        match self.patience {
            Some(patience) => timeout(patience, answer)
                .await
                .unwrap_or_else(|_| Err(ConnectorError::timeout("no answer came in time".into()))),
            None => answer.await,
        }
    }
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().take(request))
    }
}

async fn answer_to(client: &Client, call: &Call) -> Result<HttpResponse, ConnectorError> {
    let response = sent(client, call).await.map_err(failed)?;
    let headers = response.headers().clone();
    let answer = answered(response).await.map_err(failed)?;
    let status =
        answer.status.try_into().map_err(|_| ConnectorError::other("no such status".into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body.to_vec()));
    for (name, value) in &headers {
        // What is no text says nothing to AWS's crates.
        let Ok(value) = value.to_str() else { continue };
        let _ = response.headers_mut().try_append(name.as_str().to_owned(), value.to_owned());
    }
    Ok(response)
}

fn call_of(request: &HttpRequest) -> Option<Call> {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers() {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(true);
        headers.append(HeaderName::try_from(name).ok()?, value);
    }
    let body = request.body().bytes()?.to_vec();
    let call = Call::new(Method::from_bytes(request.method().as_bytes()).ok()?, request.uri());
    Some(Call { headers, body: Some(body.into()), ..call })
}

fn failed(trouble: Trouble) -> ConnectorError {
    let Trouble { when, why } = trouble;
    match when {
        When::Connecting => ConnectorError::io(why.into()).never_connected(),
        When::Sent | When::SigningIn | When::Nowhere(_) => ConnectorError::io(why.into()),
        When::Trusting | When::TooLong => ConnectorError::other(why.into(), None),
    }
}

/// Whether credentials were to come from a service that could not be reached. Where nothing said that they would, nobody was
/// there to be reached.
pub(super) fn is_out_of_reach(error: &CredentialsError) -> bool {
    let was_to_come =
        matches!(error, CredentialsError::ProviderError(_) | CredentialsError::ProviderTimedOut(_));
    was_to_come && lies_with_the_way(error)
}

fn lies_with_the_way(error: &(dyn Error + 'static)) -> bool {
    let failed: Option<&ConnectorError> = error.downcast_ref();
    failed.is_some_and(|failed| failed.is_io() || failed.is_timeout())
        || error.source().is_some_and(lies_with_the_way)
}

/// Whether this is the machine's own network, where no proxy can reach what is meant. There is no TLS there.
fn is_nearby(url: &str) -> bool {
    let Some(url) = Url::parse(url).ok().filter(|url| url.scheme() == "http") else { return false };
    let host = url.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || METADATA.contains(&address),
        Err(_) => host == "localhost",
    }
}

/// Where AWS's machines, and the pods of its clusters, find who they are.
const METADATA: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_is_told_of_itself_is_asked_without_a_proxy() {
        for url in [
            "http://169.254.169.254/latest/api/token",
            "http://[fd00:ec2::254]/latest/api/token",
            "http://169.254.170.2/v2/credentials",
            "http://127.0.0.1:8080/",
            "http://localhost/",
        ] {
            assert!(is_nearby(url), "{url}");
        }
        for url in [
            "https://sts.eu-west-1.amazonaws.com/",
            "https://127.0.0.1/",
            "http://169.254.example/",
            "http://localhost.example/",
            "http://[fd00:ec2::255]/",
            "",
        ] {
            assert!(!is_nearby(url), "{url}");
        }
    }
}
