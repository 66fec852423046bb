//! Why there is no token. What servers say of it is not shown: it may repeat what was sent.

use std::error::Error;

use azure_core::error::ErrorKind;

use crate::remote::line::{Trouble, When};

use super::sources::Link;

/// `on_the_way`: what kept the question from its answer, if anything did.
pub(super) fn trouble(link: Link, error: &azure_core::Error, on_the_way: Option<Trouble>) -> Trouble {
    if let Some(trouble) = on_the_way {
        return trouble;
    }
    match refused(error) {
        Some((status, code)) => signing_in(format!("{} ({})", meaning(link, &code), named(status, &code))),
        None if link.is_program() => signing_in(words_of(link, error)),
        None => signing_in(format!("the credentials of {} cannot be used", source(link))),
    }
}

/// Nobody waits for a program, or for one attempt of many, any longer.
pub(super) fn late(link: Link, on_the_way: Option<Trouble>) -> Trouble {
    on_the_way.unwrap_or_else(|| signing_in(format!("{}: no token came in time", source(link))))
}

pub(super) fn nobody() -> Trouble {
    signing_in("there are no credentials here, and this is no machine of Azure's")
}

pub(super) fn signing_in(why: impl Into<String>) -> Trouble {
    Trouble { when: When::SigningIn, why: why.into() }
}

/// The status of an answer that was no token, and the directory's code for it.
fn refused(error: &azure_core::Error) -> Option<(u16, String)> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(ErrorKind::HttpResponse { status, error_code, .. }) =
            error.downcast_ref::<azure_core::Error>().map(azure_core::Error::kind)
        {
            return Some((u16::from(*status), error_code.clone().unwrap_or_default()));
        }
        cause = error.source();
    }
    None
}

fn named(status: u16, code: &str) -> String {
    let is_code = !code.is_empty()
        && code.len() <= 20
        && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    if is_code { format!("AADSTS{code}") } else { format!("HTTP {status}") }
}

fn meaning(link: Link, code: &str) -> String {
    let known = MEANINGS.iter().find(|(known, _)| *known == code).map(|(_, meaning)| (*meaning).to_owned());
    known.unwrap_or_else(|| format!("the credentials of {} are not accepted", source(link)))
}

fn source(link: Link) -> &'static str {
    match link {
        Link::Environment => "AZURE_CLIENT_ID",
        Link::WorkloadIdentity => "AZURE_FEDERATED_TOKEN_FILE",
        Link::ManagedIdentity => "this machine",
        Link::Cli => "az",
        Link::DeveloperCli => "azd",
    }
}

/// The first line that a program complained with, which is made for people. What it gave instead of a token may hold one.
fn words_of(link: Link, error: &azure_core::Error) -> String {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<azure_core::Error>());
    let complaint = cause.filter(|cause| *cause.kind() == ErrorKind::Credential).map(ToString::to_string);
    let line = complaint.as_deref().unwrap_or_default().lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or("gave no token").chars().filter(|char| !char.is_control());
    format!("{}: {}", source(link), line.take(200).collect::<String>())
}

/// What the directory refuses most.
const MEANINGS: [(&str, &str); 7] = [
    ("7000215", "AZURE_CLIENT_SECRET is not a secret of the application"),
    ("7000222", "AZURE_CLIENT_SECRET has expired: az ad app credential reset makes another"),
    ("700016", "there is no application AZURE_CLIENT_ID in the tenant AZURE_TENANT_ID"),
    ("90002", "there is no tenant AZURE_TENANT_ID"),
    ("700213", "the application has no federated credential for this service account"),
    ("700024", "the token in AZURE_FEDERATED_TOKEN_FILE has expired"),
    ("500011", "the tenant AZURE_TENANT_ID knows no such vaults: is this another cloud?"),
];
