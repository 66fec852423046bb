//! What stands before some servers, and servers that fail: a made-up one, which says what it is told to.

use keybaton_stores::{Held, Store, StoreErrorKind, Version};
use serde_json::json;

use super::begin;
use crate::ground::{Ground, told, write};
use crate::scripted::{Scripted, answer};
use crate::world::read;

#[test]
fn nothing_is_made_where_nobody_says_which_version_the_mount_is() {
    let Some(ground) = begin() else { return };
    let nothing = || answer(404, r#"{"errors":[]}"#);
    let gate = Scripted::new(vec![nothing(), answer(403, r#"{"errors":["no"]}"#), answer(200, "{}")]);
    let store = open(&ground, &gate);
    assert!(matches!(store.read().unwrap(), Held::Absent));
    let expected = (
        StoreErrorKind::Denied,
        format!("{}: your token may not see which version the mount secret is", ground.url()),
        r#"its policy lacks: path "sys/internal/ui/mounts/secret" { capabilities = ["read"] }"#.to_owned(),
    );
    assert_eq!(told(write(&*store, "a", &Version::Absent).unwrap_err()), expected);
    assert_eq!(gate.asked(), ["GET", "GET", "GET"]);
}

#[test]
fn a_server_that_does_not_know_the_question_knows_no_version_2() {
    let Some(ground) = begin() else { return };
    let old = Scripted::new(vec![answer(404, r#"{"errors":[]}"#), answer(404, r#"{"errors":[]}"#)]);
    let error = write(&*open(&ground, &old), "a", &Version::Absent).unwrap_err();
    let sentence = format!("{}: the mount secret is version 1 of the key-value engine", ground.url());
    assert_eq!((error.kind, error.sentence), (StoreErrorKind::Unsupported, sentence));
    assert_eq!(old.asked(), ["GET", "GET"]);
}

#[test]
fn a_refusal_after_a_failure_leaves_it_open_whether_it_was_written() {
    let conflict = r#"{"errors":["check-and-set parameter did not match the current version"]}"#;
    for (status, body) in [(400, conflict), (400, "{}"), (403, DENIED), (404, "{}"), (413, "{}"), (418, "{}")]
    {
        let Some(ground) = begin() else { return };
        let server = Scripted::new(vec![answer(200, SECRET), answer(503, "{}"), answer(status, body)]);
        let store = open(&ground, &server);
        let error = write(&*store, "b", &read(&*store).1).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Uncertain, "{error}");
        assert_eq!(server.asked(), ["GET", "PATCH", "PATCH"]);
    }
}

fn open(ground: &Ground, server: &Scripted) -> Box<dyn Store> {
    ground.open_as(&json!({ "VAULT_ADDR": server.address(), "VAULT_TOKEN": "made-up" }))
}

const SECRET: &str = r#"{"data":{"data":{"SECRET_KEY":"a"},"metadata":{"version":1}}}"#;
const DENIED: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;
