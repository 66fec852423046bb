//! The way to the server.

use keybaton_core::RingName;
use keybaton_stores::{StoreErrorKind, StoreUrl, open};
use serde_json::json;

use super::{begin, host};
use crate::ground::told;
use crate::world::{read, settings};

#[test]
fn an_authority_that_is_not_known_here_is_named_and_so_is_a_host_that_is_away() {
    let Some(ground) = begin() else { return };
    let (kind, sentence, hint) = told(ground.open_as(&json!({ "VAULT_CACERT": null })).read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Unreachable);
    let begin = format!("{}: {} has a certificate that is not trusted here: ", ground.url(), host());
    assert!(sentence.starts_with(&begin), "{sentence}");
    assert_eq!(hint, "name its certificate authority: VAULT_CACERT=/path/to/ca.pem");
    let away = ground.open_as(&json!({ "VAULT_ADDR": "https://127.0.0.1:1" }));
    let (kind, sentence, _) = told(away.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Unreachable);
    assert_eq!(
        sentence,
        format!("{}: cannot reach 127.0.0.1:1: Connection refused (os error 111)", ground.url())
    );
}

#[test]
fn that_nobody_said_where_it_is_is_told() {
    let Some(ground) = begin() else { return };
    let (_, sentence, _) = told(ground.open_as(&json!({ "VAULT_ADDR": null })).read().unwrap_err());
    let begin = format!("{}: cannot reach 127.0.0.1:8200 (VAULT_ADDR is not set): ", ground.url());
    assert!(sentence.starts_with(&begin), "{sentence}");
}

#[test]
fn a_file_without_certificates_is_named() {
    let Some(ground) = begin() else { return };
    let file = ground.world.path().join("ca.pem");
    std::fs::write(&file, "none").unwrap();
    let error = opened(&ground, json!({ "VAULT_CACERT": file.to_str() }));
    assert_eq!(error.unwrap_err(), format!("{} holds no certificates", file.display()));
}

#[test]
fn an_address_that_is_none_is_told_of_without_its_password() {
    let Some(ground) = begin() else { return };
    for address in [
        "vault.example",
        "https://",
        "ftp://vault.example",
        "https://joe:made-up@vault.example",
        "https://a?b",
        "httpx://a",
    ] {
        let error = opened(&ground, json!({ "VAULT_ADDR": address }));
        assert_eq!(error.unwrap_err(), "VAULT_ADDR is no address of a server", "{address}");
    }
    for address in [format!("https://{}/", host()), format!("https://{}", host())] {
        read(&*ground.open_as(&json!({ "VAULT_ADDR": address })));
    }
    // Behind another server it can stand in a folder.
    opened(&ground, json!({ "VAULT_ADDR": "https://example.com/vault" })).unwrap();
}

fn opened(ground: &crate::ground::Ground, variables: serde_json::Value) -> Result<(), String> {
    let environment = move |name: &str| variables.get(name)?.as_str().map(Into::into);
    let settings = settings(ground.world.path(), std::sync::Arc::new(environment));
    let url = StoreUrl::parse(&ground.url()).unwrap();
    open(&url, &RingName::default(), &settings).map(drop).map_err(|error| error.sentence)
}
