//! HTTPS as this machine is set up for it: its certificate authorities, its proxies; no redirects.

use std::error::Error;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Body, Certificate, Client, ClientBuilder, Response};
use zeroize::Zeroizing;

use super::call::{Answer, Call};
use super::date;
use super::deadline::CONNECT;
use super::here::{is_in_clear_to_here, nearby};
use super::line::{Carry, Trouble, When};
use super::patience;
use crate::{StoreError, StoreErrorKind};

/// A client with the authorities of this machine, which `SSL_CERT_FILE` and `SSL_CERT_DIR` can replace.
pub(crate) fn usual() -> Result<Client, StoreError> {
    static USUAL: OnceLock<Client> = OnceLock::new();
    if let Some(client) = USUAL.get() {
        return Ok(client.clone());
    }
    let client = built(builder())?;
    Ok(USUAL.get_or_init(|| client).clone())
}

/// A client that trusts the authorities of a file beside those of this machine.
pub(crate) fn trusting(file: &Path) -> Result<Client, StoreError> {
    let pem = keybaton_files::read(file, keybaton_files::Limits::default())?;
    let malformed = || {
        let sentence = format!("{} holds no certificates", file.display());
        StoreError::new(StoreErrorKind::Malformed, sentence).hint("name a file of certificates in PEM format")
    };
    let certificates = Certificate::from_pem_bundle(pem.expose()).map_err(|_| malformed())?;
    if certificates.is_empty() {
        return Err(malformed());
    }
    built(builder().tls_certs_merge(certificates))
}

/// A client for this machine, and for what a cloud tells its machines on their own network: no proxy can reach them.
pub(crate) fn direct() -> Result<Client, StoreError> {
    built(builder().no_proxy())
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("keybaton/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        // A connection that waited longer may be dead, and a write lost in it would be in doubt.
        .pool_idle_timeout(Duration::from_secs(5))
}

fn built(builder: ClientBuilder) -> Result<Client, StoreError> {
    builder.build().map_err(|error| {
        let sentence = format!("cannot prepare a connection: {}", innermost(&error.without_url()));
        StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint("see whether HTTPS_PROXY and SSL_CERT_FILE say what they should")
    })
}

impl Carry for Client {
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        answered(sent(self, call).await?).await
    }
}

/// Sends a call, to this machine in clear without a proxy. What comes back has a head and, yet to be read, a body.
pub(crate) async fn sent(client: &Client, call: &Call) -> Result<Response, Trouble> {
    let client = if is_in_clear_to_here(&call.url) { nearby(client) } else { client };
    let mut request = client.request(call.method.clone(), &call.url).headers(call.headers.clone());
    if let Some(body) = &call.body {
        request = request.body(Body::from(body.to_vec()));
    }
    request.send().await.map_err(trouble)
}

/// Reads the body.
pub(crate) async fn answered(response: Response) -> Result<Answer, Trouble> {
    let (status, date) = (response.status().as_u16(), date::of(response.headers()));
    let wait = patience::asked_for(response.headers(), date.unwrap_or_else(date::here));
    Ok(Answer { status, body: body(response).await?, is_doubtful: false, wait, date })
}

async fn body(mut response: Response) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(trouble)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Trouble { when: When::TooLong, why: "the answer is too long".to_owned() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn trouble(error: reqwest::Error) -> Trouble {
    let error = error.without_url();
    let why = innermost(&error);
    let when = match error.is_connect() {
        _ if error.is_builder() => When::Connecting,
        true if why.contains("certificate") => When::Trusting,
        true => When::Connecting,
        false => When::Sent,
    };
    Trouble { when, why }
}

/// What lies behind an error: the operating system's word, or that of TLS without the address of its manual.
pub(crate) fn innermost(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    let told = error.to_string();
    match told.split_once(": https://docs.rs/") {
        Some((told, _)) => told.to_owned(),
        None => told,
    }
}

/// A Kubernetes Secret can have 1 MiB, and more in base64; nothing else comes near.
pub(crate) const LONGEST_ANSWER: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn the_address_of_a_library_s_manual_is_left_out() {
        let told = |text: &str| innermost(&io::Error::other(text));
        let tls = "peer closed connection without sending TLS close_notify";
        assert_eq!(told(&format!("{tls}: https://docs.rs/rustls/latest/x#unexpected-eof")), tls);
        assert_eq!(told("Connection refused (os error 111)"), "Connection refused (os error 111)");
    }
}
