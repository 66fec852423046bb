//! Where a token comes from, and what becomes of one that has run out.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread;

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{begin, host, path};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

#[test]
fn whoever_has_no_token_or_one_that_is_none_any_more_has_to_log_in() {
    let Some(ground) = begin() else { return };
    ground.plant("a");
    let revoked = ground.arrange("token", json!({ "policy": policy(&ground) }));
    ground.arrange("revoked", json!({ "token": revoked }));
    for token in [Value::Null, "".into(), "made-up".into(), revoked] {
        let store = ground.open_as(&json!({ "VAULT_TOKEN": token, "HOME": ground.world.path().to_str() }));
        let expected = (
            StoreErrorKind::SignInNeeded,
            format!("{}: {} knows no valid token of yours", ground.url(), host()),
            format!("log in: VAULT_ADDR=https://{} vault login, or set VAULT_TOKEN", host()),
        );
        assert_eq!(told(store.read().unwrap_err()), expected);
    }
}

#[test]
fn the_variables_of_openbao_do_the_same() {
    let Some(ground) = begin() else { return };
    let token = ground.arrange("token", json!({ "policy": policy(&ground) }));
    let of = |name: &str| std::env::var(name).unwrap();
    let store = ground.open_as(&json!({
        "VAULT_ADDR": null, "VAULT_CACERT": null, "VAULT_TOKEN": null,
        "BAO_ADDR": of("VAULT_ADDR"), "BAO_CACERT": of("VAULT_CACERT"), "BAO_TOKEN": token,
    }));
    write(&*store, "a", &Version::Absent).unwrap();
    assert_eq!(ground.there(), ["a", "a", "cmVj"]);
}

#[test]
fn an_app_logs_in_with_its_role_and_again_when_its_token_has_run_out() {
    let Some(ground) = begin() else { return };
    let mut variables = ground.arrange("approle", json!({ "policy": policy(&ground), "uses": 1 }));
    variables["VAULT_TOKEN"] = Value::Null;
    let store = ground.open_as(&variables);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    write(&*store, "b", &version).unwrap();
    assert_eq!(read(&*store).0, ring("b"));
}

#[test]
fn an_app_whose_secret_is_wrong_is_told_so() {
    let Some(ground) = begin() else { return };
    let mut variables = ground.arrange("approle", json!({ "policy": policy(&ground), "uses": 1 }));
    variables["VAULT_TOKEN"] = Value::Null;
    variables["VAULT_SECRET_ID"] = "made-up-secret".into();
    let error = ground.open_as(&variables).read().unwrap_err();
    assert!(!format!("{error:?}").contains("made-up-secret"));
    let expected = (
        StoreErrorKind::SignInNeeded,
        format!("{}: {} refused the log-in by approle", ground.url(), host()),
        "see whether VAULT_ROLE_ID and VAULT_SECRET_ID are still good".to_owned(),
    );
    assert_eq!(told(error), expected);
}

#[test]
fn the_token_that_vault_login_left_behind_is_found_also_when_it_is_a_new_one() {
    let Some(ground) = begin() else { return };
    let token = || ground.arrange("token", json!({ "policy": policy(&ground) })).as_str().unwrap().to_owned();
    let file = ground.world.path().join(".vault-token");
    let first = token();
    fs::write(&file, format!("{first}\n")).unwrap();
    let store = ground.open_as(&at_home(&ground));
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    ground.arrange("revoked", json!({ "token": first }));
    fs::write(&file, token()).unwrap();
    write(&*store, "b", &version).unwrap();
    assert_eq!(ground.there(), ["b", "b", "cmVj"]);
}

#[test]
fn a_token_helper_is_asked_for_the_token_of_this_server() {
    for configuration in [".vault", ".bao"] {
        let Some(ground) = begin() else { return };
        let token = ground.arrange("token", json!({ "policy": policy(&ground) }));
        // Another address than the one in our own environment; it gives the token for this one alone.
        let address = format!("https://localhost:{}", host().split_once(':').unwrap().1);
        let script =
            format!("[ \"$1 $VAULT_ADDR\" = \"get {address}\" ] && printf %s {}", token.as_str().unwrap());
        helper(&ground, configuration, &script);
        let mut variables = at_home(&ground);
        variables["VAULT_ADDR"] = address.into();
        assert_eq!(read(&*ground.open_as(&variables)).1, Version::Absent);
    }
}

#[test]
fn a_token_helper_may_take_longer_than_a_server_may() {
    thread::scope(|scope| {
        for is_first in [true, false] {
            scope.spawn(move || must_be_waited_for(is_first));
        }
    });
}

/// The helper, asked for a first token, or for another when that one has run out.
fn must_be_waited_for(is_first: bool) {
    let Some(ground) = begin() else { return };
    let token = || ground.arrange("token", json!({ "policy": policy(&ground) })).as_str().unwrap().to_owned();
    let store = ground.open_as(&at_home(&ground));
    if !is_first {
        let first = token();
        helper(&ground, ".vault", &format!("printf %s {first}"));
        read(&*store);
        ground.arrange("revoked", json!({ "token": first }));
    }
    helper(&ground, ".vault", &format!("sleep 31; printf %s {}", token()));
    write(&*store, "a", &Version::Absent).unwrap();
    assert_eq!(ground.there(), ["a", "a", "cmVj"]);
}

#[test]
fn a_token_helper_that_gives_no_token_is_named_and_what_it_printed_is_not() {
    let Some(ground) = begin() else { return };
    let program = helper(&ground, ".vault", "echo made-up-token; exit 3");
    let error = ground.open_as(&at_home(&ground)).read().unwrap_err();
    assert!(!format!("{error:?}").contains("made-up-token"));
    let expected = (
        StoreErrorKind::SignInNeeded,
        format!("the token helper {program} ended with exit status: 3"),
        "run `vault login`, or set VAULT_TOKEN".to_owned(),
    );
    assert_eq!(told(error), expected);
    helper(&ground, ".vault", "exit 0");
    let error = ground.open_as(&at_home(&ground)).read().unwrap_err();
    assert!(error.sentence.ends_with(" knows no valid token of yours"), "{error}");
}

#[test]
fn a_token_helper_that_prints_without_end_is_ended() {
    let Some(ground) = begin() else { return };
    let program = helper(&ground, ".vault", "exec yes made-up-token");
    let error = ground.open_as(&at_home(&ground)).read().unwrap_err();
    assert!(!format!("{error:?}").contains("made-up-token"));
    let sentence = format!("the token helper {program} printed more than any token is long, and was ended");
    assert_eq!((error.kind, error.sentence), (StoreErrorKind::SignInNeeded, sentence));
}

#[test]
fn a_token_helper_without_its_full_path_is_not_looked_for() {
    let Some(ground) = begin() else { return };
    let file = ground.world.path().join("configuration");
    fs::write(&file, "token_helper = \"helper\"\n").unwrap();
    let mut variables = at_home(&ground);
    variables["VAULT_CONFIG_PATH"] = file.to_str().unwrap().into();
    let error = ground.open_as(&variables).read().unwrap_err();
    let sentence = format!("{} names a token helper without its full path", file.display());
    assert_eq!((error.kind, error.sentence), (StoreErrorKind::Malformed, sentence));
}

/// A program, and the configuration that names it.
fn helper(ground: &Ground, configuration: &str, script: &str) -> String {
    let program = ground.world.path().join("helper");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.to_str().unwrap().to_owned();
    fs::write(ground.world.path().join(configuration), format!("token_helper = \"{program}\"\n")).unwrap();
    program
}

fn at_home(ground: &Ground) -> Value {
    json!({ "VAULT_TOKEN": null, "HOME": ground.world.path().to_str() })
}

fn policy(ground: &Ground) -> String {
    let path = path(ground);
    format!(r#"path "secret/data/{path}" {{ capabilities = ["create", "read", "update", "patch"] }}"#)
}
