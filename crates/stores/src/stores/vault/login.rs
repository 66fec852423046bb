//! Where Vault is, and who we are to it: what Vault's own program takes from the environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use keybaton_core::SecretText;
use keybaton_files::{FileErrorKind, Limits, read};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::remote::{Call, Deadline, Line, client};
use crate::{Environment, Settings, StoreError, StoreErrorKind, StoreUrl};

/// An address, and a token once it is needed.
pub(super) struct Login {
    address: String,
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
    let address = of_either(&environment, "ADDR")?.unwrap_or_else(|| "https://127.0.0.1:8200".to_owned());
    let address = address.trim_end_matches('/').to_owned();
    let host = address.split_once("://").map(|(_, host)| host.to_owned());
    let Some(host) = host.filter(|host| address.starts_with("http") && !host.contains(['@', '/', '?']))
    else {
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
        host,
        is_busy: |_| false,
        sign_in: "vault login",
        authority: "VAULT_CACERT=/path/to/ca.pem",
    };
    let namespace = of_either(&environment, "NAMESPACE")?;
    Ok((Login { address, namespace, environment, token: Mutex::default() }, line))
}

/// A variable of Vault, or of OpenBao, which has the same under another name.
fn of_either(environment: &Environment, name: &str) -> Result<Option<String>, StoreError> {
    for product in ["VAULT", "BAO"] {
        let name = format!("{product}_{name}");
        if let Some(value) = environment(&name).filter(|value| !value.is_empty()) {
            return text(value, &name).map(Some);
        }
    }
    Ok(None)
}

fn text(value: OsString, name: &str) -> Result<String, StoreError> {
    value.into_string().map_err(|_| {
        StoreError::new(StoreErrorKind::Malformed, format!("the variable {name} is not UTF-8 text"))
    })
}

impl Login {
    /// The address of a part of the interface.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.address)
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
            *held = Some(self.fetch(line, deadline)?);
        }
        let token = held.as_ref().map_or("", SecretText::expose);
        Ok(self.within(call).secret_header("x-vault-token", token))
    }

    fn within(&self, call: Call) -> Call {
        // Agents can be set up to take no call without it: pages in a browser cannot send it.
        let call = call.header("x-vault-request", "true");
        match &self.namespace {
            Some(namespace) => call.header("x-vault-namespace", namespace),
            None => call,
        }
    }

    fn fetch(&self, line: &Line<Client>, deadline: Deadline) -> Result<SecretText, StoreError> {
        let (method, wanted) = match self.way()? {
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
        let Some(home) = (self.environment)("HOME").map(PathBuf::from) else { return Ok(None) };
        let token = match helper(&home)? {
            Some(program) => helped(&program)?,
            None => file_text(&home.join(".vault-token"))?,
        };
        Ok(token.filter(|token| !token.is_empty()).map(|token| Way::Token(SecretText::new(token))))
    }

    pub(super) fn needed(&self, line: &Line<Client>) -> StoreError {
        let sentence = format!("{}: {} knows no valid token of yours", line.store, line.host);
        StoreError::new(StoreErrorKind::SignInNeeded, sentence)
            .hint(format!("log in: VAULT_ADDR={} vault login, or set VAULT_TOKEN", self.address))
    }
}

/// The program that keeps tokens, where `~/.vault` names one.
fn helper(home: &Path) -> Result<Option<String>, StoreError> {
    let Some(configuration) = file_text(&home.join(".vault"))? else { return Ok(None) };
    let lines = configuration.lines().filter_map(|line| line.trim().split_once('='));
    let mut named = lines.filter(|(name, _)| name.trim() == "token_helper").map(|(_, program)| program);
    Ok(named.next_back().map(|program| program.trim().trim_matches('"').to_owned()))
}

/// Asks that program, as Vault's own does.
fn helped(program: &str) -> Result<Option<String>, StoreError> {
    let failed = |why: String| {
        StoreError::new(
            StoreErrorKind::SignInNeeded,
            format!("the token helper {program} gave no token: {why}"),
        )
        .hint("run `vault login`, or set VAULT_TOKEN")
    };
    let asked = Command::new(program).arg("get").stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = asked.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    let token = String::from_utf8(output.stdout).map_err(|_| failed("it is not text".to_owned()))?;
    Ok(Some(token.trim().to_owned()))
}

fn file_text(path: &Path) -> Result<Option<String>, StoreError> {
    match read(path, Limits::default()) {
        Ok(content) => Ok(Some(String::from_utf8_lossy(content.expose()).trim().to_owned())),
        Err(error) if error.kind() == FileErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Where a pod finds its own identity.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";
