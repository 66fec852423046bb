//! One host: a folder that the containers read.

use std::path::{Path, PathBuf};

use keybaton_core::shell::posix;
use minijinja::context;
use minijinja::value::Value;

use super::services::{Compose, Service};
use super::{blanked, json, literal, names, owner, words};
use crate::recipes::template::fill;
use crate::recipes::{Facts, Made};

/// Keys that are taken over by a restart alone: by the processes of these services.
pub(super) fn restart(compose: &Compose) -> Vec<String> {
    let services = compose.services.iter().map(|service| service.name.clone());
    compose_words(&compose.file).into_iter().chain(["restart".to_owned()]).chain(services).collect()
}

pub(super) fn make(made: Made, facts: &Facts, compose: &Compose, folder: &str) -> Made {
    let file = compose.file.with_file_name("compose.keybaton.yaml");
    let both = format!("{}:{}", compose.file.display(), file.display());
    let gaps = context! {
        file => named(&compose.file), web => literal(&compose.web().name), folder => literal(folder),
        environment => literal(&facts.home.environment),
        blanked => blanked(facts, &compose.services), age => facts.answers.get("age"), reports => facts.django.reports,
        services => compose.services.iter().map(|service| gap(facts, service)).collect::<Vec<_>>(),
        stay => stay(facts, compose.web()),
        apart => facts.django.settings_unlike_managed().filter(|_| !compose.web().has("DJANGO_SETTINGS_MODULE")),
    };
    let text = fill(include_str!("compose.keybaton.yaml"), gaps);
    let (user, group) = owner(facts, compose.web());
    let folder = &*posix(folder);
    let made = made
        .file(file, "what goes over your compose file", text)
        .step("On the host, make the folder, for the user of the containers alone:")
        .command(format!("sudo install -d -m 0700 -o {user} -g {group} {folder}"))
        .step("Let every `docker compose` there read both files:")
        .command(format!("export COMPOSE_FILE={both}"));
    match facts.django.reports {
        true => in_place(made, facts, compose, folder),
        false => by_restart(made, facts, compose, folder, (user, group)),
    }
}

/// The processes take a new ring over, so a container that can write the folder does all that is to be done.
fn in_place(made: Made, facts: &Facts, compose: &Compose, folder: &str) -> Made {
    // manage.py would import the settings, which find no key yet.
    let bare = "docker compose run --rm -T --entrypoint keybaton keybaton";
    let rings = facts.home.for_each_ring();
    // cron knows nothing of COMPOSE_FILE.
    let both = compose_words(&compose.file).join(" ");
    let daily = |ring: &String| {
        let more = format!(" rotate {ring} --if-older-than {} --no-input", facts.answers.get("age"));
        format!("{both} run --rm -T keybaton{}", if rings.len() > 1 { more.as_str() } else { "" })
    };
    made.step("Build the image anew, for keybaton.toml belongs into it. Then a key of its own for each ring:")
        .command("docker compose build")
        .commands(rings.iter().map(|ring| format!("{bare} init {ring} --no-input")))
        .step("Or where the site runs already, and has its key in .env, that one goes on signing:")
        .commands(rings.iter().map(|ring| format!("{bare} copy {ring} - dir:{folder} < .env")))
        .step(format!("Start; {AFTERWARDS}:"))
        .command("docker compose up --detach")
        .commands(rings.iter().map(|ring| format!("docker compose run --rm keybaton status {ring}")))
        .step("Once a day, by cron in this folder, which takes the next safe step of a rotation when there is one:")
        .commands(rings.iter().map(daily))
}

/// Containers do not restart containers, so keybaton runs on the host.
fn by_restart(
    made: Made,
    facts: &Facts,
    compose: &Compose,
    folder: &str,
    (user, group): (&str, &str),
) -> Made {
    let (age, rings) = (facts.answers.get("age"), facts.home.for_each_ring());
    let made = made
        .step("With keybaton on the host, a key of its own for each ring:")
        .commands(rings.iter().map(|ring| format!("sudo keybaton init {ring} --no-input")))
        .step("Or where the site runs already, and has its key in .env, that one goes on signing:")
        .commands(rings.iter().map(|ring| format!("sudo keybaton copy {ring} dotenv:.env dir:{folder}")))
        .step("The containers read it:")
        .command(format!("sudo chown -R {user}:{group} {folder}"));
    started(made, compose)
        .step("Once a day, by root's cron in this folder, which takes the next safe step of a rotation and restarts the services:")
        .commands(rings.iter().map(|ring| format!("keybaton rotate {ring} --if-older-than {age} --no-input")))
}

/// `up` takes an image that exists as it is, and one from before does not look into the folder: no rotation would reach it.
fn started(made: Made, compose: &Compose) -> Made {
    match compose.is_built() {
        true => made
            .step(format!("Start, with the image built anew, for the settings are in it; {AFTERWARDS}:"))
            .command("docker compose up --detach --build"),
        false => made
            .step("Have the image built anew where it comes from, for the settings are in it, and bring it here; where a registry has it, with `docker compose pull`.")
            .step(format!("Start; {AFTERWARDS}:"))
            .command("docker compose up --detach"),
    }
}

const AFTERWARDS: &str = "where the services had the key in .env so far, take it out there afterwards";

fn gap(facts: &Facts, service: &Service) -> Value {
    context! { name => service.name.as_str(), stay => stay(facts, service) }
}

fn stay(facts: &Facts, service: &Service) -> Option<String> {
    service.secrets_that_stay(&names(facts), &facts.django.name).map(|stay| json(&stay))
}

fn compose_words(file: &Path) -> Vec<String> {
    let over = file.with_file_name("compose.keybaton.yaml");
    let [file, over] = [file, &over].map(|file: &Path| file.display().to_string());
    words(&["docker", "compose", "-f", &file, "-f", &over])
}

fn named(file: &Path) -> String {
    file.file_name().map(PathBuf::from).unwrap_or_default().display().to_string()
}
