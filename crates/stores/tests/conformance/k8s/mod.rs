//! What is special about Kubernetes Secrets, on a real API server.

use std::env;
use std::fs;

use serde_json::{Value, from_str, json};

use crate::ground::Ground;

mod broken;
mod owners;
mod page;
mod pod;
mod secrets;
mod sign_in;
mod way;

/// One Secret's name; `None` where the server does not run, so there is nothing to test.
fn begin() -> Option<Ground> {
    Ground::of("k8s")
}

impl Ground {
    /// The variables of a service account with these rights to the Secret.
    fn account(&self, verbs: &[&str]) -> Value {
        self.arrange("account", json!({ "verbs": verbs }))
    }

    /// Another kubeconfig for the same cluster, as the variable that names it.
    fn kubeconfig(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut content = kubeconfig();
        change(&mut content);
        let file = self.world.path().join("kubeconfig");
        fs::write(&file, content.to_string()).unwrap();
        json!({ "KUBECONFIG": file.to_str().unwrap() })
    }
}

fn kubeconfig() -> Value {
    from_str(&fs::read_to_string(env::var_os("KUBECONFIG").unwrap()).unwrap()).unwrap()
}

/// The name of the Secret.
fn name(ground: &Ground) -> String {
    ground.url().rsplit('/').next().unwrap().to_owned()
}

/// Where the cluster is.
fn host() -> String {
    let server = kubeconfig()["clusters"][0]["cluster"]["server"].clone();
    server.as_str().unwrap().trim_start_matches("https://").to_owned()
}
