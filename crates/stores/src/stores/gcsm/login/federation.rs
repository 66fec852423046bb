//! Workload identity federation: who one is elsewhere, exchanged for a token of Google's.

use std::path::Path;

use keybaton_core::SecretText;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::{Value as Json, json};

use crate::remote::Call;
use crate::remote::base64::encode;
use crate::remote::line::Trouble;

use super::credentials::{Impersonation, SCOPE};
use super::inquiry::{Inquiry, is_here, post};
use super::program::Program;
use super::token::Token;
use super::{signing_in, text_of};

pub(super) struct Federation {
    audience: String,
    subject_kind: String,
    subject: Subject,
    server: String,
    /// What the exchange is authorized by, where a workforce has a client of its own.
    client: Option<SecretText>,
    workforce_project: Option<String>,
    target: Option<Impersonation>,
}

/// Where the proof of who one is elsewhere stands.
enum Subject {
    File(String, Shape),
    Url(String, HeaderMap, Shape),
    Program(Program),
}

/// How a proof is written: as it is, or as a member of an object.
struct Shape(Option<String>);

impl Federation {
    /// `None` where something is missing.
    pub(super) fn of(json: &Json) -> Result<Option<Self>, String> {
        let source = &json["credential_source"];
        if !source["environment_id"].is_null() || !source["certificate"].is_null() {
            return Err(
                "names AWS or a certificate as the proof, which only Google's own programs know".to_owned()
            );
        }
        Ok(Self::read(json, source))
    }

    fn read(json: &Json, source: &Json) -> Option<Self> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let (audience, subject_kind) = (text("audience")?, text("subject_token_type")?);
        let target = Impersonation::of(json);
        let subject = match &source["executable"] {
            Json::Null => Subject::of(source)?,
            program => {
                let email = target.as_ref().and_then(Impersonation::email);
                Subject::Program(Program::of(program, &audience, &subject_kind, email)?)
            }
        };
        let client = text("client_id").zip(text("client_secret"));
        Some(Self {
            audience,
            subject_kind,
            subject,
            server: text("token_url")?,
            client: client.map(|(id, secret)| SecretText::new(format!("{id}:{secret}"))),
            workforce_project: text("workforce_pool_user_project"),
            target,
        })
    }

    pub(super) async fn token(&self, inquiry: &Inquiry<'_>) -> Result<Token, Trouble> {
        let subject = self.subject.proof(inquiry).await?;
        let options = json!({ "userProject": self.workforce_project }).to_string();
        let mut form = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("audience", &*self.audience),
            ("scope", SCOPE),
            ("subject_token_type", &*self.subject_kind),
            ("subject_token", subject.expose()),
        ];
        if self.workforce_project.is_some() && self.client.is_none() {
            form.push(("options", &options));
        }
        let token = inquiry.exchanged(self.call(), &form).await?;
        match &self.target {
            Some(target) => target.token(&token, inquiry).await,
            None => Ok(token),
        }
    }

    fn call(&self) -> Call {
        let Some(client) = &self.client else { return post(&self.server) };
        let basic = SecretText::new(format!("Basic {}", encode(client.expose().as_bytes())));
        post(&self.server).secret_header("authorization", basic.expose())
    }
}

impl Subject {
    fn of(source: &Json) -> Option<Self> {
        let shape = Shape::of(&source["format"])?;
        if let Some(file) = source["file"].as_str() {
            return Some(Self::File(file.to_owned(), shape));
        }
        Some(Self::Url(source["url"].as_str()?.to_owned(), headers(&source["headers"])?, shape))
    }

    async fn proof(&self, inquiry: &Inquiry<'_>) -> Result<SecretText, Trouble> {
        let (content, shape) = match self {
            Self::Program(program) => return program.proof(inquiry),
            Self::File(file, shape) => (text_of(Path::new(file))?, shape),
            Self::Url(url, headers, shape) => (fetched(url, headers, inquiry).await?, shape),
        };
        let proof = shape.proof(content);
        proof.ok_or_else(|| signing_in(format!("{} name a proof that is not there", inquiry.whose)))
    }
}

impl Shape {
    fn of(format: &Json) -> Option<Self> {
        match format["type"].as_str() {
            None | Some("text") => Some(Self(None)),
            Some("json") => Some(Self(Some(format["subject_token_field_name"].as_str()?.to_owned()))),
            Some(_) => None,
        }
    }

    fn proof(&self, content: SecretText) -> Option<SecretText> {
        let Some(name) = &self.0 else { return Some(content) };
        let json: Json = serde_json::from_str(content.expose()).ok()?;
        json[name].as_str().map(SecretText::new)
    }
}

async fn fetched(url: &str, headers: &HeaderMap, inquiry: &Inquiry<'_>) -> Result<SecretText, Trouble> {
    if !Url::parse(url).is_ok_and(|url| url.scheme() == "https" || is_nearby(&url)) {
        return Err(signing_in(format!("{} name a server that is asked without TLS", inquiry.whose)));
    }
    let call = Call { headers: headers.clone(), ..Call::new(Method::GET, url) };
    let answer = inquiry.ask(&call).await?;
    Ok(SecretText::new(String::from_utf8_lossy(&answer.body)))
}

/// What other clouds tell their machines, they tell on a network that does not leave them.
fn is_nearby(url: &Url) -> bool {
    let address = url.host_str().unwrap_or_default().parse();
    is_here(url) || address.is_ok_and(|address: std::net::Ipv4Addr| address.is_link_local())
}

fn headers(given: &Json) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in given.as_object().into_iter().flatten() {
        let mut value = HeaderValue::from_str(value.as_str()?).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    }
    Some(headers)
}
