//! Where Vault is, and who we are to it: what Vault's own program takes from the environment.

use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use keybaton_core::SecretText;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::helper::{self, file_text};
use crate::remote::server::Server;
use crate::remote::variable::variable;
use crate::remote::{Call, Deadline, Line, client};
use crate::{Environment, Settings, StoreError, StoreErrorKind, StoreUrl};

/// An address, and a token once it is needed.
pub(super) struct Login {
    address: String,
    /// Whether a note says so.
    pub(super) is_in_clear: bool,
    namespace: Option<String>,
    environment: Environment,
    token: Mutex<Option<SecretText>>,
}

/// Where a token comes from.
enum Way {
    Token(SecretText),
    /// A login that gives one: the path of its method, and what it wants.
    Method(&'static str, Value),
}

pub(super) fn prepare(url: &StoreUrl, settings: &Settings<'_>) -> Result<(Login, Line<Client>), StoreError> {
    let environment = settings.environment.clone();
    let named = of_either(&environment, "ADDR")?;
    // In clear too: behind its own gates that is how Vault is often set up.
    let Some(server) = Server::of(named.as_deref().unwrap_or(USUAL)) else {
        return Err(StoreError::new(StoreErrorKind::Malformed, "VAULT_ADDR is no address of a server")
            .hint("write for example VAULT_ADDR=https://vault.example.com:8200"));
    };
    let carrier = match of_either(&environment, "CACERT")? {
        Some(file) => client::trusting(Path::new(&file))?,
        None => client::usual()?,
    };
    let line = Line {
        carrier,
        store: url.to_string(),
        host: if named.is_some() { server.host } else { format!("{} (VAULT_ADDR is not set)", server.host) },
        // A standby that has not caught up yet.
        is_busy: |answer| answer.status == 412,
        sign_in: "vault login",
        authority: "VAULT_CACERT=/path/to/ca.pem",
    };
    let namespace = of_either(&environment, "NAMESPACE")?;
    let (address, is_in_clear) = (server.address, server.is_in_clear);
    Ok((Login { address, is_in_clear, namespace, environment, token: Mutex::default() }, line))
}

/// Where Vault's own program looks when nobody says where.
const USUAL: &str = "https://127.0.0.1:8200";

/// A variable of Vault, or of OpenBao, which has the same under another name.
fn of_either(environment: &Environment, name: &str) -> Result<Option<String>, StoreError> {
    let names = ["VAULT", "BAO"].map(|product| format!("{product}_{name}"));
    let value = variable(environment, &names.each_ref().map(String::as_str))?;
    // A line end that a file or a pipeline left behind belongs to nothing here.
    Ok(value.map(|value| value.trim().to_owned()))
}

impl Login {
    /// The address of a part of the interface.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.address)
    }

    /// Has a token at hand where no server is asked for it: a helper may take longer than any server may.
    pub(super) fn make_ready(&self, line: &Line<Client>) -> Result<(), StoreError> {
        let mut held = self.token.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.is_some() {
            return Ok(());
        }
        match self.way()? {
            Some(Way::Token(token)) => *held = Some(token),
            Some(Way::Method(..)) => {}
            None => return Err(self.needed(line)),
        }
        Ok(())
    }

    /// The call with a token. The first one fetches it.
    pub(super) fn sign(
        &self,
        call: Call,
        line: &Line<Client>,
        deadline: Deadline,
    ) -> Result<Call, StoreError> {
        let mut held = self.token.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.is_none() {
            *held = Some(self.fetch(self.way()?, line, deadline)?);
        }
        let token = held.as_ref().map_or("", SecretText::expose);
        Ok(self.within(call).secret_header("x-vault-token", token))
    }

    /// The call with another token than before, and the deadline but for the time that a helper took; `None` where there
    /// is no other.
    pub(super) fn sign_anew(
        &self,
        call: Call,
        line: &Line<Client>,
        deadline: Deadline,
    ) -> Result<Option<(Call, Deadline)>, StoreError> {
        let mut held = self.token.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let former = held.take();
        let began = Instant::now();
        let way = self.way()?;
        let deadline = deadline.later_by(began.elapsed());
        let token = self.fetch(way, line, deadline)?;
        if former.is_some_and(|former| former == token) {
            return Ok(None);
        }
        let signed = self.within(call).secret_header("x-vault-token", token.expose());
        *held = Some(token);
        Ok(Some((signed, deadline)))
    }

    fn within(&self, call: Call) -> Call {
        // Agents can be set up to take no call without it: pages in a browser cannot send it.
        let call = call.header("x-vault-request", "true");
        match &self.namespace {
            Some(namespace) => call.header("x-vault-namespace", namespace),
            None => call,
        }
    }

    fn fetch(
        &self,
        way: Option<Way>,
        line: &Line<Client>,
        deadline: Deadline,
    ) -> Result<SecretText, StoreError> {
        let (method, wanted) = match way {
            Some(Way::Token(token)) => return Ok(token),
            Some(Way::Method(method, wanted)) => (method, wanted),
            None => return Err(self.needed(line)),
        };
        let call = Call::new(Method::POST, self.address(&format!("auth/{method}/login")));
        let call = self.within(call.json(&wanted, "application/json").that_reads());
        let answer = line.ask(&call, deadline)?;
        match answer.json()["auth"]["client_token"].as_str() {
            Some(token) if answer.is_success() => Ok(SecretText::new(token)),
            _ => {
                let sentence = format!("{}: {} refused the log-in by {method}", line.store, line.host);
                Err(StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint(match method {
                    "approle" => "see whether VAULT_ROLE_ID and VAULT_SECRET_ID are still good",
                    _ => "see whether the role in VAULT_KUBERNETES_ROLE is bound to this service account",
                }))
            }
        }
    }

    /// What the environment names, then what Vault's own program left behind.
    fn way(&self) -> Result<Option<Way>, StoreError> {
        if let Some(token) = of_either(&self.environment, "TOKEN")? {
            return Ok(Some(Way::Token(SecretText::new(token))));
        }
        if let Some(role) = of_either(&self.environment, "ROLE_ID")? {
            let secret = of_either(&self.environment, "SECRET_ID")?.unwrap_or_default();
            return Ok(Some(Way::Method("approle", json!({ "role_id": role, "secret_id": secret }))));
        }
        if let Some(role) = of_either(&self.environment, "KUBERNETES_ROLE")? {
            let token = file_text(Path::new(SERVICE_ACCOUNT))?.unwrap_or_default();
            return Ok(Some(Way::Method("kubernetes", json!({ "role": role, "jwt": token }))));
        }
        let token = helper::token(&self.environment, &self.address)?;
        Ok(token.filter(|token| !token.is_empty()).map(|token| Way::Token(SecretText::new(token))))
    }

    pub(super) fn needed(&self, line: &Line<Client>) -> StoreError {
        let sentence = format!("{}: {} knows no valid token of yours", line.store, line.host);
        StoreError::new(StoreErrorKind::SignInNeeded, sentence)
            .hint(format!("log in: VAULT_ADDR={} vault login, or set VAULT_TOKEN", self.address))
    }
}

/// Where a pod finds its own identity.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";
