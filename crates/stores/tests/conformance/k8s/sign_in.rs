//! Who we are to a cluster, and what that lets us do.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use data_encoding::BASE64;
use keybaton_stores::{Store, StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{begin, host, kubeconfig, name};
use crate::fixtures::Outside;
use crate::ground::{Ground, told, write};
use crate::world::read;

#[test]
fn whoever_the_cluster_does_not_know_has_to_sign_in() {
    for user in [json!({ "token": "made-up-and-wrong" }), json!({})] {
        let Some(ground) = begin() else { return };
        let store = ground.open_as(&ground.kubeconfig(|content| content["users"][0]["user"] = user));
        let host = host();
        let expected = (
            StoreErrorKind::SignInNeeded,
            format!("{}: {host} does not know who you are", ground.url()),
            format!(
                "sign in as for kubectl, until `kubectl auth can-i get secret/{} -n shop` says yes",
                name(&ground)
            ),
        );
        assert_eq!(told(store.read().unwrap_err()), expected);
        // Signing in meanwhile helps the same store.
        ground.kubeconfig(|_| {});
        assert_eq!(read(&*store).1, Version::Absent);
    }
}

#[test]
fn a_missing_right_is_named_with_its_verb() {
    for (verbs, planted, verb, doing) in [
        (&[][..], true, "get", "reading"),
        (&["get"], true, "patch", "writing"),
        (&["get"], false, "create", "creating"),
    ] {
        let Some(ground) = begin() else { return };
        if planted {
            ground.plant("a");
        }
        let store = ground.open_as(&ground.account(verbs));
        let outcome = store.read().and_then(|_| write(&*store, "b", &read(&*store).1));
        let what = if planted { format!("secret/{}", name(&ground)) } else { "secrets".to_owned() };
        let expected = (
            StoreErrorKind::Denied,
            format!("{}: you have no right to this when {doing}", ground.url()),
            format!(
                "a Role in the namespace shop has to allow the verb {verb} on secrets; `kubectl auth can-i {verb} {what} -n shop` tests it"
            ),
        );
        assert_eq!(told(outcome.unwrap_err()), expected);
    }
}

#[test]
fn the_right_to_update_does_where_that_to_patch_is_missing() {
    let Some(ground) = begin() else { return };
    ground.hand.surround(&ground.world);
    ground.plant("a");
    let others = ground.hand.surroundings(&ground.world);
    let store = ground.open_as(&ground.account(&["get", "update"]));
    let first = read(&*store).1;
    let second = write(&*store, "b", &first).unwrap().version;
    assert_eq!(ground.calls(), ["get", "patch", "get", "update"]);
    assert_eq!(
        (ground.there().concat(), ground.hand.surroundings(&ground.world)),
        ("bbcmVj".to_owned(), others)
    );
    assert_eq!(write(&*store, "c", &first).unwrap_err().kind, StoreErrorKind::Conflict);
    ground.arrange("merge", json!({ "change": { "metadata": { "labels": { "team": "x" } } } }));
    assert_eq!(write(&*store, "c", &second).unwrap_err().kind, StoreErrorKind::Conflict);
    assert_eq!(ground.there(), ["b", "b", "cmVj"]);
}

#[test]
fn a_client_certificate_says_who_one_is() {
    let Some(ground) = begin() else { return };
    let user = ground.arrange("certificate", json!({ "group": "system:masters" }));
    let store = ground.open_as(&ground.kubeconfig(|content| content["users"][0]["user"] = user));
    write(&*store, "a", &read(&*store).1).unwrap();
    assert_eq!(ground.there(), ["a", "a", "cmVj"]);
}

#[test]
fn a_plugin_of_the_kubeconfig_signs_in_until_its_credential_ends() {
    if begin().is_none() {
        return;
    }
    let json = |end: &str| {
        let status = json!({ "token": admin(), "expirationTimestamp": end });
        format!("echo '{}'", json!({ "kind": "ExecCredential", "apiVersion": API, "status": status }))
    };
    let yaml = format!("printf 'kind: ExecCredential\nstatus:\n  token: %s\n' {}", admin());
    for (prints, times) in
        [(json(""), 1), (json("2099-01-01T00:00:00Z"), 1), (json("2001-01-01T00:00:00+02:00"), 2), (yaml, 1)]
    {
        let Some(ground) = begin() else { return };
        let store = with_plugin(&ground, &format!("echo $1 >> asked; {prints}"));
        write(&*store, "a", &read(&*store).1).unwrap();
        assert_eq!(ground.there(), ["a", "a", "cmVj"]);
        let asked = fs::read_to_string(ground.world.path().join("asked")).unwrap();
        assert_eq!(asked, "get-token\n".repeat(times));
    }
}

#[test]
fn a_plugin_can_give_a_certificate() {
    let Some(ground) = begin() else { return };
    let user = ground.arrange("certificate", json!({ "group": "system:masters" }));
    let text = |name: &str| {
        String::from_utf8(BASE64.decode(user[name].as_str().unwrap().as_bytes()).unwrap()).unwrap()
    };
    let status = json!({
        "clientCertificateData": text("client-certificate-data"),
        "clientKeyData": text("client-key-data"),
    });
    fs::write(ground.world.path().join("credential"), json!({ "status": status }).to_string()).unwrap();
    assert_eq!(read(&*with_plugin(&ground, "cat credential")).1, Version::Absent);
}

#[test]
fn a_plugin_learns_which_cluster_it_is_for() {
    let Some(ground) = begin() else { return };
    let credential = json!({ "status": { "token": admin() } });
    read(&*with_plugin(&ground, &format!("echo \"$KUBERNETES_EXEC_INFO\" > info; echo '{credential}'")));
    let info = fs::read_to_string(ground.world.path().join("info")).unwrap();
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!((&info["kind"], &info["apiVersion"]), (&json!("ExecCredential"), &json!(API)));
    assert_eq!(info["spec"]["interactive"], false);
    assert_eq!(info["spec"]["cluster"]["server"], format!("https://{}", host()));
    assert!(info["spec"]["cluster"]["certificate-authority-data"].is_string());
}

#[test]
fn a_plugin_gets_none_of_our_input() {
    let Some(ground) = begin() else { return };
    let key = ground.world.path().join("key");
    fs::write(&key, "made-up-key").unwrap();
    let ran = Command::new(env::current_exe().unwrap())
        .args(["--exact", "k8s::sign_in::case_with_input", "--ignored"])
        .stdin(File::open(key).unwrap())
        .output()
        .unwrap();
    assert!(ran.status.success() && String::from_utf8_lossy(&ran.stdout).contains("1 passed"), "{ran:?}");
}

#[test]
#[ignore = "run by a_plugin_gets_none_of_our_input"]
fn case_with_input() {
    let ground = begin().unwrap();
    let credential = json!({ "status": { "token": admin() } });
    read(&*with_plugin(&ground, &format!("cat > input; echo '{credential}'")));
    assert_eq!(fs::read_to_string(ground.world.path().join("input")).unwrap(), "");
}

#[test]
fn a_plugin_that_fails_is_named_and_what_it_printed_is_not() {
    for (script, why) in [
        ("echo made-up-token; exit 3", "ended with exit status: 3"),
        ("exec yes made-up-token", "printed more than any token is long, and was ended"),
        ("echo 'token: made-up-token: : {'", "printed is no credential"),
        (r#"echo '{"kind":"ExecCredential","spec":{"token":"made-up-token"}}'"#, "printed is no credential"),
    ] {
        let Some(ground) = begin() else { return };
        let error = with_plugin(&ground, script).read().unwrap_err();
        let seen = format!("{error:?}");
        assert!(!seen.contains("made-up-token"), "{seen}");
        let (kind, sentence, hint) = told(error);
        assert_eq!(kind, StoreErrorKind::SignInNeeded);
        let begin = format!("{}: cannot sign in to the cluster: ", ground.url());
        assert!(
            sentence.starts_with(&begin) && sentence.ends_with(why) && sentence.contains("plugin.sh"),
            "{sentence}"
        );
        assert!(hint.starts_with("sign in as for kubectl, until `kubectl auth can-i get secret/"), "{hint}");
    }
}

#[test]
fn a_plugin_that_is_not_there_is_named() {
    let Some(ground) = begin() else { return };
    let exec = json!({ "apiVersion": API, "command": "no-such-plugin", "interactiveMode": "Never" });
    let store =
        ground.open_as(&ground.kubeconfig(|content| content["users"][0]["user"] = json!({ "exec": exec })));
    let (kind, sentence, _) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::SignInNeeded);
    let why = "the plugin no-such-plugin could not be started: No such file or directory (os error 2)";
    assert_eq!(sentence, format!("{}: cannot sign in to the cluster: {why}", ground.url()));
}

fn with_plugin(ground: &Ground, script: &str) -> Box<dyn Store> {
    let plugin = ground.world.path().join("plugin.sh");
    fs::write(&plugin, format!("#!/bin/sh\ncd {}\n{script}\n", ground.world.path().display())).unwrap();
    fs::set_permissions(&plugin, fs::Permissions::from_mode(0o755)).unwrap();
    // A path beside the kubeconfig, as people keep them.
    let exec = json!({
        "apiVersion": API,
        "command": "./plugin.sh",
        "args": ["get-token"],
        "interactiveMode": "Never",
        "provideClusterInfo": true,
    });
    ground.open_as(&ground.kubeconfig(|content| content["users"][0]["user"] = json!({ "exec": exec })))
}

fn admin() -> String {
    kubeconfig()["users"][0]["user"]["token"].as_str().unwrap().to_owned()
}

const API: &str = "client.authentication.k8s.io/v1beta1";
