//! What is special about Kubernetes Secrets, on a real API server.

use std::env;
use std::fs;
use std::sync::Arc;

use keybaton_core::Texts;
use keybaton_stores::{Settings, Store, StoreError, StoreErrorKind, Version, Written};
use serde_json::{Value, from_str, from_value, json};

use crate::fixtures::Outside;
use crate::hands::Hand;
use crate::support::writes;
use crate::world::{World, open_url, settings, tested, texts};

mod broken;
mod owners;
mod page;
mod secrets;
mod sign_in;
mod way;

pub(super) const HAND: Hand = Hand("k8s");

/// One Secret's name, and whoever asks for it.
pub(super) struct Ground {
    pub(super) world: World,
}

impl Ground {
    /// `None` where the server does not run, so there is nothing to test.
    pub(super) fn new() -> Option<Self> {
        tested().any(|fixture| fixture.scheme() == "k8s").then(|| Self { world: World::new() })
    }

    pub(super) fn url(&self) -> String {
        self.world.url_of("k8s")
    }

    pub(super) fn open(&self) -> Box<dyn Store> {
        self.open_as(&json!({}))
    }

    /// The store as it is for whoever has these variables.
    pub(super) fn open_as(&self, variables: &Value) -> Box<dyn Store> {
        self.open_with(&self.url(), variables, |settings| settings)
    }

    pub(super) fn open_with(
        &self,
        url: &str,
        variables: &Value,
        change: impl FnOnce(Settings<'_>) -> Settings<'_>,
    ) -> Box<dyn Store> {
        let variables = variables.clone();
        let environment = move |name: &str| match variables.get(name) {
            Some(value) => value.as_str().map(Into::into),
            None => env::var_os(name),
        };
        open_url(url, &change(settings(self.world.path(), Arc::new(environment))))
    }

    pub(super) fn arrange(&self, what: &str, with: Value) -> Value {
        HAND.ask(&self.world, json!({ "do": what, "with": with }))
    }

    /// The variables of a service account with these rights to the Secret.
    pub(super) fn account(&self, verbs: &[&str]) -> Value {
        self.arrange("account", json!({ "verbs": verbs }))
    }

    /// What keybaton asked of the Secret so far.
    pub(super) fn calls(&self) -> Vec<String> {
        from_value(self.arrange("calls", json!({}))).unwrap()
    }

    /// The texts as kubectl would show them.
    pub(super) fn there(&self) -> Vec<String> {
        HAND.texts(&self.world).unwrap().into_values().collect()
    }

    /// Another kubeconfig for the same cluster, as the variable that names it.
    pub(super) fn kubeconfig(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut content = kubeconfig();
        change(&mut content);
        let file = self.world.path().join("kubeconfig");
        fs::write(&file, content.to_string()).unwrap();
        json!({ "KUBECONFIG": file.to_str().unwrap() })
    }
}

pub(super) fn kubeconfig() -> Value {
    from_str(&fs::read_to_string(env::var_os("KUBECONFIG").unwrap()).unwrap()).unwrap()
}

pub(super) fn ring(key: &str) -> Texts {
    texts(key, key, "cmVj")
}

pub(super) fn write(store: &dyn Store, key: &str, over: &Version) -> Result<Written, StoreError> {
    store.write(&writes(&ring(key)), over)
}

/// An error as a user sees it.
pub(super) fn told(error: StoreError) -> (StoreErrorKind, String, String) {
    (error.kind, error.sentence, error.hint.unwrap())
}
