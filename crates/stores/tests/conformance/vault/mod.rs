//! What is special about Vault's key-value engine, on a real OpenBao.

use crate::ground::Ground;

mod gate;
mod log_in;
mod mounts;
mod page;
mod secrets;
mod way;

/// One secret's name; `None` where the server does not run, so there is nothing to test.
fn begin() -> Option<Ground> {
    Ground::of("vault")
}

/// The path of the secret in its mount.
fn path(ground: &Ground) -> String {
    ground.url().rsplit('/').next().unwrap().to_owned()
}

/// Where the server is.
fn host() -> String {
    let address = std::env::var("VAULT_ADDR").unwrap();
    address.trim_start_matches("https://").to_owned()
}
