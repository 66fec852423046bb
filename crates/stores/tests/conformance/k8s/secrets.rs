//! What a Secret takes, what a write costs, and what it leaves alone.

use keybaton_core::Field;
use keybaton_stores::{Held, Note, Settings, StoreErrorKind, Version};
use serde_json::{Value, json};

use super::begin;
use crate::fixtures::Outside;
use crate::ground::{ring, told, write};
use crate::world::read;

#[test]
fn one_call_reads_and_one_writes() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    assert!(matches!(store.read().unwrap(), Held::Absent));
    let first = write(&*store, "a", &Version::Absent).unwrap().version;
    assert_eq!(ground.calls(), ["get", "create"]);
    // The answer to a write says what stands there now.
    let second = write(&*store, "b", &first).unwrap().version;
    assert_eq!(ground.calls(), ["get", "create", "patch"]);
    assert_eq!(read(&*store), (ring("b"), second.clone()));
    write(&*store, "c", &second).unwrap();
    assert_eq!(ground.calls(), ["get", "create", "patch", "get", "patch"]);
}

#[test]
fn a_write_by_who_has_not_read_looks_first() {
    let Some(ground) = begin() else { return };
    let version = write(&*ground.open(), "a", &Version::Absent).unwrap().version;
    write(&*ground.open(), "b", &version).unwrap();
    assert_eq!(ground.calls(), ["get", "create", "get", "patch"]);
}

#[test]
fn any_change_of_the_secret_is_a_conflict_and_stays() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    ground.arrange("merge", json!({ "change": { "metadata": { "labels": { "team": "shop" } } } }));
    assert_eq!(write(&*store, "b", &version).unwrap_err().kind, StoreErrorKind::Conflict);
    assert_eq!(ground.there(), ["a", "a", "cmVj"]);
    write(&*store, "b", &read(&*store).1).unwrap();
    assert!(ground.hand.surroundings(&ground.world).starts_with(
        br#"[{"annotations": null, "labels": {"app.kubernetes.io/managed-by": "keybaton", "team": "shop"}"#
    ));
}

#[test]
fn a_secret_that_came_back_from_a_backup_is_read_as_it_is() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, "new", &Version::Absent).unwrap().version;
    ground.arrange("restored", json!({ "key": "old" }));
    let (held, restored) = read(&*store);
    assert_eq!((held.get(Field::Signing), held.get(Field::Fallbacks)), (Some("old"), Some("new")));
    assert_eq!(write(&*store, "newer", &version).unwrap_err().kind, StoreErrorKind::Conflict);
    write(&*store, "newer", &restored).unwrap();
}

#[test]
fn a_secret_is_made_only_where_somebody_said_so() {
    let Some(ground) = begin() else { return };
    let store =
        ground.open_with(&ground.url(), &json!({}), |settings| Settings { may_create: false, ..settings });
    let refused = (
        StoreErrorKind::Missing,
        format!("{} is not there yet", ground.url()),
        "check the name, or let `keybaton copy --create` make a Secret of type Opaque, in a namespace that is there"
            .to_owned(),
    );
    assert_eq!(told(write(&*store, "a", &Version::Absent).unwrap_err()), refused);
    assert_eq!(ground.calls(), ["get"]);
}

#[test]
fn an_immutable_secret_is_left_alone() {
    let Some(ground) = begin() else { return };
    ground.arrange("secret", json!({ "secret": { "immutable": true, "stringData": { "SECRET_KEY": "a" } } }));
    let store = ground.open();
    let version = read(&*store).1;
    let refused = (
        StoreErrorKind::Unsupported,
        format!("{} is immutable, so nobody can write it", ground.url()),
        "make a Secret that is not, and name it in keybaton.toml".to_owned(),
    );
    assert_eq!(told(write(&*store, "b", &version).unwrap_err()), refused);
    assert_eq!(ground.calls(), ["get"]);
}

#[test]
fn a_secret_that_is_being_deleted_is_left_alone() {
    let Some(ground) = begin() else { return };
    let metadata = json!({ "finalizers": ["made-up.example/waits"] });
    ground.arrange(
        "secret",
        json!({ "secret": { "metadata": metadata, "stringData": { "SECRET_KEY": "a" } } }),
    );
    ground.arrange("deleted", json!({}));
    let store = ground.open();
    let version = read(&*store).1;
    let (kind, sentence, hint) = told(write(&*store, "b", &version).unwrap_err());
    assert_eq!((kind, sentence), (StoreErrorKind::Refused, format!("{} is being deleted", ground.url())));
    assert_eq!(hint, "wait until it is gone");
}

#[test]
fn a_secret_has_one_mebibyte_and_that_is_known_beforehand() {
    // The texts of ring("b") have six bytes.
    for (others, fits) in [((1 << 20) - 6, true), ((1 << 20) - 5, false)] {
        let Some(ground) = begin() else { return };
        ground.arrange("secret", json!({ "secret": { "stringData": { "dump": "x".repeat(others) } } }));
        let store = ground.open();
        match write(&*store, "b", &read(&*store).1) {
            Ok(_) => assert!(fits && ground.there() == ["b", "b", "cmVj"]),
            Err(error) => {
                let sentence =
                    format!("{} would be larger than 1 MiB, which a Secret cannot be", ground.url());
                let hint = "keep the ring in a Secret of its own".to_owned();
                assert_eq!((fits, told(error)), (false, (StoreErrorKind::TooLarge, sentence, hint)));
                assert_eq!(ground.calls(), ["get"]);
            }
        }
    }
}

#[test]
fn a_namespace_that_is_missing_or_going_is_named() {
    let Some(ground) = begin() else { return };
    let going = ground.arrange("going_namespace", json!({}));
    let going = going.as_str().unwrap();
    for (namespace, kind, what) in [
        ("no-such", StoreErrorKind::Malformed, "there is no namespace no-such".to_owned()),
        (going, StoreErrorKind::Refused, format!("the namespace {going} is being deleted")),
    ] {
        let url = format!("k8s://{namespace}/django");
        let store = ground.open_with(&url, &json!({}), |settings| settings);
        assert!(matches!(store.read().unwrap(), Held::Absent));
        let error = write(&*store, "a", &Version::Absent).unwrap_err();
        assert_eq!((error.kind, error.sentence), (kind, format!("{url}: {what}")));
    }
}

#[test]
fn a_key_that_kubectl_apply_left_behind_is_told_of() {
    let Some(ground) = begin() else { return };
    let (data, name) =
        (json!({ "SECRET_KEY": "YQ==" }), ground.world.path().file_name().unwrap().to_str().unwrap());
    let applied = json!({ "apiVersion": "v1", "kind": "Secret", "data": data }).to_string();
    let annotations = json!({ "kubectl.kubernetes.io/last-applied-configuration": applied });
    ground
        .arrange("secret", json!({ "secret": { "metadata": { "annotations": annotations }, "data": data } }));
    let store = ground.open();
    let written = write(&*store, "b", &read(&*store).1).unwrap();
    let note = format!(
        "{} still has an earlier key in the annotation of kubectl apply: take the key out of the file that was applied, then \
         `kubectl annotate secret {} kubectl.kubernetes.io/last-applied-configuration- -n shop`",
        ground.url(),
        name.to_lowercase(),
    );
    assert_eq!(written.notes, [Note(note)]);
}

#[test]
fn a_field_without_a_value_and_a_secret_without_data_are_absent() {
    for secret in [json!({}), json!({ "data": Value::Null }), json!({ "data": {} })] {
        let Some(ground) = begin() else { return };
        ground.arrange("secret", json!({ "secret": secret }));
        let store = ground.open();
        assert!(matches!(store.read().unwrap(), Held::Absent));
        write(&*store, "a", &Version::Absent).unwrap();
        assert_eq!(
            (ground.there(), ground.calls()),
            (["a", "a", "cmVj"].map(str::to_owned).to_vec(), ["get", "patch"].map(str::to_owned).to_vec())
        );
    }
}
