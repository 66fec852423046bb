//! Which cluster is asked, and the way to it.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write, copy};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{begin, host, kubeconfig, name};
use crate::ground::{told, write};
use crate::world::read;

#[test]
fn a_context_is_chosen_by_the_url() {
    let Some(ground) = begin() else { return };
    let variables = ground.kubeconfig(|content| {
        content["users"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "name": "nobody", "user": { "token": "made-up" } }));
        let wrong = json!({ "name": "wrong", "context": { "cluster": "tested", "user": "nobody" } });
        content["contexts"].as_array_mut().unwrap().push(wrong);
        content["current-context"] = "wrong".into();
    });
    let open = |suffix: &str| {
        ground.open_with(&format!("{}{suffix}", ground.url()), &variables, |settings| settings)
    };
    assert_eq!(open("").read().unwrap_err().kind, StoreErrorKind::SignInNeeded);
    assert_eq!(read(&*open("?context=tested")).1, Version::Absent);
    let (kind, sentence, hint) = told(open("?context=none").read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert_eq!(sentence, format!("{}?context=none: your kubeconfig has no context none", ground.url()));
    assert_eq!(hint, "it has tested, wrong; or make one as for kubectl");
    let (_, _, hint) = told(open("?context=wrong").read().unwrap_err());
    assert!(hint.ends_with(&format!(
        "`kubectl auth can-i get secret/{} -n shop --context wrong` says yes",
        name(&ground)
    )));
}

#[test]
fn several_kubeconfigs_are_one_and_a_missing_one_is_none() {
    let Some(ground) = begin() else { return };
    let mut parts = kubeconfig();
    let users = parts["users"].take();
    let folder = ground.world.path();
    parts.as_object_mut().unwrap().remove("users");
    fs::write(folder.join("a"), parts.to_string()).unwrap();
    fs::write(folder.join("b"), json!({ "users": users }).to_string()).unwrap();
    let files = ["a", "missing", "b"].map(|name| folder.join(name).display().to_string()).join(":");
    write(&*ground.open_as(&json!({ "KUBECONFIG": files })), "a", &Version::Absent).unwrap();
    assert_eq!(ground.there(), ["a", "a", "cmVj"]);
}

#[test]
fn the_kubeconfig_of_the_home_folder_is_found() {
    let Some(ground) = begin() else { return };
    fs::create_dir(ground.world.path().join(".kube")).unwrap();
    fs::write(ground.world.path().join(".kube/config"), kubeconfig().to_string()).unwrap();
    let variables = json!({ "KUBECONFIG": null, "HOME": ground.world.path().to_str().unwrap() });
    assert_eq!(read(&*ground.open_as(&variables)).1, Version::Absent);
}

#[test]
fn a_kubeconfig_that_makes_no_sense_is_named_and_not_quoted() {
    let Some(ground) = begin() else { return };
    let file = ground.world.path().join("broken");
    fs::write(&file, "users:\n- name: x\n  user: {token: made-up-token]\n").unwrap();
    let error = ground.open_as(&json!({ "KUBECONFIG": file.to_str().unwrap() })).read().unwrap_err();
    assert!(!format!("{error:?}").contains("made-up-token"), "{error:?}");
    let sentence = format!("{}: {} is no kubeconfig (see line 3)", ground.url(), file.display());
    assert_eq!((error.kind, error.sentence), (StoreErrorKind::Malformed, sentence));
    assert_eq!(error.hint.as_deref(), Some("`kubectl config view` shows what kubectl makes of it"));
}

#[test]
fn without_a_kubeconfig_and_outside_a_pod_one_has_to_sign_in() {
    let Some(ground) = begin() else { return };
    let variables = json!({ "KUBECONFIG": null, "HOME": "/no/such/home", "KUBERNETES_SERVICE_HOST": null });
    let expected = (
        StoreErrorKind::SignInNeeded,
        format!("{}: there is no kubeconfig here, and this is no pod", ground.url()),
        "name the file in KUBECONFIG, or write ~/.kube/config, as for kubectl".to_owned(),
    );
    assert_eq!(told(ground.open_as(&variables).read().unwrap_err()), expected);
}

#[test]
fn an_authority_that_is_not_known_here_is_named_and_so_is_a_host_that_is_away() {
    let Some(ground) = begin() else { return };
    let cluster = |change: fn(&mut Value)| {
        let variables = ground.kubeconfig(|content| change(&mut content["clusters"][0]["cluster"]));
        told(ground.open_as(&variables).read().unwrap_err())
    };
    let (kind, sentence, hint) =
        cluster(|cluster| cluster["certificate-authority"].take().as_null().unwrap_or(()));
    assert_eq!(kind, StoreErrorKind::Unreachable);
    assert!(
        sentence.starts_with(&format!(
            "{}: {} has a certificate that is not trusted here: ",
            ground.url(),
            host()
        )),
        "{sentence}"
    );
    assert_eq!(hint, "name its certificate authority: certificate-authority in your kubeconfig");
    let (kind, sentence, _) = cluster(|cluster| cluster["server"] = "https://127.0.0.1:1".into());
    assert_eq!(kind, StoreErrorKind::Unreachable);
    assert_eq!(
        sentence,
        format!("{}: cannot reach 127.0.0.1:1: Connection refused (os error 111)", ground.url())
    );
}

#[test]
fn a_proxy_is_used_unless_the_cluster_is_exempt() {
    let Some(ground) = begin() else { return };
    let (address, tunnels) = proxy();
    for (exempt, expected) in [("localhost", 1), ("127.0.0.1", 1)] {
        let variables = json!({ "HTTPS_PROXY": format!("http://{address}"), "NO_PROXY": exempt });
        assert_eq!(read(&*ground.open_as(&variables)).1, Version::Absent);
        assert_eq!(tunnels.load(Ordering::SeqCst), expected, "{exempt}");
    }
}

#[test]
fn a_list_of_exemptions_that_nobody_reads_is_told_of() {
    let Some(ground) = begin() else { return };
    // The library reads the environment of the process itself.
    let ran = Command::new(env::current_exe().unwrap())
        .args(["--exact", "k8s::way::case_with_a_comma_too_many", "--ignored"])
        .envs([("HTTPS_PROXY", "http://127.0.0.1:1"), ("NO_PROXY", "localhost,")])
        .env("KEYBATON_TEST_FOLDER", ground.world.path())
        .output()
        .unwrap();
    assert!(ran.status.success() && String::from_utf8_lossy(&ran.stdout).contains("1 passed"), "{ran:?}");
}

#[test]
#[ignore = "run by a_list_of_exemptions_that_nobody_reads_is_told_of"]
fn case_with_a_comma_too_many() {
    let ground = begin().unwrap();
    let (kind, sentence, _) = told(ground.open().read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert_eq!(sentence, format!("{}: HTTPS_PROXY or NO_PROXY cannot be used as it is", ground.url()));
}

#[test]
fn a_proxy_of_a_kind_that_nobody_knows_is_told_of_without_its_password() {
    let Some(ground) = begin() else { return };
    let proxy = "ftp://joe:made-up-password@proxy.example";
    let variables =
        ground.kubeconfig(|content| content["clusters"][0]["cluster"]["proxy-url"] = proxy.into());
    let store = ground.open_as(&variables);
    let expected = (
        StoreErrorKind::Malformed,
        format!("{}: the way to the cluster leads through a proxy of an unknown kind", ground.url()),
        "write http://, https:// or socks5://".to_owned(),
    );
    assert_eq!(told(store.read().unwrap_err()), expected);
}

#[test]
fn a_certificate_that_is_none_is_told_of() {
    let Some(ground) = begin() else { return };
    let user = json!({ "client-certificate-data": "bm9uZQ==", "client-key-data": "bm9uZQ==" });
    let store = ground.open_as(&ground.kubeconfig(|content| content["users"][0]["user"] = user));
    let (kind, sentence, _) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert_eq!(sentence, format!("{}: the certificates in your kubeconfig cannot be used", ground.url()));
}

/// A proxy that counts the tunnels through it.
fn proxy() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tunnels);
    thread::spawn(move || {
        for client in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || tunnel(client.unwrap()));
        }
    });
    (address, tunnels)
}

fn tunnel(mut client: TcpStream) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line| line != "\r\n") {
        lines.push(String::new());
        reader.read_line(lines.last_mut().unwrap()).unwrap();
    }
    let target = lines[0].strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap();
    let mut server = TcpStream::connect(target).unwrap();
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
    let mut back = (server.try_clone().unwrap(), client);
    thread::spawn(move || copy(&mut back.0, &mut back.1));
    let _ = copy(&mut reader, &mut server);
}
