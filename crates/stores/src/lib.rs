//! Where rings live: one file a store.
//!
//! [`STORES`] lists every kind of store. A [`StoreUrl`] names one store, [`open`] opens it, and it is read and written
//! through the two functions of [`Store`].
//!
//! ```
//! use std::sync::Arc;
//! use keybaton_stores::{Held, Settings, StoreUrl, open};
//!
//! let folder = tempfile::tempdir()?;
//! let settings = Settings::new(folder.path(), Arc::new(|_| None));
//! let store = open(&StoreUrl::parse("dotenv:.env")?, &"SECRET_KEY".parse()?, &settings)?;
//! assert!(matches!(store.read()?, Held::Absent));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]

mod error;
mod local;
pub mod program;
#[cfg(feature = "remote")]
#[cfg_attr(
    not(all(
        feature = "akv",
        feature = "aws",
        feature = "gcsm",
        feature = "gha",
        feature = "gitlab",
        feature = "heroku",
        feature = "k8s",
        feature = "keychain",
        feature = "vault",
    )),
    expect(dead_code, reason = "what is shared, no single store needs all of")
)]
mod remote;
mod settings;
mod store;
mod stores;
mod text;
mod three_files;
mod url;
mod version;

pub use error::{StoreError, StoreErrorKind};
pub use local::path_of;
pub use settings::{Environment, Settings};
pub use store::{Can, ChosenBy, Guard, Held, Note, Open, Store, StoreKind, Version, Written, open};
pub use stores::{STORES, must_be_no_path};
pub use url::StoreUrl;
