//! What every store promises, held against every entry of the list of stores.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[cfg(feature = "akv")]
mod akv;
#[cfg(feature = "aws")]
mod aws;
mod denied;
mod files;
mod fixtures;
#[cfg(feature = "gcsm")]
mod gcsm;
#[cfg(feature = "gha")]
mod gha;
#[cfg(feature = "gitlab")]
mod gitlab;
mod ground;
mod hands;
#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku", feature = "vault"))]
mod here;
#[cfg(feature = "heroku")]
mod heroku;
mod hostile;
#[cfg(feature = "k8s")]
mod k8s;
#[cfg(feature = "keychain")]
mod keychain;
mod leaks;
mod life;
mod lists;
mod paths;
mod races;
#[cfg(feature = "network")]
mod scripted;
mod several;
mod stops;
mod support;
mod systemd;
#[cfg(feature = "gha")]
mod unsealed;
mod variables;
#[cfg(feature = "vault")]
mod vault;
mod world;
