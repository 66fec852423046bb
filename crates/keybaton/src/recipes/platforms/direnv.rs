//! The key in a folder, by direnv.

use keybaton_stores::StoreUrl;
use minijinja::context;

use super::session;
use crate::failure::Failure;
use crate::recipes::template::fill;
use crate::recipes::{Facts, Made, Recipe, Ring, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "direnv",
    summary: "an .envrc that asks for the key of development whenever the folder is entered",
    variants: &[Variant { name: "envrc", summary: "in a file beside keybaton.toml" }],
    asks: &[],
    proposal: None,
    make,
};

fn make(facts: &Facts) -> Result<Made, Failure> {
    let watched: Vec<String> = facts.home.rings.iter().flat_map(files).collect();
    let gaps = context! { watched, ..session::gaps(facts) };
    let text = fill(include_str!("session/envrc"), gaps);
    let is_theirs = facts.django.text(".envrc").is_some_and(|old| !old.starts_with(MARK));
    let made = if is_theirs {
        Made::default()
            .file(".envrc.keybaton", "what direnv does", text)
            .step("Your .envrc stays as it is: add this line to it.")
            .command("source_env .envrc.keybaton")
    } else {
        Made::default().file(".envrc", "what direnv does", text)
    };
    Ok(made
        .step("Read it, and allow it; no key stands in it, so it belongs into the repository:")
        .command("direnv allow")
        .step("Whatever is started in the folder has the key in its environment, an editor too. Where the settings call keybaton.load(), none of it is needed."))
}

/// The files whose change means another ring. A store elsewhere has none, so `direnv reload` follows a rotation there.
fn files(ring: &Ring) -> Vec<String> {
    let place = path(&ring.store);
    match ring.store.scheme() {
        "dotenv" | "file" => vec![place],
        "dir" => vec![format!("{place}/{}", ring.name), format!("{place}/{}", ring.name.fallbacks())],
        _ => Vec::new(),
    }
}

fn path(store: &StoreUrl) -> String {
    store.rest().split('?').next().unwrap_or_default().to_owned()
}

/// The first line of what was made here.
const MARK: &str = "# Made by `keybaton recipe direnv`.";
