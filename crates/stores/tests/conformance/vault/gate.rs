//! What stands before some servers: it lets some calls through and others not, which no policy of the server's does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use keybaton_stores::{Held, StoreErrorKind, Version};
use serde_json::json;

use super::begin;
use crate::ground::{told, write};

#[test]
fn nothing_is_made_where_nobody_says_which_version_the_mount_is() {
    let Some(ground) = begin() else { return };
    for (status, body, kind, what) in [
        (403, DENIED, StoreErrorKind::Denied, "your token may not see which version the mount secret is"),
        // What the first servers had not yet.
        (404, "{}", StoreErrorKind::Unsupported, "the mount secret is version 1 of the key-value engine"),
    ] {
        let gate = Gate::open(status, body);
        let variables = json!({ "VAULT_ADDR": gate.address, "VAULT_TOKEN": "made-up" });
        let store = ground.open_as(&variables);
        if kind == StoreErrorKind::Denied {
            assert!(matches!(store.read().unwrap(), Held::Absent));
        }
        let (told_kind, sentence, hint) = told(write(&*store, "a", &Version::Absent).unwrap_err());
        assert_eq!((told_kind, sentence), (kind, format!("{}: {what}", ground.url())));
        if kind == StoreErrorKind::Denied {
            assert_eq!(
                hint,
                r#"its policy lacks: path "sys/internal/ui/mounts/secret" { capabilities = ["read"] }"#
            );
        }
        assert!(gate.calls.lock().unwrap().iter().all(|call| call.starts_with("GET ")));
    }
}

struct Gate {
    address: String,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Gate {
    /// Holds no secret, takes each, and answers a question about mounts like this.
    fn open(status: u16, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let call = asked(stream.as_ref().unwrap());
                let (status, body) = match call.split(' ').next() {
                    Some("GET") if call.contains("/sys/internal/ui/mounts/") => (status, body),
                    Some("GET") if call.contains("/lookup-self") => (200, "{}"),
                    Some("GET") => (404, r#"{"errors":[]}"#),
                    _ => (204, ""),
                };
                seen.lock().unwrap().push(call);
                let length = body.len();
                write!(
                    stream.unwrap(),
                    "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                )
                .unwrap();
            }
        });
        Self { address, calls }
    }
}

/// The first line of a call, once all of it is there.
fn asked(stream: &TcpStream) -> String {
    let mut lines = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    lines.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        match line.trim().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    lines.read_exact(&mut vec![0; length]).unwrap();
    first
}

const DENIED: &str =
    r#"{"errors":["preflight capability check returned 403, please ensure client's policies grant access"]}"#;
