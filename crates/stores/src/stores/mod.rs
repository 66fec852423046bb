//! The list of stores. A new one is a file here, its `mod` line, its line in [`STORES`], its fixture and its page.

use crate::StoreKind;

#[cfg(feature = "akv")]
mod akv;
#[cfg(feature = "aws")]
mod awsps;
#[cfg(feature = "aws")]
mod awssm;
mod dir;
mod dotenv;
mod env;
mod file;
#[cfg(feature = "gcsm")]
mod gcsm;
#[cfg(feature = "gha")]
mod gha;
#[cfg(feature = "gitlab")]
mod gitlab;
#[cfg(feature = "heroku")]
mod heroku;
#[cfg(feature = "k8s")]
mod k8s;
#[cfg(feature = "keychain")]
mod keychain;
mod systemd;
#[cfg(feature = "vault")]
mod vault;

pub use env::must_be_no_path;

/// Every kind of store, the most usual first.
pub static STORES: &[StoreKind] = &[
    dotenv::KIND,
    dir::KIND,
    file::KIND,
    env::KIND,
    systemd::KIND,
    #[cfg(feature = "aws")]
    awssm::KIND,
    #[cfg(feature = "aws")]
    awsps::KIND,
    #[cfg(feature = "gcsm")]
    gcsm::KIND,
    #[cfg(feature = "k8s")]
    k8s::KIND,
    #[cfg(feature = "akv")]
    akv::KIND,
    #[cfg(feature = "vault")]
    vault::KIND,
    #[cfg(feature = "heroku")]
    heroku::KIND,
    #[cfg(feature = "gha")]
    gha::KIND,
    #[cfg(feature = "gitlab")]
    gitlab::KIND,
    #[cfg(feature = "keychain")]
    keychain::KIND,
];
