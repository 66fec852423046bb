//! What a person does.

use super::follow::Follow;
use super::plan::Plan;
use super::pods;
use super::{CSI, EXTERNAL, FOLDER, SECRET, WORKLOAD};
use crate::recipes::Made;

/// The files with the words.
pub(super) fn told(plan: &Plan<'_>, made: Made) -> Made {
    let made = configured(plan, made);
    let made = brought(plan, made);
    let made = hand(plan, made);
    applied(plan, made)
}

/// What a table that is there has to say.
fn configured(plan: &Plan<'_>, made: Made) -> Made {
    let facts = plan.facts;
    if facts.home.added.is_some() {
        return made;
    }
    let lines = Follow::of(&facts.django, facts.variant).lines();
    let made = made.step(format!(
        "The table of {} in keybaton.toml is yours. Besides the store let it say:",
        facts.home.environment
    ));
    lines.iter().fold(made, Made::command)
}

fn brought(plan: &Plan<'_>, made: Made) -> Made {
    let environment = &plan.facts.home.environment;
    let made = match plan.facts.variant {
        SECRET | WORKLOAD if !plan.secrets.is_empty() => {
            made.step("As somebody who may make Secrets there, make the ring once, with a new key:")
        }
        _ => made.step("Make the ring once, with a new key:"),
    };
    made.command(format!("keybaton init -e {environment}"))
        .step("Or, where a .env file has the key that the site runs with, so that nobody is logged out:")
        .command(format!("keybaton copy --create dotenv:.env {}", plan.facts.home.main().store))
}

/// What nothing but a person can do.
fn hand(plan: &Plan<'_>, mut made: Made) -> Made {
    let facts = plan.facts;
    made = match facts.variant {
        EXTERNAL => made.step(format!(
            "External Secrets reads it through the SecretStore {}, which has to be there: docs/platforms/kubernetes.md has one for each cloud.",
            facts.answers.get("secret-store")
        )),
        CSI => made.step("The driver reads it as the ServiceAccount of the pods, which the cloud has to let read it."),
        _ => made,
    };
    if facts.django.reports && !plan.borrowed.left.is_empty() {
        made = made.step(format!(
            "The job needs {} as the site does. The manifest has the value itself, which was not copied: keep it in a Secret, and name that in both.",
            plan.borrowed.left.join(", ")
        ));
    }
    let takes_all = |secret: &String| {
        let containers = plan.site.workloads.iter().flat_map(|workload| &workload.containers);
        containers
            .into_iter()
            .any(|container| container.sources().any(|source| source["secretRef"]["name"] == secret.as_str()))
    };
    if let Some(secret) = plan.secrets.iter().find(|secret| takes_all(secret)) {
        made = made.step(format!(
            "Take the Secret {secret} out of envFrom in your manifest: as variables the keys would stay those of when the pod was started."
        ));
    }
    if facts.django.reports && plan.probe.is_none() {
        made = made.step("No readiness probe was made: say --set ready=/ready/ --set host=… once the view keybaton.django.readiness stands in urls.py, and as which host it may be asked.");
    }
    made
}

fn applied(plan: &Plan<'_>, made: Made) -> Made {
    let (namespace, name) = (&plan.namespace, plan.name());
    let made = made
        .step("With kustomize, name the component in the kustomization.yaml of the site, by its path from there:")
        .command(format!("components: [{FOLDER}]"))
        .step("Without it:")
        .command(format!("kubectl apply {}", flags(plan)));
    let patched = plan.site.workloads.iter().fold(made, |made, workload| {
        let file = super::files::path(&pods::file(workload));
        made.command(format!("kubectl patch deployment {} -n {namespace} --patch-file {file}", workload.name))
    });
    patched
        .step("See the job at work, which finds the key too young:")
        .command(format!("kubectl create job {name}-first --from=cronjob/{name}-rotator -n {namespace}"))
        .command(format!("kubectl logs job/{name}-first -n {namespace} --follow"))
}

fn flags(plan: &Plan<'_>) -> String {
    let more = match plan.facts.variant {
        EXTERNAL => Some("external-secret.yaml"),
        CSI => Some("secret-provider.yaml"),
        WORKLOAD => Some("reader.yaml"),
        _ => None,
    };
    let names = ["rbac.yaml", "cronjob.yaml"].into_iter().chain(more);
    names.map(|name| format!("-f {FOLDER}/{name}")).collect::<Vec<_>>().join(" ")
}
