//! Heroku: config vars, the release command, and who rotates.

mod procfile;

use minijinja::context;
use serde_json::Value;

use self::procfile::procfile;
use super::github_actions::{pins, protected_environment};
use super::pipeline;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::template::fill;
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "heroku",
    summary: "config vars, a release command that looks at them first, and a job that rotates",
    variants: &[
        Variant { name: "github", summary: "a workflow of GitHub rotates: no dyno can write config vars" },
        Variant {
            name: SCHEDULER,
            summary: "Heroku Scheduler rotates, in a dyno that holds a key of Heroku's",
        },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "app", what: "the app on Heroku", usual: "NAME", kind: Kind::Label },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
];

/// Each write is a release, which restarts every dyno: nothing else is to be run.
fn proposal(_: &Django, _: &'static str, answers: &Answers, _: &str) -> Result<Proposal, Failure> {
    let store = format!("heroku://{}", answers.get("app"));
    Ok(Proposal { store, propagation: Some("15m"), after_write: Vec::new(), more: Vec::new() })
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    if facts.home.main().store.scheme() != "heroku" {
        return Err(elsewhere(facts));
    }
    let made = Made::default()
        .step("Sign in with `heroku login`. A key that the config vars have goes on signing, and a new site gets one of its own:")
        .commands(facts.home.for_each_ring().iter().map(|ring| format!("keybaton init {ring} --no-input")));
    let made = review_apps(procfile(made, facts), facts)?;
    match facts.variant {
        SCHEDULER => Ok(by_scheduler(made, facts)),
        _ => by_workflow(made, facts),
    }
}

/// A key that stands in app.json is that of every app that is made from it.
fn review_apps(made: Made, facts: &Facts) -> Result<Made, Failure> {
    let mut folders = facts.django.folders_above();
    let text = folders.find_map(|folder| facts.django.text(folder.join("app.json")));
    let Some(text) = text else { return Ok(made) };
    let read: Value = serde_json::from_str(&text).map_err(|error| {
        let what = format!("app.json cannot be read as JSON, in line {}", error.line());
        Failure::new(Exit::Configuration, what).hint("mend it first: Heroku cannot read it either")
    })?;
    let ring = facts.home.main().name.as_str();
    let said = read.pointer(&format!("/env/{ring}"));
    let is_fixed = said.is_some_and(|said| said.is_string() || said.get("value").is_some());
    Ok(match is_fixed {
        false => made,
        true => made.step(format!(
            "app.json has a value for {ring}, which every app gets that is made from it: say {{\"generator\": \"secret\"}} there, and rotate."
        )),
    })
}

fn by_workflow(made: Made, facts: &Facts) -> Result<Made, Failure> {
    let environment = &facts.home.environment;
    let gaps = context! {
        folder => pipeline::folder(&facts.django)?, environment => environment.as_str(), age => facts.answers.get("age"), rings => facts.home.for_each_ring(),
        pins => pins(), version => env!("CARGO_PKG_VERSION"),
    };
    let text = fill(include_str!("heroku/rotate.yml"), gaps);
    Ok(made
        .file(facts.django.repository.up.join(WORKFLOW), "who rotates, each day where a step is safe", text)
        .step(protected_environment(environment))
        .step(format!(
            "Give the workflow a key of Heroku's own, as a secret of the environment {environment} in GitHub:"
        ))
        .command(AUTHORIZE)
        .command(format!("gh secret set HEROKU_API_KEY --env {environment}")))
}

fn by_scheduler(made: Made, facts: &Facts) -> Made {
    let app = facts.home.main().store.rest().trim_start_matches('/');
    let (age, rings) = (facts.answers.get("age"), facts.home.for_each_ring());
    let rotations =
        rings.iter().map(|ring| format!("keybaton rotate {ring} --if-older-than {age} --no-input"));
    made.step("Give the dynos a key of Heroku's; whatever runs in them can then write config vars:")
        .command(AUTHORIZE)
        .command(format!("heroku config:edit HEROKU_API_KEY --app {app}"))
        .step("Let Heroku Scheduler run once a day:")
        .command(format!("heroku addons:create scheduler:standard --app {app}"))
        .commands(rotations)
}

fn elsewhere(facts: &Facts) -> Failure {
    let (environment, scheme) = (&facts.home.environment, facts.home.main().store.scheme());
    let what = format!("{environment} has its keys in {scheme}:, and dynos get config vars");
    Failure::new(Exit::Configuration, what).hint(format!(
        "write store = \"heroku://{}\" for it, or name another environment with -e",
        facts.answers.get("app")
    ))
}

const SCHEDULER: &str = "scheduler";
const WORKFLOW: &str = ".github/workflows/keybaton-heroku.yml";
const AUTHORIZE: &str =
    "heroku authorizations:create --scope read-protected,write-protected --description keybaton";
