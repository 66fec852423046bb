//! A swarm: its secrets never change, so each ring gets new ones, with a version in their names.

use keybaton_core::shell::posix;
use minijinja::context;

use super::super::template::fill;
use super::super::{Facts, Made};
use super::services::Compose;
use super::{blanked, literal, names, owner};

pub(super) const SCRIPT: &str = "deploy/swarm/exchange.sh";

pub(super) fn make(facts: &Facts, compose: &Compose, folder: &str) -> Made {
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
    let made = Made::default()
        .file(file, "what goes over your compose file", fill(include_str!("stack.keybaton.yaml"), gaps.clone()))
        .file(SCRIPT, "brings a new ring to the services", fill(include_str!("exchange.sh"), gaps))
        .step("On one manager, bring the key of today into a folder, once; here it stands in .env:")
        .command(format!("sudo keybaton copy dotenv:.env dir:{folder} -e {}", facts.home.environment))
        .step("Make the first secrets of it, and deploy; say this version with each deployment:")
        .command(format!("sudo sh {SCRIPT}"))
        .command(format!("RING_VERSION=$(sudo cat {folder}/.version) {deploy}"))
        .step("Once a day, by that manager's cron, which takes the next safe step of a rotation and exchanges the secrets:")
        .command(format!(
            "keybaton rotate -e {} --if-older-than {} --no-input",
            facts.home.environment,
            facts.answers.get("age")
        ));
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
