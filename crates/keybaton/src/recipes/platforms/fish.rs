//! The key in a session of fish.

use super::session;
use crate::failure::Failure;
use crate::recipes::template::fill;
use crate::recipes::{Facts, Made, Recipe};

pub(super) const RECIPE: Recipe = Recipe {
    target: "fish",
    summary: "functions that load the key of development into a session, and clear it",
    variants: &[session::SESSION],
    asks: &[],
    proposal: None,
    make,
};

fn make(facts: &Facts) -> Result<Made, Failure> {
    let text = fill(include_str!("session/keybaton.fish"), session::gaps(facts));
    let made = Made::default().file("keybaton.fish", "functions to be sourced", text);
    Ok(session::steps(made, facts, "source keybaton.fish; and keybaton_load", "keybaton_clear")
        .step("Do not type a key: `set -gx SECRET_KEY …` stands in fish's history from then on, and `set -Ux` keeps it in ~/.config/fish for every session."))
}
