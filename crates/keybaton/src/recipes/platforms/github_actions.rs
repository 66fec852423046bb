//! Workflows of GitHub Actions: a check, tests, a rotation and a deployment.

mod pins;
mod words;

use std::fs;

use minijinja::{Value, context};

pub(super) use pins::pins;
pub(super) use words::protected_environment;

use super::pipeline::{self, Pipeline, Way};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::template::fill;
use crate::recipes::{Ask, Facts, Made, Recipe, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "github-actions",
    summary: "workflows that check, test with a throw-away key, and rotate",
    variants: &[
        Variant { name: "rotate", summary: "a check, tests, and a rotation by schedule" },
        Variant { name: "deploy", summary: "and a deployment that gets the ring, behind an approval" },
        Variant { name: pipeline::CHECK, summary: "the check and the tests alone" },
    ],
    asks: ASKS,
    proposal: Some(pipeline::proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "branch", what: "the branch that is protected", usual: "main", kind: Kind::Word },
    Ask { name: "python", what: "the version of Python", usual: "3.13", kind: Kind::Word },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
    Ask { name: "gate", what: "GitHub's environment of the rotation", usual: SAME, kind: Kind::Word },
    Ask { name: "script", what: "what deploys", usual: "deploy/release.sh", kind: Kind::Word },
];

/// The gate has the name of the environment.
const SAME: &str = "as the environment";

fn make(facts: &Facts) -> Result<Made, Failure> {
    let pipeline = Pipeline::of(facts)?;
    let gaps = gaps(facts, &pipeline);
    let file = |name: &str| pipeline.up.join(".github/workflows").join(name);
    let check = fill(include_str!("github_actions/check.yml"), gaps.clone());
    let mut made = Made::default().file(file("keybaton.yml"), "what each pull request has to pass", check);
    if facts.variant == pipeline::CHECK || pipeline.reach.out_of_reach.is_some() {
        return match &pipeline.reach.out_of_reach {
            Some(store) if facts.variant == "deploy" => Err(out_of_reach(store)),
            _ => Ok(words::after_the_check(made, facts, &pipeline)),
        };
    }
    let rotate = fill(include_str!("github_actions/rotate.yml"), gaps.clone());
    made = made.file(file("keybaton-rotate.yml"), "a step of a rotation, every day", rotate);
    if facts.variant == "deploy" {
        let deploy = fill(include_str!("github_actions/deploy.yml"), gaps);
        made = made.file(file("keybaton-deploy.yml"), "a deployment with the ring", deploy);
    }
    Ok(words::after_all(made, facts, &pipeline))
}

fn gaps(facts: &Facts, pipeline: &Pipeline) -> Value {
    let said = |name| facts.answers.get(name);
    let leads = |way| pipeline.reach.leads(way);
    let region = pipeline.reach.region.clone().unwrap_or_else(|| "${{ vars.AWS_REGION }}".to_owned());
    let ways = context! {
        aws => leads(Way::Aws), google => leads(Way::Google), azure => leads(Way::Azure),
        vault => leads(Way::Vault), cluster => leads(Way::Cluster), region, pins => pins(),
    };
    let sign_in = fill(include_str!("github_actions/sign-in.yml"), ways).trim_end().to_owned();
    context! {
        pins => pins(), sign_in, version => env!("CARGO_PKG_VERSION"),
        branch => said("branch"), python => said("python"), age => said("age"), script => said("script"), gate => gate(facts),
        environment => facts.home.environment.as_str(), folder => pipeline.folder.as_str(),
        manage => (!pipeline.manage.is_empty()).then(|| pipeline.manage_from_the_top()),
        tests => !tests_run_already(facts, pipeline), install => pipeline.packages.install(), test => pipeline.test.as_str(),
        rings => pipeline.rings.clone(), generate => pipeline.packages.run_here("keybaton generate"),
        identity => pipeline.reach.has_identity(), deploys => words::starts_the_deployment(facts, pipeline),
        secrets => words::tokens(pipeline, &["GH_TOKEN"]), for_rotation => words::for_rotation(facts, pipeline),
        asks => facts.home.asks_the_project(),
        keybaton => if facts.home.asks_the_project() { pipeline.packages.run_here("keybaton") } else { "keybaton".to_owned() },
    }
}

fn gate(facts: &Facts) -> &str {
    match facts.answers.get("gate") {
        SAME => &facts.home.environment,
        gate => gate,
    }
}

/// Whether another workflow does, which has its services and its matrix.
fn tests_run_already(facts: &Facts, pipeline: &Pipeline) -> bool {
    let folder = facts.django.top.join(&pipeline.up).join(".github/workflows");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let others = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        (name.ends_with(".yml") || name.ends_with(".yaml")) && !name.starts_with("keybaton")
    });
    let mut texts = others.filter_map(|path| facts.django.text(path));
    texts.any(|text| pipeline.is_tested_by(&text))
}

fn out_of_reach(store: &str) -> Failure {
    Failure::new(
        Exit::Configuration,
        format!("{store} is on one machine, where no job of a pipeline gets to"),
    )
    .hint("name a store on a network for this environment, or deploy on that machine with `keybaton run`")
}
