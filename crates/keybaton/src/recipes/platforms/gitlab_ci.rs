//! Jobs of GitLab CI/CD: a check, tests and a rotation, in a file that .gitlab-ci.yml includes.

mod words;

use minijinja::{Value, context};

use super::pipeline::{self, Pipeline, Way};
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::template::fill;
use crate::recipes::{Ask, Facts, Made, Recipe, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "gitlab-ci",
    summary: "jobs that check, test with a throw-away key, and rotate",
    variants: &[
        Variant { name: "rotate", summary: "a check, tests, and a rotation by schedule" },
        Variant { name: pipeline::CHECK, summary: "the check and the tests alone" },
    ],
    asks: ASKS,
    proposal: Some(pipeline::proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "stage", what: "the stage of its jobs", usual: "test", kind: Kind::Word },
    Ask { name: "image", what: "an image with Python", usual: "python:3.13", kind: Kind::Word },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
];

/// What .gitlab-ci.yml includes.
const FILE: &str = ".gitlab/keybaton.gitlab-ci.yml";

fn make(facts: &Facts) -> Result<Made, Failure> {
    let pipeline = Pipeline::of(facts)?;
    let rotates = facts.variant == "rotate" && pipeline.reach.out_of_reach.is_none();
    let text = fill(include_str!("gitlab_ci/keybaton.gitlab-ci.yml"), gaps(facts, &pipeline, rotates));
    let made = Made::default().file(pipeline.up.join(FILE), "the jobs, to be included", text);
    Ok(words::after(made, facts, &pipeline, rotates))
}

fn gaps(facts: &Facts, pipeline: &Pipeline, rotates: bool) -> Value {
    let said = |name| facts.answers.get(name);
    let leads = |way| pipeline.reach.leads(way);
    let asks = facts.home.asks_the_project();
    context! {
        stage => said("stage"), image => said("image"), age => said("age"), version => env!("CARGO_PKG_VERSION"),
        environment => facts.home.environment.as_str(), folder => pipeline.folder.as_str(), manage => pipeline.manage.as_str(),
        tests => !tests_run_already(facts, pipeline), install => pipeline.packages.install(), test => pipeline.test.as_str(),
        rings => pipeline.rings.clone(), generate => pipeline.packages.run_here("keybaton generate"),
        rotates, identity => pipeline.reach.has_identity(), asks,
        keybaton => if asks { pipeline.packages.run_here("keybaton") } else { "keybaton".to_owned() },
        aws => leads(Way::Aws), google => leads(Way::Google), azure => leads(Way::Azure), vault => leads(Way::Vault),
        region => pipeline.reach.region.clone(),
    }
}

/// What the project's own jobs do, which have its services.
fn tests_run_already(facts: &Facts, pipeline: &Pipeline) -> bool {
    let own = facts.django.text(pipeline.up.join(".gitlab-ci.yml")).unwrap_or_default();
    pipeline.is_tested_by(&own)
}
