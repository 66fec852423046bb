//! Variables of the environment that hold no text.

use std::env;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

use keybaton_core::RingName;
use keybaton_stores::{StoreUrl, open};

use crate::world::{World, settings, tested};

#[test]
fn a_variable_that_holds_no_text_is_named_and_not_passed_over() {
    for (scheme, variable) in NAMES {
        let Some(fixture) = tested().find(|fixture| fixture.scheme() == scheme) else { continue };
        let world = World::new();
        let environment = move |name: &str| match name == variable {
            true => Some(OsString::from_vec(b"made-up\xff".to_vec())),
            false => env::var_os(name),
        };
        let url = StoreUrl::parse(&world.url(fixture)).unwrap();
        let opened = open(&url, &RingName::default(), &settings(world.path(), Arc::new(environment)));
        let error = opened.and_then(|store| store.read()).unwrap_err();
        let told = format!("the variable {variable} is not UTF-8 text");
        assert!(error.sentence.contains(&told) && error.hint.is_some(), "{variable}: {error}");
    }
}

const NAMES: [(&str, &str); 7] = [
    ("awssm", "AWS_CA_BUNDLE"),
    ("vault", "VAULT_ADDR"),
    ("vault", "VAULT_TOKEN"),
    ("akv", "AZURE_AUTHORITY_HOST"),
    ("akv", "AZURE_CLIENT_ID"),
    ("akv", "AZURE_CLIENT_SECRET"),
    ("akv", "AZURE_TOKEN_CREDENTIALS"),
];
