//! What docs/stores/vault.md says one can paste.

use std::fs;
use std::path::Path;

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{begin, path};
use crate::ground::{Ground, write};
use crate::world::read;

#[test]
fn the_policies_let_their_holders_do_what_they_are_for_and_no_more() {
    for (role, reads, creates, writes) in [
        ("reader", true, false, false),
        ("rotator", true, true, true),
        ("observer", false, false, false),
        ("breaker", true, false, true),
    ] {
        let Some(ground) = begin() else { return };
        let store = ground.open_as(&holder(&ground, role));
        let outcome = |is_allowed: bool, doing: &str| {
            if is_allowed { Ok(()) } else { Err((StoreErrorKind::Denied, doing.to_owned())) }
        };
        let told = |error: keybaton_stores::StoreError| {
            (error.kind, error.sentence.rsplit(' ').next().unwrap().to_owned())
        };
        let missing = if reads { "writing" } else { "reading" };
        assert_eq!(write(&*store, "a", &Version::Absent).map(drop).map_err(told), outcome(creates, missing));
        ground.plant("b");
        assert_eq!(store.read().map(drop).map_err(told), outcome(reads, "reading"), "{role}");
        let version = read(&*ground.open()).1;
        let written = write(&*store, "c", &version).map(drop).map_err(told);
        assert_eq!(written, outcome(writes, missing), "{role}");
    }
}

#[test]
fn an_observer_sees_that_something_changed_and_no_value() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up-key");
    let seen = ground.arrange("observed", json!({ "token": holder(&ground, "observer")["VAULT_TOKEN"] }));
    assert_eq!(seen, json!({ "version": 1, "members": ["SECRET_KEY"] }));
}

#[test]
fn a_breaker_destroys_a_version() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up-key");
    ground.plant("b");
    ground.arrange("destroyed", json!({ "token": holder(&ground, "breaker")["VAULT_TOKEN"], "number": 1 }));
    assert_eq!(ground.arrange("version", json!({ "number": 1 })), Value::Null);
    assert_eq!(ground.arrange("version", json!({ "number": 2 }))["SECRET_KEY"], "b");
}

/// The variables of who has a policy of the page, for this ground's secret.
fn holder(ground: &Ground, role: &str) -> Value {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/stores/vault.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once(&format!("```hcl\n# {role}: ")).unwrap();
    let policy = format!("# {}", rest.split_once("```").unwrap().0).replace("shop/django", &path(ground));
    json!({ "VAULT_TOKEN": ground.arrange("token", json!({ "policy": policy })) })
}
