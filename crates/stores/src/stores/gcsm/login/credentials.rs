//! The kinds of files with credentials that Google's own programs leave and read.

use keybaton_core::SecretText;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value as Json, json};

use crate::remote::line::Trouble;

use super::federation::Federation;
use super::inquiry::{HOUR, Inquiry, post};
use super::service_account::ServiceAccount;
use super::signing_in;
use super::token::Token;

pub(super) struct Credentials {
    kind: Kind,
    /// The service account that they act for.
    target: Option<Impersonation>,
    pub(super) quota_project: Option<String>,
}

enum Kind {
    Person(Person),
    Account(ServiceAccount),
    Federated(Box<Federation>),
}

/// Somebody who logged in.
struct Person {
    id: String,
    secret: SecretText,
    refresh_token: SecretText,
    server: String,
}

/// The call that gives the token of a service account to those who may act for it.
pub(super) struct Impersonation {
    url: String,
    delegates: Vec<Json>,
}

impl Credentials {
    /// What a file holds; or what is wrong with it, in words that repeat nothing of it.
    pub(super) fn of(json: &Json) -> Result<Self, String> {
        let quota_project = json["quota_project_id"].as_str().map(str::to_owned);
        if json["type"] != "impersonated_service_account" {
            return Ok(Self { kind: Kind::of(json)?, target: None, quota_project });
        }
        // One who acts for another is no source: Google has a list of delegates for that.
        let kind = Kind::of(&json["source_credentials"])?;
        Ok(Self { kind, target: Some(Impersonation::of(json).ok_or_else(lacking)?), quota_project })
    }

    pub(super) async fn token(&self, inquiry: &Inquiry<'_>) -> Result<Token, Trouble> {
        let token = match &self.kind {
            Kind::Person(person) => person.token(inquiry).await?,
            Kind::Account(account) => account.token()?,
            Kind::Federated(federation) => federation.token(inquiry).await?,
        };
        match &self.target {
            Some(target) => target.token(&token, inquiry).await,
            None => Ok(token),
        }
    }
}

impl Kind {
    fn of(json: &Json) -> Result<Self, String> {
        let found = match json["type"].as_str() {
            Some("authorized_user") => Person::of(json).map(Self::Person),
            Some("service_account") => ServiceAccount::of(json).map(Self::Account),
            Some("external_account") => Federation::of(json)?.map(Box::new).map(Self::Federated),
            _ => return Err("holds no credentials of a known type".to_owned()),
        };
        found.ok_or_else(lacking)
    }
}

impl Person {
    fn of(json: &Json) -> Option<Self> {
        let text = |name: &str| json[name].as_str();
        Some(Self {
            id: text("client_id")?.to_owned(),
            secret: SecretText::new(text("client_secret")?),
            refresh_token: SecretText::new(text("refresh_token")?),
            server: text("token_uri").unwrap_or(GOOGLE).to_owned(),
        })
    }

    async fn token(&self, inquiry: &Inquiry<'_>) -> Result<Token, Trouble> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &*self.id),
            ("client_secret", self.secret.expose()),
            ("refresh_token", self.refresh_token.expose()),
        ];
        inquiry.exchanged(post(&self.server), &form).await
    }
}

impl Impersonation {
    /// What a file says of it; `None` where it says nothing.
    pub(super) fn of(json: &Json) -> Option<Self> {
        let url = json["service_account_impersonation_url"].as_str()?.to_owned();
        Some(Self { url, delegates: json["delegates"].as_array().cloned().unwrap_or_default() })
    }

    /// The account, as its address names it.
    pub(super) fn email(&self) -> Option<&str> {
        self.url.rsplit_once("/serviceAccounts/")?.1.strip_suffix(":generateAccessToken")
    }

    pub(super) async fn token(&self, ours: &Token, inquiry: &Inquiry<'_>) -> Result<Token, Trouble> {
        let lifetime = format!("{}s", HOUR.as_secs());
        let wanted = json!({ "scope": [SCOPE], "lifetime": lifetime, "delegates": self.delegates });
        let mut call = post(&self.url).json(&wanted, "application/json");
        call.headers.insert(AUTHORIZATION, ours.bearer.clone());
        let answer = inquiry.send(&call).await?.json();
        match answer["accessToken"].as_str() {
            Some(token) => Token::new(token, HOUR),
            None => Err(signing_in(format!("{} were answered without a token", inquiry.whose))),
        }
    }
}

fn lacking() -> String {
    "lacks something that credentials of its type have".to_owned()
}

/// Where Google itself gives tokens.
const GOOGLE: &str = "https://oauth2.googleapis.com/token";

/// What tokens are asked for: Google's roles say the rest.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
