//! Containers of Docker Compose, and of Swarm.

mod folder;
mod services;
mod swarm;

use std::path::Path;

use keybaton_core::RingName;
use serde_json::Value;

use self::services::{Compose, FOUND, Service};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::table::{self, Wanted};
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "compose",
    summary: "an override file that mounts the keys as a folder, with none in the environment",
    variants: &[
        Variant { name: FOLDER, summary: "one host: a folder that the containers read" },
        Variant {
            name: SWARM,
            summary: "a swarm: secrets with a version in their names, and the script that exchanges them",
        },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask {
        name: "file",
        what: "the compose file, else the one that Compose takes",
        usual: FOUND,
        kind: Kind::Word,
    },
    Ask {
        name: "services",
        what: "those that run the project, with commas between them",
        usual: FOUND,
        kind: Kind::Word,
    },
    Ask {
        name: "folder",
        what: "where the keys lie on the host",
        usual: "/var/lib/keybaton/NAME",
        kind: Kind::Path,
    },
    Ask {
        name: "user",
        what: "as whom the containers run, in numbers",
        usual: "1000:1000",
        kind: Kind::Word,
    },
    Ask { name: "stack", what: "the name of the stack, in a swarm", usual: "NAME", kind: Kind::Label },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
];

fn proposal(django: &Django, variant: &'static str, answers: &Answers, _: &str) -> Result<Proposal, Failure> {
    let store = format!("dir:{}", answers.get("folder"));
    let Wanted { propagation, after_write, more, .. } =
        wanted(django, variant, &Compose::read(django, answers)?);
    Ok(Proposal { store, propagation, after_write, more })
}

fn wanted(django: &Django, variant: &str, compose: &Compose) -> Wanted {
    let (exchange, restart) = (words(&["sh", swarm::SCRIPT]), folder::restart(compose));
    let others = vec![exchange.clone(), restart.clone()];
    let after_write = match variant {
        SWARM => vec![exchange],
        // Processes that report take a new ring over in place.
        _ if django.reports => Vec::new(),
        _ => vec![restart],
    };
    Wanted { propagation: Some("2m"), after_write, more: Vec::new(), others }
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    let compose = Compose::read(&facts.django, &facts.answers)?;
    let folder = folder_of(facts)?;
    let wanted = wanted(&facts.django, facts.variant, &compose);
    let made = table::needs(Made::default(), &facts.home, &wanted);
    match facts.variant {
        SWARM => Ok(swarm::make(made, facts, &compose, folder)),
        _ => Ok(folder::make(made, facts, &compose, folder)),
    }
}

/// The one folder that all rings of the environment lie in.
fn folder_of(facts: &Facts) -> Result<&str, Failure> {
    let first = &facts.home.main().store;
    let environment = &facts.home.environment;
    let said = facts.answers.get("folder");
    if first.scheme() != "dir" {
        let what =
            format!("{environment} has its keys in {}:, which no container gets as a folder", first.scheme());
        return Err(Failure::new(Exit::Configuration, what).hint(format!(
            "keep them in `store = \"dir:{said}\"`, or let the image begin with `keybaton run --watch` (docs/run.md)"
        )));
    }
    if !Path::new(first.rest()).is_absolute() {
        let what = format!(
            "{environment} has its keys in {first}, which starts at keybaton.toml, elsewhere in a container"
        );
        return Err(Failure::new(Exit::Configuration, what)
            .hint(format!("write the whole path: store = \"dir:{said}\"")));
    }
    match facts.home.rings.iter().find(|ring| ring.store != *first) {
        None => Ok(first.rest()),
        Some(ring) => Err(Failure::new(
            Exit::Configuration,
            format!("{} does not lie in {first}, and a container reads one folder", ring.name),
        )
        .hint(format!("move it there: `keybaton copy --ring {} {} {first}`", ring.name, ring.store))),
    }
}

/// The names of everything that holds a key in an environment: the texts of each ring, and what the services call them.
fn blanked(facts: &Facts, services: &[Service]) -> Vec<String> {
    let rings = names(facts);
    let texts = rings.iter().flat_map(|ring| [ring.as_str().to_owned(), ring.fallbacks(), ring.record()]);
    let mut all: Vec<String> = texts.collect();
    for service in services {
        all.extend(service.other_variables(&rings, &facts.django.name).cloned());
    }
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|name| seen.insert(name.clone()));
    all
}

fn names(facts: &Facts) -> Vec<RingName> {
    facts.home.rings.iter().map(|ring| ring.name.clone()).collect()
}

/// The user and the group of `1000:1000`, or of `1000`.
fn owner<'a>(facts: &'a Facts, web: &'a Service) -> (&'a str, &'a str) {
    let said = facts.answers.get("user");
    let user = web.user.as_deref().filter(|_| said == "1000:1000").unwrap_or(said);
    user.split_once(':').unwrap_or((user, user))
}

/// A text in which Compose is to fill nothing.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

fn json(values: &[&Value]) -> String {
    serde_json::to_string(values).unwrap_or_default()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

const FOLDER: &str = "folder";
const SWARM: &str = "swarm";
