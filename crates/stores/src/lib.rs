//! Where rings live: one file a store.

#![warn(missing_docs)]

mod error;
mod settings;
mod store;
mod url;

pub use error::{StoreError, StoreErrorKind};
pub use settings::Settings;
pub use store::{Can, Guard, Held, Note, Open, Store, StoreKind, Version, Written};
pub use url::StoreUrl;
