//! An application that proves itself by a certificate: Azure's crate does that with OpenSSL alone, which is not in our tree.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use azure_core::error::{Error, ErrorKind};
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use data_encoding::BASE64URL_NOPAD;
use keybaton_files::{Limits, read};
use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::remote::jwt::signed;
use crate::remote::line::Trouble;

use super::refusal::signing_in;

/// A key, and what it proves for whom.
pub(super) struct Certificate {
    key: Arc<dyn SigningKey>,
    /// Which of the application's certificates it is.
    fingerprint: [u8; 32],
    application: String,
    /// Who is to believe it.
    audience: String,
}

impl Certificate {
    /// Reads a file in PEM format that has the certificate and its key.
    pub(super) fn of(file: &Path, application: String, audience: String) -> Result<Self, Trouble> {
        let content = read(file, Limits::default()).map_err(|error| signing_in(error.to_string()))?;
        let unusable = |what: &str| signing_in(format!("{} {what}", file.display()));
        let certificate = CertificateDer::from_pem_slice(content.expose())
            .map_err(|_| unusable("holds no certificate in PEM format"))?;
        let key = PrivateKeyDer::from_pem_slice(content.expose())
            .map_err(|_| unusable("holds no key without a password in PEM format"))?;
        let key = any_supported_type(&key).map_err(|_| unusable("holds a key of another kind than RSA"))?;
        if key.choose_scheme(&[SCHEME]).is_none() {
            return Err(unusable("holds a key of another kind than RSA"));
        }
        Ok(Self { key, fingerprint: Sha256::digest(&certificate).into(), application, audience })
    }

    /// What is signed: that the application asks this audience, once and soon.
    fn claims(&self, now: u64, id: &[u8]) -> Json {
        json!({
            "aud": self.audience, "iss": self.application, "sub": self.application,
            "jti": BASE64URL_NOPAD.encode(id), "iat": now, "nbf": now, "exp": now + LIFETIME,
        })
    }

    fn sign(&self, claims: &Json) -> Result<String, rustls::Error> {
        let fingerprint = BASE64URL_NOPAD.encode(&self.fingerprint);
        let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": fingerprint });
        signed(&*self.key, SCHEME, &header, claims)
    }
}

#[async_trait::async_trait]
impl ClientAssertion for Certificate {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let failed = |why: String| Error::with_message(ErrorKind::Credential, why);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|error| failed(error.to_string()))?;
        self.sign(&self.claims(now, &id)).map_err(|error| failed(error.to_string()))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.application)
    }
}

const SCHEME: SignatureScheme = SignatureScheme::RSA_PSS_SHA256;

/// Seconds: more than clocks differ, and no more than it takes.
const LIFETIME: u64 = 600;
