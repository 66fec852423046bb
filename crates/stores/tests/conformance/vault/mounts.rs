//! Mounts and namespaces.

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{begin, path};
use crate::ground::{ring, told, write};
use crate::world::read;

#[test]
fn a_mount_of_version_1_is_refused_before_anything_is_written() {
    let Some(ground) = begin() else { return };
    let mount = ground.arrange("mount", json!({ "version": "1" }));
    let mount = mount.as_str().unwrap();
    let url = format!("vault://{mount}/{}", path(&ground));
    let store = ground.open_with(&url, &json!({}), |settings| settings);
    let expected = (
        StoreErrorKind::Unsupported,
        format!("{url}: the mount {mount} is version 1 of the key-value engine"),
        format!("only version 2 can guard a write: vault kv enable-versioning {mount}"),
    );
    assert_eq!(told(store.read().unwrap_err()), expected);
    assert_eq!(told(write(&*store, "a", &Version::Absent).unwrap_err()), expected);
}

#[test]
fn a_mount_of_version_1_is_recognised_by_whoever_has_the_rights_that_it_wants() {
    let Some(ground) = begin() else { return };
    let mount = ground.arrange("mount", json!({ "version": "1" }));
    let mount = mount.as_str().unwrap();
    ground.arrange("old", json!({ "mount": mount, "path": format!("data/{}", path(&ground)) }));
    for folder in ["", "data/"] {
        let policy = format!(r#"path "{mount}/{folder}*" {{ capabilities = ["create", "read", "update"] }}"#);
        let token = ground.arrange("token", json!({ "policy": policy }));
        let url = format!("vault://{mount}/{}", path(&ground));
        let store = ground.open_with(&url, &json!({ "VAULT_TOKEN": token }), |settings| settings);
        let (kind, sentence, _) = told(store.read().unwrap_err());
        assert_eq!(
            (kind, sentence),
            (
                StoreErrorKind::Unsupported,
                format!("{url}: the mount {mount} is version 1 of the key-value engine")
            )
        );
    }
    // As a policy for version 1 has it: it says nothing of what version 2 puts under data.
    let policy = format!(r#"path "{mount}/{}" {{ capabilities = ["read"] }}"#, path(&ground));
    let token = ground.arrange("token", json!({ "policy": policy }));
    let url = format!("vault://{mount}/{}", path(&ground));
    let store = ground.open_with(&url, &json!({ "VAULT_TOKEN": token }), |settings| settings);
    assert_eq!(store.read().unwrap_err().kind, StoreErrorKind::Unsupported);
}

#[test]
fn a_mount_that_is_no_key_value_engine_is_told_of() {
    let Some(ground) = begin() else { return };
    let store = ground.open_with("vault://cubbyhole/x", &json!({}), |settings| settings);
    let expected = (
        StoreErrorKind::Unsupported,
        "vault://cubbyhole/x: the mount cubbyhole is no key-value engine".to_owned(),
        "name a mount of version 2, or make one: vault secrets enable -path=NAME -version=2 kv".to_owned(),
    );
    assert_eq!(told(store.read().unwrap_err()), expected);
}

#[test]
fn a_mount_and_a_namespace_that_are_not_there_are_told_apart() {
    let Some(ground) = begin() else { return };
    let no_mount =
        "check the name and VAULT_NAMESPACE, or make it: vault secrets enable -path=no-such -version=2 kv";
    let no_namespace = "`vault namespace list` shows those that there are";
    for (url, namespace, what, hint) in [
        ("vault://no-such/x", "", "there is no mount no-such", no_mount),
        ("vault://secret/x", "no-such", "there is no such namespace as VAULT_NAMESPACE says", no_namespace),
    ] {
        let store = ground.open_with(url, &json!({ "VAULT_NAMESPACE": namespace }), |settings| settings);
        let expected = (StoreErrorKind::Malformed, format!("{url}: {what}"), hint.to_owned());
        assert_eq!(told(store.read().unwrap_err()), expected);
    }
}

#[test]
fn a_secret_of_a_namespace_is_another_secret() {
    let Some(ground) = begin() else { return };
    let namespace = ground.arrange("namespace", json!({}));
    let mount = ground.arrange("mount", json!({ "version": "2", "namespace": namespace }));
    let url = format!("vault://{}/{}", mount.as_str().unwrap(), path(&ground));
    let open = |variable: &str| ground.open_with(&url, &json!({ variable: namespace }), |settings| settings);
    write(&*open("VAULT_NAMESPACE"), "a", &Version::Absent).unwrap();
    assert_eq!(read(&*open("BAO_NAMESPACE")).0, ring("a"));
    let outside = ground.open_with(&url, &json!({}), |settings| settings);
    assert_eq!(outside.read().unwrap_err().kind, StoreErrorKind::Malformed);
}
