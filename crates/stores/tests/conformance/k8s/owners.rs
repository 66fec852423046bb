//! Secrets that a tool makes are read, and not written unless somebody says so.

use keybaton_core::Field;
use keybaton_stores::{Settings, StoreErrorKind};
use serde_json::{Value, json};

use super::begin;
use crate::ground::{Ground, told, write};
use crate::world::read;

#[test]
fn what_a_tool_makes_is_refused_with_its_name_and_the_place_to_write() {
    let controlled = |kind: &str| {
        let by = json!({ "apiVersion": "made-up.example/v1", "kind": kind, "name": "django", "uid": "1", "controller": true });
        json!({ "ownerReferences": [by] })
    };
    let label = |name: &str, value: &str| json!({ "labels": { name: value } });
    let note = |name: &str, value: &str| json!({ "annotations": { name: value } });
    let outer = "the store that it is filled from, such as awssm: or vault:,";
    for (metadata, owner, instead) in [
        (controlled("ExternalSecret"), "ExternalSecret/django", outer),
        (
            controlled("SealedSecret"),
            "SealedSecret/django",
            "a Secret that is not sealed, and take the sealed one out of git,",
        ),
        (controlled("Shop"), "Shop/django", "what its owner makes it from"),
        (label("reconcile.external-secrets.io/managed", "true"), "External Secrets", outer),
        (
            label("app.kubernetes.io/managed-by", "Helm"),
            "Helm",
            "a Secret of its own, and name it to the chart (often as existingSecret),",
        ),
        (
            note("meta.helm.sh/release-name", "shop"),
            "Helm (shop)",
            "a Secret of its own, and name it to the chart (often as existingSecret),",
        ),
        (
            note("argocd.argoproj.io/tracking-id", "shop:/Secret:shop/django"),
            "Argo CD (shop:/Secret:shop/django)",
            "a Secret of its own that is not kept in git",
        ),
        (
            label("kustomize.toolkit.fluxcd.io/name", "apps"),
            "Flux (apps)",
            "a Secret of its own that is not kept in git",
        ),
        (
            note("reflector.v1.k8s.emberstack.com/reflects", "main/django"),
            "Reflector (main/django)",
            "k8s://main/django",
        ),
    ] {
        must_be_refused(&metadata, owner, instead);
    }
}

fn must_be_refused(metadata: &Value, owner: &str, instead: &str) {
    let Some(ground) = begin() else { return };
    ground.arrange(
        "secret",
        json!({ "secret": { "metadata": metadata, "stringData": { "SECRET_KEY": "a" } } }),
    );
    let store = ground.open();
    let (held, version) = read(&*store);
    assert_eq!(held.get(Field::Signing), Some("a"));
    let refused = (
        StoreErrorKind::Refused,
        format!("{} belongs to {owner}, which may undo the write", ground.url()),
        format!("write {instead} instead; --adopt-owner writes here all the same"),
    );
    assert_eq!(told(write(&*store, "b", &version).unwrap_err()), refused);
    assert_eq!((ground.there(), ground.calls()), (vec!["a".to_owned()], vec!["get".to_owned()]));

    let store = adopting(&ground);
    write(&*store, "b", &read(&*store).1).unwrap();
    assert_eq!(ground.there(), ["b", "b", "cmVj"]);
}

#[test]
fn a_secret_with_an_owner_is_not_given_its_first_key_either() {
    let Some(ground) = begin() else { return };
    let labels = json!({ "app.kubernetes.io/managed-by": "Helm" });
    ground.arrange("secret", json!({ "secret": { "metadata": { "labels": labels } } }));
    let store = ground.open();
    assert_eq!(write(&*store, "a", &read(&*store).1).unwrap_err().kind, StoreErrorKind::Refused);
}

#[test]
fn the_server_remembers_who_applied_a_key() {
    for (manager, owner) in [
        ("external-secrets", "External Secrets (external-secrets)"),
        (
            "externalsecrets.external-secrets.io/django",
            "External Secrets (externalsecrets.external-secrets.io/django)",
        ),
        ("argocd-controller", "Argo CD (argocd-controller)"),
        ("kustomize-controller", "Flux (kustomize-controller)"),
        ("a-tool-that-nobody-knows", "a-tool-that-nobody-knows"),
    ] {
        let Some(ground) = begin() else { return };
        ground.arrange("applied", json!({ "manager": manager, "data": { "SECRET_KEY": "a" } }));
        let store = ground.open();
        let version = read(&*store).1;
        let error = write(&*store, "b", &version).unwrap_err();
        let sentence = format!("{} belongs to {owner}, which may undo the write", ground.url());
        assert_eq!((error.kind, error.sentence), (StoreErrorKind::Refused, sentence));
    }
}

#[test]
fn a_key_that_was_adopted_once_is_ours() {
    let Some(ground) = begin() else { return };
    ground.arrange("applied", json!({ "manager": "external-secrets", "data": { "SECRET_KEY": "a" } }));
    let store = adopting(&ground);
    write(&*store, "b", &read(&*store).1).unwrap();
    assert_eq!(ground.arrange("written_by", json!({})), json!(["keybaton"]));
    let store = ground.open();
    write(&*store, "c", &read(&*store).1).unwrap();
    assert_eq!(ground.there(), ["c", "c", "cmVj"]);
}

#[test]
fn who_applies_other_data_alone_is_no_owner() {
    let Some(ground) = begin() else { return };
    ground.arrange("applied", json!({ "manager": "external-secrets", "data": { "DATABASE_URL": "x" } }));
    let store = ground.open();
    write(&*store, "a", &read(&*store).1).unwrap();
    // The next turn of that tool leaves the ring where it is.
    ground.arrange("applied", json!({ "manager": "external-secrets", "data": { "DATABASE_URL": "y" } }));
    let (_, version) = read(&*store);
    write(&*store, "b", &version).unwrap();
    assert_eq!(ground.there(), ["b", "b", "cmVj"]);
}

#[test]
fn people_with_kubectl_are_no_owner() {
    let Some(ground) = begin() else { return };
    ground.arrange("applied", json!({ "manager": "kubectl", "data": { "SECRET_KEY": "a" } }));
    let store = ground.open();
    write(&*store, "b", &read(&*store).1).unwrap();
    assert_eq!(ground.there(), ["b", "b", "cmVj"]);
}

fn adopting(ground: &Ground) -> Box<dyn keybaton_stores::Store> {
    ground.open_with(&ground.url(), &json!({}), |settings| Settings { adopt_owner: true, ..settings })
}
