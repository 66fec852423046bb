//! A kubeconfig's plugin: a program that signs in and prints a credential.
//!
//! The client library would run it three times for one connection, quote what it printed in its errors, and hand it our
//! input, in which a key may come.

use std::io::{IsTerminal, stdin};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use k8s_openapi::jiff::Timestamp;
use kube_client::config::{AuthInfo, ExecConfig, ExecInteractiveMode, Kubeconfig};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::program::{Failed, printed_by};

/// Signs in with the plugin, if there is one. What it gave takes its place; until when it is good, if that has an end.
pub(super) fn sign_in(who: &mut AuthInfo) -> Result<Option<SystemTime>, String> {
    // What stands in the kubeconfig itself comes first.
    let Some(plugin) = who.exec.take().filter(|_| who.token.is_none() && who.token_file.is_none()) else {
        return Ok(None);
    };
    let command = plugin.command.as_deref().ok_or("your kubeconfig names a plugin without a command")?;
    let printed = run(&plugin, command)?;
    let status = status_in(&printed);
    take(&status, who).ok_or_else(|| format!("what the plugin {command} printed is no credential"))?;
    let end = status["expirationTimestamp"].as_str();
    Ok(end.and_then(|end| end.parse::<Timestamp>().ok()).map(SystemTime::from))
}

fn run(plugin: &ExecConfig, command: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let may_ask = plugin.interactive_mode != Some(ExecInteractiveMode::Never) && stdin().is_terminal();
    if plugin.interactive_mode == Some(ExecInteractiveMode::Always) && !may_ask {
        return Err(format!("the plugin {command} wants to ask something, and there is no terminal here"));
    }
    let own = plugin.env.iter().flatten().filter_map(|pair| Some((pair.get("name")?, pair.get("value")?)));
    let mut program = Command::new(command);
    program
        .args(plugin.args.iter().flatten())
        .envs(own)
        .env("KUBERNETES_EXEC_INFO", question(plugin, may_ask).to_string())
        .stdin(if may_ask { Stdio::inherit() } else { Stdio::null() });
    printed_by(&mut program, if may_ask { WITH_A_USER } else { ALONE })
        .map_err(|why| failed(plugin, command, &why))
}

/// What a plugin may want to know.
fn question(plugin: &ExecConfig, may_ask: bool) -> Value {
    let mut question = json!({
        "apiVersion": plugin.api_version,
        "kind": "ExecCredential",
        "spec": { "interactive": may_ask },
    });
    if let Some(cluster) = &plugin.cluster {
        question["spec"]["cluster"] = serde_json::to_value(cluster).unwrap_or_default();
    }
    question
}

/// What stands in the credential; null where it is none.
fn status_in(printed: &[u8]) -> Value {
    let parsed = serde_json::from_slice::<Value>(printed).map(|mut credential| credential["status"].take());
    parsed.unwrap_or_else(|_| {
        // Some print YAML. The reader of kubeconfigs reads that, and keeps what it does not know.
        let text = std::str::from_utf8(printed).unwrap_or_default();
        let read = Kubeconfig::from_yaml(text).ok();
        read.and_then(|mut credential| credential.other.remove("status")).unwrap_or_default()
    })
}

/// A token, a certificate with its key, or both.
fn take(status: &Value, who: &mut AuthInfo) -> Option<()> {
    let text = |name: &str| status[name].as_str().filter(|text| !text.is_empty());
    let (token, certificate) = (text("token"), text("clientCertificateData"));
    let key = text("clientKeyData");
    if token.is_none() && (certificate.is_none() || key.is_none()) {
        return None;
    }
    who.token = token.map(|token| token.to_owned().into());
    if let (Some(certificate), Some(key)) = (certificate, key) {
        who.client_certificate_data = Some(crate::remote::base64::encode(certificate.as_bytes()));
        who.client_key_data = Some(crate::remote::base64::encode(key.as_bytes()).into());
    }
    Some(())
}

fn failed(plugin: &ExecConfig, command: &str, why: &Failed) -> String {
    let told = format!("the plugin {command} {why}");
    let hint = plugin.install_hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty());
    match (why, hint) {
        (Failed::NotStarted(_), Some(hint)) => format!("{told}. Your kubeconfig says: {hint}"),
        _ => told,
    }
}

/// How long a plugin may take; with somebody at the terminal, long enough to log in by a browser and a second factor.
const ALONE: Duration = Duration::from_secs(60);
const WITH_A_USER: Duration = Duration::from_secs(300);
