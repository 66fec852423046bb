//! What the recipes for a shell have in common: they are for the machine on which somebody develops, and for the environment that
//! is meant there.

use minijinja::context;
use minijinja::value::Value;

use crate::recipes::{Facts, Made, Variant};

/// The way of every shell.
pub(super) const SESSION: Variant =
    Variant { name: "session", summary: "functions that load the key into a session and clear it" };

/// The environment and the variables of its rings.
pub(super) fn gaps(facts: &Facts) -> Value {
    let environment = facts.home.environment.as_str();
    let variables: Vec<String> = facts
        .home
        .rings
        .iter()
        .flat_map(|ring| [ring.name.to_string(), ring.name.fallbacks(), ring.name.record()])
        .collect();
    context! { environment, variables, name => facts.django.name.as_str() }
}

/// What a person does, who loads a file into a session with one word and clears it with another.
pub(super) fn steps(made: Made, facts: &Facts, load: &str, clear: &str) -> Made {
    let environment = &facts.home.environment;
    made.step("Django needs none of it where the settings call keybaton.load(): `python manage.py runserver` finds the key by itself.")
        .step("For one program that reads variables, with nothing left behind:")
        .command(format!("keybaton run -e {environment} -- PROGRAM"))
        .step("For a session, and at its end; after a rotation load it again:")
        .command(load)
        .command(clear)
}
