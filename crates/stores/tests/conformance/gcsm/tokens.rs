//! Servers that give tokens, and are away, busy, slow, without end or somebody else.

use std::net::TcpListener;
use std::path::Path;

use super::login::{by, variable};
use super::*;
use crate::scripted::{Scripted, answer};
use crate::support::{as_whoever_has, given};

/// Files of each kind whose tokens come from this server.
fn files(world: &World, server: &str) -> Vec<(&'static str, String)> {
    let asking = |name, field| {
        let text = std::fs::read_to_string(variable(name)).unwrap();
        let mut json: Value = serde_json::from_str(&text).unwrap();
        json[field] = server.into();
        json
    };
    let acting = {
        let mut json = asking("ACTING", "service_account_impersonation_url");
        let key = std::fs::read_to_string(variable("READER")).unwrap();
        json["source_credentials"] = serde_json::from_str(&key).unwrap();
        json
    };
    let jsons = [asking("PERSON", "token_uri"), asking("FEDERATED", "token_url"), acting];
    let written = jsons.iter().enumerate().map(|(number, json)| {
        let file = world.path().join(format!("{number}.json"));
        std::fs::write(&file, json.to_string()).unwrap();
        ("GOOGLE_APPLICATION_CREDENTIALS", file.to_str().unwrap().to_owned())
    });
    written.collect()
}

fn error_of(world: &World, fixture: &Fixture, way: (&'static str, String)) -> StoreError {
    world.environment.lock().unwrap().clear();
    let error = by(world, fixture, &[way]).read().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("made-up-re"), "{error}");
    error
}

fn host(server: &Scripted) -> String {
    server.address().strip_prefix("http://").unwrap().to_owned()
}

#[test]
fn no_credentials_follow_a_redirect_of_a_server_that_gives_tokens() {
    let Some((world, fixture)) = begin() else { return };
    let elsewhere = Scripted::new(vec![answer(200, r#"{"access_token": "made-up"}"#); 4]);
    let moved = format!(
        "HTTP/1.1 307 x\r\nlocation: {}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        elsewhere.address()
    );
    let server = Scripted::new(vec![moved.into_bytes(); 4]);
    for way in files(&world, server.address()) {
        let error = error_of(&world, fixture, way);
        assert_eq!(error.kind, StoreErrorKind::Unreachable, "{error}");
        let told =
            ": 127.0.0.1, which gives the tokens for it, answers with another address, which is not followed";
        assert!(error.sentence.ends_with(told), "{error}");
    }
    let error = error_of(&world, fixture, ("GCE_METADATA_HOST", host(&server)));
    assert_eq!(error.kind, StoreErrorKind::Unreachable, "{error}");
    assert_eq!((server.asked().len(), elsewhere.asked()), (4, vec![]));
}

#[test]
fn an_answer_without_end_of_a_server_that_gives_tokens_is_not_heard_out() {
    let Some((world, fixture)) = begin() else { return };
    let server = Scripted::new(vec![answer(200, &"x".repeat(5 << 20)); 3]);
    for way in files(&world, server.address()) {
        let error = error_of(&world, fixture, way);
        assert_eq!(error.kind, StoreErrorKind::Unreachable, "{error}");
        let told = ": 127.0.0.1, which gives the tokens for it, answers with more than any token is long";
        assert!(error.sentence.ends_with(told), "{error}");
    }
}

#[test]
fn a_server_that_gives_no_tokens_now_is_no_reason_to_sign_in() {
    let Some((world, fixture)) = begin() else { return };
    let busy = Scripted::new(vec![answer(503, "later"); 4]);
    let hung_up = Scripted::new(vec![Vec::new(); 4]);
    let away = "http://127.0.0.1:1";
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let hangs = format!("http://{}", hanging.local_addr().unwrap());
    for (server, told) in [
        (busy.address(), "is busy (HTTP 503)"),
        (hung_up.address(), "does not answer: "),
        (away, "cannot be reached: "),
        (&hangs, "does not answer: no answer came in time"),
    ] {
        let mut ways = files(&world, server);
        if server == hangs {
            ways.truncate(1);
        }
        if server != away {
            ways.push(("GCE_METADATA_HOST", server.strip_prefix("http://").unwrap().to_owned()));
        }
        for way in ways {
            let error = error_of(&world, fixture, way);
            assert_eq!(error.kind, StoreErrorKind::Unreachable, "{error}");
            let told = format!(", which gives the tokens for it, {told}");
            assert!(error.sentence.contains(&told) && error.sentence.contains(": 127.0.0.1"), "{error}");
        }
    }
}

#[test]
fn a_machine_without_an_account_is_told_so() {
    let Some((world, fixture)) = begin() else { return };
    for (status, told) in [
        (404, ": this machine has no service account"),
        (403, ": the credentials of this machine are not accepted (HTTP 403)"),
    ] {
        let machine = Scripted::new(vec![answer(status, "")]);
        let error = error_of(&world, fixture, ("GCE_METADATA_HOST", host(&machine)));
        assert_eq!(error.kind, StoreErrorKind::SignInNeeded);
        assert!(error.sentence.ends_with(told), "{error}");
    }
}

#[test]
fn credentials_go_to_no_server_in_clear() {
    let Some((world, fixture)) = begin() else { return };
    for way in files(&world, "http://keybaton.example/token") {
        let error = error_of(&world, fixture, way);
        assert_eq!(error.kind, StoreErrorKind::SignInNeeded);
        assert!(error.sentence.ends_with(".json name a server that is asked without TLS"), "{error}");
    }
}

#[test]
fn a_machine_is_asked_of_itself_without_a_proxy() {
    let Some((world, fixture)) = begin() else { return };
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    std::fs::write(world.path().join("which"), world.url(fixture)).unwrap();
    let proxy = Scripted::new(vec![answer(200, r#"{"access_token": "made-up"}"#)]);
    let variables = [
        ("GOOGLE_APPLICATION_CREDENTIALS", ""),
        ("CLOUDSDK_CONFIG", "/nonexistent"),
        ("GCE_METADATA_HOST", &variable("METADATA")),
        ("http_proxy", proxy.address()),
        ("NO_PROXY", ""),
        ("no_proxy", ""),
        ("HTTPS_PROXY", ""),
        ("https_proxy", ""),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    as_whoever_has(&variables, "gcsm::tokens::case_machine", world.path());
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
#[ignore = "run by a_machine_is_asked_of_itself_without_a_proxy"]
fn case_machine() {
    let (folder, _) = given();
    let url = std::fs::read_to_string(Path::new(&folder).join("which")).unwrap();
    let store = open_url(&url, &settings(&folder, outer_environment()));
    assert_eq!(read(&*store).0, ring("a"));
}
