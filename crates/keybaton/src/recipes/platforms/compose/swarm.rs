//! A swarm: its secrets never change, so each ring gets new ones, with a version in their names.

use keybaton_core::shell::posix;
use minijinja::context;

use super::services::Compose;
use super::{blanked, literal, names, owner};
use crate::recipes::template::fill;
use crate::recipes::{Facts, Made};

pub(super) const SCRIPT: &str = "deploy/swarm/exchange.sh";

pub(super) fn make(made: Made, facts: &Facts, compose: &Compose, folder: &str) -> Made {
    let file = compose.file.with_file_name("stack.keybaton.yaml");
    let stack = facts.answers.get("stack");
    let (user, group) = owner(facts, compose.web());
    let rings = names(facts);
    let texts: Vec<String> =
        rings.iter().flat_map(|ring| [ring.as_str().to_owned(), ring.fallbacks(), ring.record()]).collect();
    let services: Vec<String> = compose.services.iter().map(|service| service.name.clone()).collect();
    let gaps = context! {
        version => compose.version.as_deref(), stack, user, group, folder, texts, services, blanked => blanked(facts, &compose.services),
        environment => literal(&facts.home.environment),
    };
    let folder = &*posix(folder);
    let deploy = format!("docker stack deploy -c {} -c {} {stack}", compose.file.display(), file.display());
    let (age, rings) = (facts.answers.get("age"), facts.home.for_each_ring());
    let made = made
        .file(file, "what goes over your compose file", fill(include_str!("stack.keybaton.yaml"), gaps.clone()))
        .file(SCRIPT, "brings a new ring to the services", fill(include_str!("exchange.sh"), gaps))
        .step("On one manager, once, a key of its own for each ring:")
        .commands(rings.iter().map(|ring| format!("sudo keybaton init {ring} --no-input")))
        .step("Or where the site runs already, and has its key in .env, that one goes on signing:")
        .commands(rings.iter().map(|ring| format!("sudo keybaton copy {ring} dotenv:.env dir:{folder}")))
        .step("Make the first secrets of it, and deploy; say this version with each deployment:")
        .command(format!("sudo sh {SCRIPT}"))
        .command(format!("RING_VERSION=$(sudo cat {folder}/.version) {deploy}"))
        .step("Once a day, by that manager's cron in this folder, which takes the next safe step of a rotation and exchanges the secrets:")
        .commands(rings.iter().map(|ring| format!("keybaton rotate {ring} --if-older-than {age} --no-input")));
    leftovers(made, facts, compose)
}

/// A stack file can only add secrets to a service.
fn leftovers(made: Made, facts: &Facts, compose: &Compose) -> Made {
    let rings = names(facts);
    let has_one = compose
        .services
        .iter()
        .any(|service| service.secrets_that_stay(&rings, &facts.django.name).is_some());
    match has_one {
        false => made,
        true => made.step(format!(
            "Take the secrets that held a key so far out of {}: a file over it cannot, in a swarm",
            compose.file.display()
        )),
    }
}
