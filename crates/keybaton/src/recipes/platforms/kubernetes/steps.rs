//! What a person does.

use std::path::{Component, Path, PathBuf};

use super::first;
use super::follow;
use super::plan::Plan;
use super::pods;
use super::{CSI, EXTERNAL, FOLDER, WORKLOAD};
use crate::recipes::{Made, straight, table};

/// The files with the words.
pub(super) fn told(plan: &Plan<'_>, made: Made) -> Made {
    let facts = plan.facts;
    let made = table::needs(made, &facts.home, &follow::wanted(&facts.django, facts.variant));
    let made = first::brought(plan, made);
    let made = hand(plan, made);
    applied(plan, made)
}

/// What nothing but a person can do.
fn hand(plan: &Plan<'_>, mut made: Made) -> Made {
    let facts = plan.facts;
    made = match facts.variant {
        EXTERNAL => made.step(format!(
            "External Secrets reads it through the SecretStore {}, which has to be there.",
            facts.answers.get("secret-store")
        )),
        CSI => made.step(
            "The driver reads it as the ServiceAccount of the pods, which the cloud has to let read it.",
        ),
        WORKLOAD => reading(plan, made),
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
            "Take the Secret {secret} out of envFrom in your manifest: as variables the keys would stay those of when the pod was started. Name what else it has one by one under env, and run this recipe again."
        ));
    }
    if facts.django.text(".dockerignore").is_some_and(|text| text.lines().any(leaves_out)) {
        made = made.step(format!(
            "The image has to have keybaton.toml and {FOLDER}: see that .dockerignore leaves them in."
        ));
    }
    if facts.django.reports && plan.probe.is_none() {
        made = made.step("No readiness probe was made: say --set ready=/ready/ --set host=… once the view keybaton.django.readiness stands in urls.py, and as which host it may be asked.");
    }
    made
}

/// As whom pods read the store.
fn reading(plan: &Plan<'_>, mut made: Made) -> Made {
    let is_cloud = ["awssm", "awsps", "gcsm", "akv"].contains(&plan.facts.home.main().store.scheme());
    if is_cloud && plan.facts.answers.said("reader").is_none() {
        made = made.step("The pods read the store as the identity of their ServiceAccount. Say --set reader=…, an identity that may read this ring and nothing else.");
    }
    for account in plan.site.workloads.iter().filter_map(|workload| workload.account.as_deref()) {
        for (name, value) in &plan.reader.annotations {
            made = made.step(format!("The pods have the ServiceAccount {account} already:"));
            made = made.command(format!(
                "kubectl annotate serviceaccount {account} -n {} {name}={value}",
                plan.namespace
            ));
        }
    }
    made
}

/// A line of .dockerignore that may be about what the job needs.
fn leaves_out(line: &str) -> bool {
    let line = line.trim().trim_start_matches("**/").trim_start_matches('/');
    line.starts_with("deploy") || ["*", "*.toml", "*.py", "keybaton.toml"].contains(&line)
}

fn applied(plan: &Plan<'_>, made: Made) -> Made {
    let (namespace, name) = (&plan.namespace, plan.name());
    let job = super::files::job_name(name, plan.facts.home.main(), 0);
    let (kustomization, component) = match &plan.site.kustomization {
        Some(folder) => {
            let file = folder.join("kustomization.yaml");
            (format!("With kustomize, say in {}:", file.display()), from(&plan.facts.django.top, folder))
        }
        None => (
            "With kustomize, name the component in the kustomization.yaml of the site, by its path from there:"
                .to_owned(),
            FOLDER.to_owned(),
        ),
    };
    let made = made
        .step(kustomization)
        .command(format!("components: [{component}]"))
        .step("Without kustomize:")
        .command(format!("kubectl apply {}", flags(plan)));
    let patched = plan.site.workloads.iter().fold(made, |made, workload| {
        let file = super::files::path(&pods::file(workload));
        made.command(format!("kubectl patch deployment {} -n {namespace} --patch-file {file}", workload.name))
    });
    patched
        .step("See the job at work, which finds the key too young:")
        .command(format!("kubectl create job {name}-first --from=cronjob/{job} -n {namespace}"))
        .command(format!("kubectl logs job/{name}-first -n {namespace} --follow"))
}

/// The component as a folder names it, which is called as from the top of the project.
fn from(top: &Path, folder: &Path) -> String {
    let (here, there) = (straight(&top.join(folder)), top.join(FOLDER));
    let mut there = there.components().peekable();
    let mut here = here.components().peekable();
    while here.peek().is_some() && here.peek() == there.peek() {
        here.next();
        there.next();
    }
    let path: PathBuf = here.map(|_| Component::ParentDir).chain(there).collect();
    path.display().to_string()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_component_is_named_as_from_where_the_kustomization_is() {
        let from = |folder| from(Path::new("/srv/shops/site"), Path::new(folder));
        assert_eq!(from("deploy/kubernetes"), "keybaton");
        assert_eq!(from("deploy/kubernetes/overlays/production"), "../../keybaton");
        assert_eq!(from("k8s"), "../deploy/kubernetes/keybaton");
        assert_eq!(from(""), "deploy/kubernetes/keybaton");
        assert_eq!(from("../infra/k8s"), "../../site/deploy/kubernetes/keybaton");
    }

    #[test]
    fn what_leaves_the_job_without_its_files_is_seen() {
        assert!(["deploy/", "**/*.toml", "*"].into_iter().all(leaves_out));
        assert!(!leaves_out("__pycache__") && !leaves_out("# deploy"));
    }
}
