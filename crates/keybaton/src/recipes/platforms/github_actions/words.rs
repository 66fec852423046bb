//! What a person does for the workflows.

use super::super::pipeline::{CHECK, Pipeline, Way};
use super::{gate, tests_run_already};
use crate::recipes::{Facts, Made};

/// For the check and the tests alone.
pub(super) fn after_the_check(made: Made, facts: &Facts, pipeline: &Pipeline) -> Made {
    let made = match &pipeline.reach.out_of_reach {
        Some(store) if facts.variant != CHECK => made.step(format!(
            "No workflow rotates: {store} is on one machine, where a job does not get to. Rotate there, with a timer, or move the ring to a store on a network."
        )),
        _ => made,
    };
    at_the_end(made, facts, pipeline)
}

/// For the rotation, and for the deployment where there is one.
pub(super) fn after_all(made: Made, facts: &Facts, pipeline: &Pipeline) -> Made {
    let (gate, environment) = (gate(facts), &facts.home.environment);
    let mut made = set(made.step(protected_environment(gate)), gate, pipeline);
    if facts.variant == "deploy" {
        made = made.step(format!(
            "Name the reviewers of {environment} in its settings; where the rotation shall not wait for them, give it an environment of its own with --set gate=keybaton."
        ));
        let script = facts.answers.get("script");
        made = match facts.django.text(script) {
            None => made.step(format!("Write {script}, which deploys: it gets SECRET_KEY, SECRET_KEY_FALLBACKS and SECRET_KEY_RING in its environment.")),
            Some(_) => made,
        };
        made = made
            .step(format!("Each step of a rotation wants a deployment: write into the table of {environment} in keybaton.toml"))
            .command("after-write = [[\"gh\", \"workflow\", \"run\", \"keybaton-deploy.yml\"]]");
    }
    at_the_end(made, facts, pipeline)
        .step("Look whether it works:")
        .command("gh workflow run keybaton-rotate.yml")
}

/// What a job needs whose secrets are for an environment alone: GitHub refuses a secret of one that is not there, and makes
/// one without a rule for a job that names it.
pub(in crate::recipes::platforms) fn protected_environment(name: &str) -> String {
    format!(
        "Make the environment {name} in the settings of the repository, and let only protected branches into it."
    )
}

/// What the workflows read besides the files.
fn set(made: Made, gate: &str, pipeline: &Pipeline) -> Made {
    let variables: Vec<(&str, &str)> = VARIABLES
        .iter()
        .filter(|(way, ..)| pipeline.reach.leads(*way))
        .flat_map(|(_, names)| names.iter().copied())
        .filter(|(name, _)| *name != "AWS_REGION" || pipeline.reach.region.is_none())
        .collect();
    let mut made = match variables.is_empty() {
        true => made,
        false => made.step("Say who the job is there; docs/platforms/github-actions.md has what the other side has to trust:"),
    };
    for (name, example) in variables {
        made = made.command(format!("gh variable set {name} --env {gate} --body {example}"));
    }
    let cluster = pipeline.reach.leads(Way::Cluster).then_some("KUBECONFIG");
    let secrets: Vec<&str> =
        cluster.into_iter().chain(pipeline.reach.tokens().into_iter().map(secret)).collect();
    if !secrets.is_empty() {
        made = made.step("Give it the token, which gh asks for; it belongs to this environment alone:");
    }
    secrets.into_iter().fold(made, |made, name| made.command(format!("gh secret set {name} --env {gate}")))
}

fn at_the_end(made: Made, facts: &Facts, pipeline: &Pipeline) -> Made {
    let made = match tests_run_already(facts, pipeline) {
        true => made.step("Another workflow runs the tests: let it make a key as the step \"Make a key for this job alone\" in docs/platforms/github-actions.md does."),
        false => made,
    };
    let dependabot = [".github/dependabot.yml", ".github/dependabot.yaml", "renovate.json"];
    let kept_up = dependabot.iter().any(|file| facts.django.text(pipeline.up.join(file)).is_some());
    match kept_up {
        true => made,
        false => made.step("The actions are named by commit: let Dependabot raise them, with the ecosystem github-actions in .github/dependabot.yml."),
    }
}

/// The lines of `env:` that hold the tokens of stores, all but some.
pub(super) fn tokens(pipeline: &Pipeline, but: &[&str]) -> Vec<String> {
    let tokens = pipeline.reach.tokens().into_iter().filter(|variable| !but.contains(variable));
    tokens.map(|variable| format!("{variable}: ${{{{ secrets.{} }}}}", secret(variable))).collect()
}

/// Those of a step of a rotation, which writes mirrors too, and starts the deployment.
pub(super) fn for_rotation(facts: &Facts, pipeline: &Pipeline) -> Vec<String> {
    let mut lines = tokens(pipeline, &[]);
    lines.extend(starts_the_deployment(facts, pipeline).then(|| "GH_TOKEN: ${{ github.token }}".to_owned()));
    lines
}

/// Whether the token of the job itself starts the deployment: a mirror has a better one.
pub(super) fn starts_the_deployment(facts: &Facts, pipeline: &Pipeline) -> bool {
    facts.variant == "deploy" && !pipeline.reach.tokens().contains(&"GH_TOKEN")
}

/// GitHub keeps names that begin with `GITHUB_` for itself, and the token of a job may write no secrets.
fn secret(variable: &'static str) -> &'static str {
    if variable == "GH_TOKEN" { "ROTATOR_GH_TOKEN" } else { variable }
}

/// The variables of each way, with an example of each.
const VARIABLES: &[(Way, &[(&str, &str)])] = &[
    (
        Way::Aws,
        &[("ROTATOR_AWS_ROLE", "arn:aws:iam::123456789012:role/keybaton"), ("AWS_REGION", "eu-west-1")],
    ),
    (
        Way::Google,
        &[
            (
                "ROTATOR_GOOGLE_PROVIDER",
                "projects/123456789012/locations/global/workloadIdentityPools/github/providers/github",
            ),
            ("ROTATOR_GOOGLE_ACCOUNT", "keybaton@my-project.iam.gserviceaccount.com"),
        ],
    ),
    (
        Way::Azure,
        &[
            ("ROTATOR_AZURE_CLIENT", "00000000-0000-0000-0000-000000000000"),
            ("ROTATOR_AZURE_TENANT", "00000000-0000-0000-0000-000000000000"),
        ],
    ),
    (Way::Vault, &[("VAULT_ADDR", "https://vault.example.com"), ("ROTATOR_VAULT_ROLE", "keybaton")]),
];
