//! Clusters that answer otherwise than they should: a made-up one, which says what it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use keybaton_stores::{Store, StoreErrorKind};
use serde_json::{Value, json};

use super::begin;
use crate::ground::{Ground, told, write};
use crate::world::read;

#[test]
fn a_busy_cluster_is_asked_again() {
    let Some(ground) = begin() else { return };
    let busy = || answer(503, "{}");
    let cluster = Cluster::new(vec![busy(), answer(429, "{}"), answer(200, &secret())]);
    read(&*cluster.open(&ground));
    assert_eq!(cluster.asked(), ["GET", "GET", "GET"]);
}

#[test]
fn a_write_that_a_busy_cluster_turned_away_is_sent_again() {
    let Some(ground) = begin() else { return };
    let cluster = Cluster::new(vec![answer(200, &secret()), answer(429, "{}"), answer(200, &secret())]);
    let store = cluster.open(&ground);
    write(&*store, "b", &read(&*store).1).unwrap();
    assert_eq!(cluster.asked(), ["GET", "PATCH", "PATCH"]);
}

#[test]
fn a_write_whose_answer_is_lost_is_not_sent_again() {
    let Some(ground) = begin() else { return };
    let cluster = Cluster::new(vec![answer(200, &secret()), Vec::new()]);
    let store = cluster.open(&ground);
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
    let cluster = Cluster::new(vec![answer(200, &secret()), answer(503, "{}"), answer(409, "{}")]);
    let store = cluster.open(&ground);
    assert_eq!(write(&*store, "b", &read(&*store).1).unwrap_err().kind, StoreErrorKind::Uncertain);
    assert_eq!(cluster.asked(), ["GET", "PATCH", "PATCH"]);
}

#[test]
fn a_redirect_is_not_followed() {
    let Some(ground) = begin() else { return };
    let elsewhere = Cluster::new(Vec::new());
    let location =
        format!("HTTP/1.1 307 x\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n", elsewhere.address);
    let cluster = Cluster::new(vec![location.into_bytes()]);
    let error = cluster.open(&ground).read().unwrap_err();
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
        let cluster = Cluster::new(vec![answer(status, body)]);
        let error = cluster.open(&ground).read().unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Malformed);
        assert!(error.sentence.ends_with(told), "{error}");
    }
}

/// A cluster with answers in store, one for each connection.
struct Cluster {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Cluster {
    fn new(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for answer in answers {
                let mut client = listener.accept().unwrap().0;
                let method = method_of(&client);
                seen.lock().unwrap().push(method);
                // Whoever has heard enough hangs up.
                let _ = client.write_all(&answer);
            }
        });
        Self { address, asked }
    }

    fn open(&self, ground: &Ground) -> Box<dyn Store> {
        let server = Value::from(format!("http://{}", self.address));
        ground.open_as(
            &ground.kubeconfig(|content| content["clusters"][0]["cluster"] = json!({ "server": server })),
        )
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Reads a request to its end.
fn method_of(client: &TcpStream) -> String {
    let mut reader = BufReader::new(client);
    let (mut method, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if method.is_empty() {
            method = line.split(' ').next().unwrap().to_owned();
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            std::io::copy(&mut reader.take(length), &mut std::io::sink()).unwrap();
            return method;
        }
    }
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

fn secret() -> String {
    json!({ "metadata": { "resourceVersion": "7" }, "data": { "SECRET_KEY": "YQ==" } }).to_string()
}
