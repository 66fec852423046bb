//! The key in a session of bash.

use super::session;
use crate::failure::Failure;
use crate::recipes::template::fill;
use crate::recipes::{Facts, Made, Recipe};

pub(super) const RECIPE: Recipe = Recipe {
    target: "bash",
    summary: "functions that load the key of development into a session, and clear it",
    variants: &[session::SESSION],
    asks: &[],
    proposal: None,
    make,
};

fn make(facts: &Facts) -> Result<Made, Failure> {
    let text = fill(include_str!("session/keybaton.sh"), session::gaps(facts));
    let made = Made::default().file("keybaton.sh", "functions to be sourced", text);
    Ok(session::steps(made, facts, ". ./keybaton.sh && keybaton_load", "keybaton_clear")
        .step("Do not type a key: `export SECRET_KEY=…` stands in ~/.bash_history from then on."))
}
