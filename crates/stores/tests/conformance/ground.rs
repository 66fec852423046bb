//! One secret of a store on a network, and whoever asks for it: for what is special about that store.

use std::env;
use std::sync::Arc;

use keybaton_core::{Field, Texts};
use keybaton_stores::{Settings, Store, StoreError, StoreErrorKind, Version, Written};
use serde_json::{Value, json};

use crate::fixtures::Outside;
use crate::hands::Hand;
use crate::support::writes;
use crate::world::{World, open_url, settings, tested, texts};

pub(crate) struct Ground {
    pub(crate) world: World,
    pub(crate) hand: Hand,
}

impl Ground {
    /// `None` where the server does not run, so there is nothing to test.
    pub(crate) fn of(scheme: &'static str) -> Option<Self> {
        let is_tested = tested().any(|fixture| fixture.scheme() == scheme);
        is_tested.then(|| Self { world: World::new(), hand: Hand(scheme) })
    }

    pub(crate) fn url(&self) -> String {
        self.world.url_of(self.hand.0)
    }

    pub(crate) fn open(&self) -> Box<dyn Store> {
        self.open_as(&json!({}))
    }

    /// The store as it is for whoever has these variables, and not those that are null.
    pub(crate) fn open_as(&self, variables: &Value) -> Box<dyn Store> {
        self.open_with(&self.url(), variables, |settings| settings)
    }

    pub(crate) fn open_with(
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

    /// Has the hand bring something about, and gives what there is to know of it.
    pub(crate) fn arrange(&self, what: &str, with: Value) -> Value {
        self.hand.ask(&self.world, json!({ "do": what, "with": with }))
    }

    pub(crate) fn plant(&self, key: &str) {
        self.hand.plant(&self.world, Field::Signing, key.as_bytes());
    }

    /// What keybaton asked of the secret so far.
    #[cfg(any(feature = "gitlab", feature = "heroku", feature = "k8s", feature = "vault"))]
    pub(crate) fn calls(&self) -> Vec<String> {
        serde_json::from_value(self.arrange("calls", json!({}))).unwrap()
    }

    /// The texts as the platform's own program would show them.
    pub(crate) fn there(&self) -> Vec<String> {
        self.hand.texts(&self.world).unwrap().into_values().collect()
    }
}

pub(crate) fn ring(key: &str) -> Texts {
    texts(key, key, "cmVj")
}

pub(crate) fn write(store: &dyn Store, key: &str, over: &Version) -> Result<Written, StoreError> {
    store.write(&writes(&ring(key)), over)
}

/// An error as a user sees it.
pub(crate) fn told(error: StoreError) -> (StoreErrorKind, String, String) {
    (error.kind, error.sentence, error.hint.unwrap())
}
