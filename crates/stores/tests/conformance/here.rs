//! Servers on this machine that are asked in clear, while a proxy is set for everything.

use std::ffi::OsString;
use std::sync::Arc;

use keybaton_core::RingName;
use keybaton_stores::{StoreErrorKind, StoreUrl, open};

use crate::scripted::{Scripted, answer};
use crate::support::{as_whoever_has, given};
use crate::world::{World, settings};

#[test]
fn what_stays_on_this_machine_in_clear_goes_through_no_proxy() {
    let world = World::new();
    let proxy = Scripted::new(vec![answer(401, "{}"); STORES.len()]);
    let mut variables: Vec<_> =
        ["http_proxy", "HTTP_PROXY", "ALL_PROXY"].map(|name| (name, proxy.address())).into();
    variables.extend([("NO_PROXY", ""), ("no_proxy", "")]);
    let variables: Vec<_> =
        variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    as_whoever_has(&variables, "here::case_behind_a_proxy", world.path());
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
#[ignore = "run by what_stays_on_this_machine_in_clear_goes_through_no_proxy"]
fn case_behind_a_proxy() {
    let (folder, _) = given();
    for (url, address, token) in STORES {
        // A build without this store knows no such URL.
        let Ok(url) = StoreUrl::parse(url) else { continue };
        let server = Scripted::new(vec![answer(401, "{}")]);
        let here = server.address().to_owned();
        let environment = move |name: &str| match name {
            _ if name == address => Some(OsString::from(&here)),
            _ if name == token => Some("made-up".into()),
            _ => None,
        };
        let store = open(&url, &RingName::default(), &settings(&folder, Arc::new(environment))).unwrap();
        let error = store.read().unwrap_err();
        assert_ne!(error.kind, StoreErrorKind::Unreachable, "{url}: {error}");
        assert_eq!(server.asked().len(), 1, "{url}: {error}");
    }
}

/// A store, what names its server, and what it is asked with.
const STORES: [(&str, &str, &str); 4] = [
    ("gha://acme/shop", "GITHUB_API_URL", "GH_ENTERPRISE_TOKEN"),
    ("gitlab://acme/shop", "GITLAB_HOST", "GITLAB_TOKEN"),
    ("heroku://shop", "HEROKU_API_URL", "HEROKU_API_KEY"),
    ("vault://secret/shop", "VAULT_ADDR", "VAULT_TOKEN"),
];
