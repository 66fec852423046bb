//! Clusters that answer otherwise than they should: a made-up one, which says what it is told to.

use keybaton_stores::{Store, StoreErrorKind};
use serde_json::{Value, json};

use super::begin;
use crate::ground::{Ground, told, write};
use crate::scripted::{Scripted, answer};
use crate::world::read;

#[test]
fn a_busy_cluster_is_asked_again() {
    let Some(ground) = begin() else { return };
    let busy = || answer(503, "{}");
    let cluster = Scripted::new(vec![busy(), answer(429, "{}"), answer(200, &secret())]);
    read(&*open(&ground, &cluster));
    assert_eq!(cluster.asked(), ["GET", "GET", "GET"]);
}

#[test]
fn a_write_that_a_busy_cluster_turned_away_is_sent_again() {
    let Some(ground) = begin() else { return };
    let cluster = Scripted::new(vec![answer(200, &secret()), answer(429, "{}"), answer(200, &secret())]);
    let store = open(&ground, &cluster);
    write(&*store, "b", &read(&*store).1).unwrap();
    assert_eq!(cluster.asked(), ["GET", "PATCH", "PATCH"]);
}

#[test]
fn a_write_whose_answer_is_lost_is_not_sent_again() {
    let Some(ground) = begin() else { return };
    let cluster = Scripted::new(vec![answer(200, &secret()), Vec::new()]);
    let store = open(&ground, &cluster);
    let (kind, sentence, hint) = told(write(&*store, "b", &read(&*store).1).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Uncertain);
    assert!(
        sentence.starts_with(&format!("{}: the write may have been done, but ", ground.url())),
        "{sentence}"
    );
    assert_eq!(hint, "run it again: it looks first");
    assert_eq!(cluster.asked(), ["GET", "PATCH"]);
}

#[test]
fn a_conflict_after_a_failure_may_be_our_own_write() {
    let Some(ground) = begin() else { return };
    let cluster = Scripted::new(vec![answer(200, &secret()), answer(503, "{}"), answer(409, "{}")]);
    let store = open(&ground, &cluster);
    assert_eq!(write(&*store, "b", &read(&*store).1).unwrap_err().kind, StoreErrorKind::Uncertain);
    assert_eq!(cluster.asked(), ["GET", "PATCH", "PATCH"]);
}

#[test]
fn a_refusal_after_a_failure_leaves_it_open_whether_it_was_written() {
    let forbidden = r#"{"kind":"Status","message":"secrets \"x\" is forbidden: User \"joe\" cannot patch"}"#;
    for (status, body) in [(401, "{}"), (403, forbidden), (413, "{}"), (418, "{}")] {
        let Some(ground) = begin() else { return };
        let cluster = Scripted::new(vec![answer(200, &secret()), answer(503, "{}"), answer(status, body)]);
        let store = open(&ground, &cluster);
        let error = write(&*store, "b", &read(&*store).1).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Uncertain, "{error}");
        assert_eq!(cluster.asked(), ["GET", "PATCH", "PATCH"]);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let Some(ground) = begin() else { return };
    let elsewhere = Scripted::new(Vec::new());
    let location =
        format!("HTTP/1.1 307 x\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", elsewhere.address());
    let cluster = Scripted::new(vec![location.into_bytes()]);
    let error = open(&ground, &cluster).read().unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Malformed);
    assert!(error.sentence.ends_with(" answered with another address, which is not followed"), "{error}");
    assert_eq!((cluster.asked().len(), elsewhere.asked().len()), (1, 0));
}

#[test]
fn what_no_api_server_answers_is_no_secret_and_no_absence() {
    let long = format!("\"{}\"", "x".repeat(5 << 20));
    for (status, body, told) in [
        (200, long.as_str(), " answers with more than any store has to say"),
        (404, "<html>not found</html>", " answers with HTTP 404, which nobody expects when reading"),
        (200, "<html>welcome</html>", " makes no sense: it does not say which version the Secret has"),
        (200, r#"{"metadata":{"resourceVersion":"7"},"data":{"SECRET_KEY":"?"}}"#, " is not base64"),
        (418, "{}", " answers with HTTP 418, which nobody expects when reading"),
    ] {
        let Some(ground) = begin() else { return };
        let cluster = Scripted::new(vec![answer(status, body)]);
        let error = open(&ground, &cluster).read().unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Malformed);
        assert!(error.sentence.ends_with(told), "{error}");
    }
}

/// The store in a cluster that answers like this.
fn open(ground: &Ground, cluster: &Scripted) -> Box<dyn Store> {
    let server = Value::from(cluster.address());
    ground.open_as(
        &ground.kubeconfig(|content| content["clusters"][0]["cluster"] = json!({ "server": server })),
    )
}

fn secret() -> String {
    json!({ "metadata": { "resourceVersion": "7" }, "data": { "SECRET_KEY": "YQ==" } }).to_string()
}
