//! Versions, rights and names.

use keybaton_core::Field;
use keybaton_stores::{Held, Settings, StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{begin, path};
use crate::fixtures::Outside;
use crate::ground::{ring, told, write};
use crate::world::read;

#[test]
fn one_call_reads_and_one_writes() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    assert!(matches!(store.read().unwrap(), Held::Absent));
    let first = write(&*store, "a", &Version::Absent).unwrap().version;
    assert_eq!(ground.calls(), ["read", "create"]);
    let second = write(&*store, "b", &first).unwrap().version;
    assert_eq!(ground.calls(), ["read", "create", "patch"]);
    assert_eq!(read(&*store), (ring("b"), second));
    assert_eq!(ground.calls(), ["read", "create", "patch", "read"]);
}

#[test]
fn what_was_deleted_or_destroyed_is_absent_and_the_next_version_goes_on() {
    for how in ["deleted", "destroyed"] {
        let Some(ground) = begin() else { return };
        write(&*ground.open(), "a", &Version::Absent).unwrap();
        let store = ground.open();
        let before = read(&*store).1;
        ground.arrange("gone", json!({ "how": how }));
        assert!(matches!(store.read().unwrap(), Held::Absent), "{how}");
        assert_eq!(write(&*store, "b", &before).unwrap_err().kind, StoreErrorKind::Conflict);
        write(&*store, "b", &Version::Absent).unwrap();
        assert_eq!(ground.arrange("version", json!({ "number": 2 }))["SECRET_KEY"], "b", "{how}");
    }
}

#[test]
fn of_two_who_find_it_deleted_one_writes() {
    let Some(ground) = begin() else { return };
    write(&*ground.open(), "a", &Version::Absent).unwrap();
    ground.arrange("gone", json!({ "how": "deleted" }));
    let stores = [ground.open(), ground.open()];
    assert!(stores.iter().all(|store| matches!(store.read().unwrap(), Held::Absent)));
    write(&*stores[0], "b", &Version::Absent).unwrap();
    assert_eq!(write(&*stores[1], "c", &Version::Absent).unwrap_err().kind, StoreErrorKind::Conflict);
    assert_eq!(ground.there(), ["b", "b", "cmVj"]);
}

#[test]
fn an_older_version_that_was_brought_back_is_read_as_it_is() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let first = write(&*store, "old", &Version::Absent).unwrap().version;
    let second = write(&*store, "new", &first).unwrap().version;
    // What `vault kv rollback` does: the old one becomes the third.
    ground.plant("old");
    let (held, third) = read(&*store);
    assert_eq!((held.get(Field::Signing), held.get(Field::Fallbacks)), (Some("old"), Some("new")));
    for over in [first, second] {
        assert_eq!(write(&*store, "newer", &over).unwrap_err().kind, StoreErrorKind::Conflict);
    }
    write(&*store, "newer", &third).unwrap();
}

#[test]
fn a_policy_without_patch_does_with_the_right_to_update() {
    let Some(ground) = begin() else { return };
    ground.hand.surround(&ground.world);
    ground.plant("a");
    let others = ground.hand.surroundings(&ground.world);
    let store = ground.open_as(&holder(&ground, r#"["read", "update"]"#));
    let first = read(&*store).1;
    let second = write(&*store, "b", &first).unwrap().version;
    assert_eq!(ground.calls(), ["read", "patch", "read", "update"]);
    assert_eq!(
        (ground.there().concat(), ground.hand.surroundings(&ground.world)),
        ("bbcmVj".to_owned(), others)
    );
    assert_eq!(write(&*store, "c", &first).unwrap_err().kind, StoreErrorKind::Conflict);
    ground.arrange("gone", json!({ "how": "deleted" }));
    assert_eq!(write(&*store, "c", &second).unwrap_err().kind, StoreErrorKind::Conflict);
}

#[test]
fn whatever_else_is_in_the_secret_stays_as_somebody_wrote_it() {
    for rights in [r#"["read", "update"]"#, r#"["patch", "read"]"#] {
        let Some(ground) = begin() else { return };
        let numbers: Vec<_> = (1..200).map(|n| format!("{}e-{}", n * 987_654_321_012_347_u64, n)).collect();
        let planted =
            format!(r#"{{"numbers":[{}],"deep":{{"é":[null]}},"SECRET_KEY":"a"}}"#, numbers.join(","));
        let others = |answer: Value| {
            let (_, rest) = answer.as_str().unwrap().split_once(r#""deep":"#).unwrap();
            rest.split_once(r#","metadata""#).unwrap().0.to_owned()
        };
        let before = others(ground.arrange("raw", json!({ "data": planted })));
        assert!(before.contains(r#"{"é":[null]},"numbers":[98765432101234.7,"#), "{before}");
        let store = ground.open_as(&holder(&ground, rights));
        write(&*store, "b", &read(&*store).1).unwrap();
        assert_eq!(others(ground.arrange("raw", json!({}))), before, "{rights}");
        assert_eq!(ground.there(), ["b", "b", "cmVj"]);
    }
}

#[test]
fn a_missing_right_is_named_as_the_policy_would_have_it() {
    for (rights, lacks, doing) in [
        (r#"["list"]"#, r#"["read"]"#, "reading"),
        (r#"["read"]"#, r#"["create", "read", "update", "patch"]"#, "writing"),
    ] {
        let Some(ground) = begin() else { return };
        ground.plant("a");
        let store = ground.open_as(&holder(&ground, rights));
        let outcome = store.read().and_then(|_| write(&*store, "b", &read(&*store).1));
        let expected = (
            StoreErrorKind::Denied,
            format!("{}: your token has no right to this when {doing}", ground.url()),
            format!(r#"its policy lacks: path "secret/data/{}" {{ capabilities = {lacks} }}"#, path(&ground)),
        );
        assert_eq!(told(outcome.unwrap_err()), expected);
    }
}

#[test]
fn a_token_that_may_not_even_look_at_itself_is_denied_and_not_unknown() {
    let Some(ground) = begin() else { return };
    ground.plant("a");
    let with = json!({ "policy": "path \"secret/data/other\" { capabilities = [\"read\"] }", "no_default_policy": true });
    let store = ground.open_as(&json!({ "VAULT_TOKEN": ground.arrange("token", with) }));
    assert_eq!(store.read().unwrap_err().kind, StoreErrorKind::Denied);
}

#[test]
fn a_name_is_the_same_however_it_is_escaped() {
    let Some(ground) = begin() else { return };
    let name = path(&ground);
    let open =
        |path: &str| ground.open_with(&format!("vault://secret/{path}"), &json!({}), |settings| settings);
    write(&*open(&format!("{name}/a%20b%25%3Fc")), "a", &Version::Absent).unwrap();
    assert_eq!(read(&*open(&format!("{name}%2fa%20b%25%3fc"))).0, ring("a"));
    assert_eq!(read(&*open(&format!("{name}/a%20b"))).1, Version::Absent);
    // As Vault's own program would name it.
    assert_eq!(ground.arrange("listed", json!({ "folder": name })), json!(["a b%?c"]));
}

#[test]
fn a_secret_is_made_only_where_somebody_said_so() {
    let Some(ground) = begin() else { return };
    let store =
        ground.open_with(&ground.url(), &json!({}), |settings| Settings { may_create: false, ..settings });
    let expected = (
        StoreErrorKind::Missing,
        format!("{} is not there yet", ground.url()),
        "check the name, or let `keybaton copy --create` make the secret, in a mount that is there"
            .to_owned(),
    );
    assert_eq!(told(write(&*store, "a", &Version::Absent).unwrap_err()), expected);
}

/// The variables of who has these rights to the secret.
fn holder(ground: &crate::ground::Ground, rights: &str) -> Value {
    let policy = format!(r#"path "secret/data/{}" {{ capabilities = {rights} }}"#, path(ground));
    json!({ "VAULT_TOKEN": ground.arrange("token", json!({ "policy": policy })) })
}
