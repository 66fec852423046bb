//! What a pod has: the service account that the kubelet gave it. Its folder has one name everywhere, so these tests run where
//! that name means another folder, and nobody else sees that.

use std::env;
use std::fs;
use std::process::Command;

use serde_json::{Value, from_str, json};

use super::{begin, host};
use crate::ground::{Ground, write};
use crate::support::{given, may_change_owners};
use crate::world::{open_url, outer_environment, read, settings};

#[test]
fn a_pod_needs_no_kubeconfig() {
    if !may_change_owners() {
        return;
    }
    let Some(ground) = begin() else { return };
    give_account(&ground, &["get", "patch", "create"]);
    in_a_pod(&ground, &ground.url(), &[]);
    assert_eq!(ground.there(), ["a", "a", "cmVj"]);
    assert_eq!(ground.calls(), ["get", "create"]);
}

#[cfg(feature = "vault")]
#[test]
fn a_pod_logs_in_to_vault_with_the_same_account() {
    if !may_change_owners() {
        return;
    }
    let (Some(ground), Some(vault)) = (begin(), Ground::of("vault")) else { return };
    let authority = give_account(&ground, &[]);
    let reviewer = ground.arrange("reviewer", json!({}));
    let policy =
        format!("path \"secret/data/{}\" {{ capabilities = [\"create\", \"read\"] }}", super::name(&vault));
    let cluster =
        json!({ "host": format!("https://{}", host()), "authority": authority, "reviewer": reviewer });
    let role = vault
        .arrange("kubernetes_role", json!({ "policy": policy, "cluster": cluster, "namespace": "shop" }));
    in_a_pod(&ground, &vault.url(), &[("VAULT_KUBERNETES_ROLE", role.as_str().unwrap())]);
    assert_eq!(vault.there(), ["a", "a", "cmVj"]);
}

/// Makes a service account and the folder that a pod has of it; the certificate of the cluster's authority.
fn give_account(ground: &Ground, verbs: &[&str]) -> String {
    let account = ground.account(verbs);
    let kubeconfig: Value =
        from_str(&fs::read_to_string(account["KUBECONFIG"].as_str().unwrap()).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let authority =
        fs::read_to_string(text(&kubeconfig["clusters"][0]["cluster"]["certificate-authority"])).unwrap();
    let folder = ground.world.path().join("account");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("token"), text(&kubeconfig["users"][0]["user"]["token"])).unwrap();
    fs::write(folder.join("namespace"), "shop").unwrap();
    fs::write(folder.join("ca.crt"), &authority).unwrap();
    authority
}

/// Writes a first ring where the folder of service accounts is this ground's.
fn in_a_pod(ground: &Ground, url: &str, variables: &[(&str, &str)]) {
    let here = host();
    let (address, port) = here.split_once(':').unwrap();
    let script = "mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io && \
                  cp -r \"$KEYBATON_TEST_FOLDER/account\" /run/secrets/kubernetes.io/serviceaccount && exec \"$@\"";
    let ran = Command::new("unshare")
        .args(["--mount", "sh", "-c", script, "sh"])
        .arg(env::current_exe().unwrap())
        .args(["--exact", "k8s::pod::case_in_a_pod", "--ignored"])
        .env_remove("KUBECONFIG")
        .env_remove("VAULT_TOKEN")
        .env("HOME", ground.world.path())
        .env("KUBERNETES_SERVICE_HOST", address)
        .env("KUBERNETES_SERVICE_PORT", port)
        .env("KEYBATON_TEST_FOLDER", ground.world.path())
        .env("KEYBATON_TEST_ARGUMENT", url)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(ran.status.success() && String::from_utf8_lossy(&ran.stdout).contains("1 passed"), "{ran:?}");
}

#[test]
#[ignore = "run by a_pod_needs_no_kubeconfig and a_pod_logs_in_to_vault_with_the_same_account"]
fn case_in_a_pod() {
    let (folder, url) = given();
    let store = open_url(&url, &settings(&folder, outer_environment()));
    write(&*store, "a", &read(&*store).1).unwrap();
}
