//! The connection to a cluster.

use std::time::{Duration, SystemTime};

use http::header::{HeaderValue, USER_AGENT};
use http::uri::Authority;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_util::client::legacy;
use kube_client::client::{AuthError, Body};
use kube_client::{Client, Error};
use zeroize::Zeroizing;

use super::place::Place;
use super::{config, plugin};
use crate::remote::client::{LONGEST_ANSWER, innermost};
use crate::remote::deadline::CONNECT;
use crate::remote::line::{Carry, Trouble, When};
use crate::remote::runtime::within;
use crate::remote::{Answer, Call, Line};
use crate::{Environment, StoreError, StoreErrorKind};

/// A cluster, and who we are to it.
pub(super) struct Cluster {
    pub(super) line: Line<Connection>,
    end: Option<SystemTime>,
}

impl Cluster {
    /// What a plugin gives may run out.
    pub(super) fn is_valid(&self) -> bool {
        self.end.is_none_or(|end| SystemTime::now() + MARGIN < end)
    }
}

/// Finds the cluster and signs in, with a plugin where the kubeconfig names one.
pub(super) fn connect(place: &Place, environment: &Environment) -> Result<Cluster, StoreError> {
    let mut config = config::find(place, environment)?;
    config.connect_timeout = Some(CONNECT);
    // A write must not be sent twice behind our back.
    config.default_retry = false;
    config.headers.push((USER_AGENT, HeaderValue::from_static(US)));
    let host = config.cluster_url.authority().map_or("the cluster", Authority::as_str).to_owned();
    let end = plugin::sign_in(&mut config.auth_info).map_err(|why| not_signed_in(&why, place))?;
    let client = within(|| Client::try_from(config))?.map_err(|error| unusable(&error, place))?;
    let line = Line {
        carrier: Connection(client),
        store: place.store.clone(),
        host,
        is_busy: |_| false,
        sign_in: "sign in as for kubectl",
        authority: "certificate-authority in your kubeconfig",
    };
    Ok(Cluster { line, end })
}

fn not_signed_in(why: &str, place: &Place) -> StoreError {
    let can_i = place.kubectl(&format!("auth can-i get secret/{}", place.name));
    let sentence = format!("{}: cannot sign in to the cluster: {why}", place.store);
    StoreError::new(StoreErrorKind::SignInNeeded, sentence)
        .hint(format!("sign in as for kubectl, until `{can_i}` says yes"))
}

/// Nothing was sent yet: what we are to show the cluster is missing or broken.
fn unusable(error: &Error, place: &Place) -> StoreError {
    let (what, hint) = match error {
        Error::Auth(error) => return not_signed_in(&why(error), place),
        // Its address may hold a password.
        Error::ProxyProtocolUnsupported { .. } => (
            "the way to the cluster leads through a proxy of an unknown kind",
            "write http://, https:// or socks5://",
        ),
        _ => {
            let hint = "`kubectl config view` shows where they come from";
            ("the certificates in your kubeconfig cannot be used", hint)
        }
    };
    StoreError::new(StoreErrorKind::Malformed, format!("{}: {what}", place.store)).hint(hint)
}

/// Why nobody vouches for us. The library's own words may quote what somebody printed.
fn why(error: &AuthError) -> String {
    match error {
        AuthError::ReadTokenFile(error, path) => format!("cannot read {}: {error}", path.display()),
        _ => "the credentials in your kubeconfig cannot be used".to_owned(),
    }
}

/// A client that shows who we are with each call.
pub(super) struct Connection(Client);

impl Carry for Connection {
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        let mut request = http::Request::builder().method(call.method.clone()).uri(&call.url);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let body = call.body.as_ref().map(|body| body.to_vec()).unwrap_or_default();
        let request = request
            .body(Body::from(body))
            .map_err(|error| Trouble { when: When::Connecting, why: error.to_string() })?;
        let response = self.0.send(request).await.map_err(|error| trouble(&error))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await.map_err(|error| {
            let when = if error.is::<LengthLimitError>() { When::TooLong } else { When::Sent };
            Trouble { when, why: innermost(&*error) }
        })?;
        Ok(Answer {
            status,
            body: Zeroizing::new(body.to_bytes().to_vec()),
            is_doubtful: false,
            wait: None,
            date: None,
        })
    }
}

fn trouble(error: &Error) -> Trouble {
    let why_network = innermost(error);
    let mut cause = Some(error as &(dyn std::error::Error + 'static));
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<AuthError>() {
            return Trouble { when: When::SigningIn, why: why(error) };
        }
        if error.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect) {
            let is_trust = why_network.contains("certificate");
            let when = if is_trust { When::Trusting } else { When::Connecting };
            return Trouble { when, why: why_network };
        }
        cause = error.source();
    }
    Trouble { when: When::Sent, why: why_network }
}

const US: &str = concat!("keybaton/", env!("CARGO_PKG_VERSION"));

/// A credential is not used so short before its end.
const MARGIN: Duration = Duration::from_secs(60);
