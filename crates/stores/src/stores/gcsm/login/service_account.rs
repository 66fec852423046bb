//! A service account's key: what it signs is a token already, and no server has to give one.

use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::SigningKey;
use serde_json::{Value as Json, json};

use crate::remote::date;
use crate::remote::jwt::signed;
use crate::remote::line::Trouble;

use super::credentials::SCOPE;
use super::inquiry::HOUR;
use super::signing_in;
use super::token::Token;

pub(super) struct ServiceAccount {
    key: Arc<dyn SigningKey>,
    key_id: String,
    email: String,
}

impl ServiceAccount {
    /// `None` where something is missing, or the key is none.
    pub(super) fn of(json: &Json) -> Option<Self> {
        let text = |name: &str| json[name].as_str();
        let key = PrivateKeyDer::from_pem_slice(text("private_key")?.as_bytes()).ok()?;
        let key = any_supported_type(&key).ok()?;
        key.choose_scheme(&[SCHEME])?;
        Some(Self {
            key,
            key_id: text("private_key_id")?.to_owned(),
            email: text("client_email")?.to_owned(),
        })
    }

    pub(super) fn token(&self) -> Result<Token, Trouble> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let token = signed(&*self.key, SCHEME, &header, &self.claims(date::here()));
        let token = token.map_err(|_| signing_in(format!("the key of {} cannot sign", self.email)))?;
        Token::new(&token, HOUR)
    }

    fn claims(&self, now: u64) -> Json {
        let since = now.saturating_sub(SKEW);
        let until = since + HOUR.as_secs();
        json!({ "iss": self.email, "sub": self.email, "scope": SCOPE, "iat": since, "exp": until })
    }
}

const SCHEME: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA256;

/// Seconds by which this machine's clock may be ahead: what will be signed is not accepted.
const SKEW: u64 = 10;
