//! What a person does for the jobs.

use super::super::pipeline::{Pipeline, Way};
use super::{FILE, tests_run_already};
use crate::recipes::{Facts, Made};

pub(super) fn after(made: Made, facts: &Facts, pipeline: &Pipeline, rotates: bool) -> Made {
    let own = facts.django.text(pipeline.up.join(".gitlab-ci.yml")).unwrap_or_default();
    let mut made = made;
    if !own.contains(FILE) {
        made = made
            .step("Write into .gitlab-ci.yml, at its top level:")
            .command(format!("include: [{{ local: {FILE} }}]"));
    }
    if tests_run_already(facts, pipeline) {
        made = made.step("Your own jobs run the tests: let them make a key as the job keybaton-test in docs/platforms/gitlab-ci.md does.");
    }
    match &pipeline.reach.out_of_reach {
        Some(store) if facts.variant == "rotate" => made.step(format!(
            "No job rotates: {store} is on one machine, where a job does not get to. Rotate there, with a timer, or move the ring to a store on a network."
        )),
        _ if rotates => rotation(made, facts, pipeline),
        _ => made,
    }
}

fn rotation(made: Made, facts: &Facts, pipeline: &Pipeline) -> Made {
    let environment = &facts.home.environment;
    let mut made = made.step(format!("Protect the environment {environment} where your plan has that, else the branch that the schedule is for."));
    let variables: Vec<&str> = VARIABLES
        .iter()
        .filter(|(way, _)| pipeline.reach.leads(*way))
        .flat_map(|(_, names)| names.iter().copied())
        .filter(|name| *name != "AWS_REGION" || pipeline.reach.region.is_none())
        .collect();
    if !variables.is_empty() {
        made = made.step(format!(
            "Set these variables, protected, for the environment {environment}: {}.",
            variables.join(", ")
        ));
    }
    let tokens = pipeline.reach.tokens();
    if !tokens.is_empty() {
        made = made.step(format!("Set these besides, protected, masked and hidden: {}.", tokens.join(", ")));
    }
    if pipeline.reach.leads(Way::Cluster) {
        made = made.step(format!("Set KUBECONFIG for {environment}, protected and of the type File."));
    }
    made.step("Make a schedule for the protected branch, every day, with the variable KEYBATON=rotate:")
        .command("glab schedule create --cron '37 4 * * *' --ref main --description 'The next step of a rotation' --variable KEYBATON:rotate")
}

/// The variables of each way.
const VARIABLES: &[(Way, &[&str])] = &[
    (Way::Aws, &["ROTATOR_AWS_ROLE", "AWS_REGION"]),
    (Way::Google, &["ROTATOR_GOOGLE_PROVIDER", "ROTATOR_GOOGLE_ACCOUNT"]),
    (Way::Azure, &["ROTATOR_AZURE_CLIENT", "ROTATOR_AZURE_TENANT"]),
    (Way::Vault, &["VAULT_ADDR", "ROTATOR_VAULT_ROLE"]),
];
