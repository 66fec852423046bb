//! The one place where something asynchronous runs.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::{StoreError, StoreErrorKind};

/// Runs a future to its end, on this thread. The runtime starts with the first call and has no thread of its own, so a
/// program that asks no remote store starts none.
pub(crate) fn wait<F: Future>(future: F) -> Result<F::Output, StoreError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())
    });
    match runtime {
        Ok(runtime) => Ok(runtime.block_on(future)),
        Err(why) => {
            let sentence = format!("cannot prepare a connection: {why}");
            Err(StoreError::new(StoreErrorKind::Unreachable, sentence)
                .hint("free some memory or file handles"))
        }
    }
}
