//! The one place where something asynchronous runs.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::{StoreError, StoreErrorKind};

/// Runs a future to its end, on this thread. The runtime starts with the first call and has no thread of its own, so a
/// program that asks no remote store starts none.
pub(crate) fn wait<F: Future>(future: F) -> Result<F::Output, StoreError> {
    runtime().map(|runtime| runtime.block_on(future))
}

/// Makes something that will run later. What blocks meanwhile blocks this thread alone.
#[cfg(feature = "k8s")]
pub(crate) fn within<T>(make: impl FnOnce() -> T) -> Result<T, StoreError> {
    runtime().map(|runtime| {
        let _entered = runtime.enter();
        make()
    })
}

fn runtime() -> Result<&'static Runtime, StoreError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())
    });
    runtime.as_ref().map_err(|why| {
        let sentence = format!("cannot prepare a connection: {why}");
        StoreError::new(StoreErrorKind::Unreachable, sentence).hint("free some memory or file handles")
    })
}
