//! What is joined to the Deployments.

use minijinja::{Value as Gap, context};
use serde_json::{Value, json};

use super::account::Identity;
use super::block::block;
use super::borrowed::given;
use super::container::Container;
use super::plan::Plan;
use super::site::Workload;
use crate::recipes::servers::Listen;
use crate::recipes::template::fill;

/// The patch of one Deployment.
pub(super) fn patch(plan: &Plan<'_>, workload: &Workload) -> String {
    let is_first = |wanted: bool| {
        let some = workload.containers.iter().filter(move |container| container.is_first == wanted);
        some.map(|container| joined(plan, workload, container)).collect::<Vec<_>>()
    };
    let Identity { labels, .. } = if plan.mounts() { &Identity::default() } else { &plan.reader };
    let volume = plan.mounts().then(|| block(&json!([plan.volume(workload.free())]), 6));
    fill(
        include_str!("deployment.yaml"),
        context! {
            name => workload.name.as_str(), namespace => plan.namespace.as_str(), path => super::files::path(&file(workload)),
            containers => is_first(false), first => is_first(true), volume, labels, mounts => plan.mounts(),
            account => (!plan.mounts() && workload.account.is_none()).then(|| account(plan)),
        },
    )
}

/// Its file.
pub(super) fn file(workload: &Workload) -> String {
    format!("deployment-{}.yaml", workload.name)
}

/// The account of pods that read the store themselves and have none of their own.
pub(super) fn account(plan: &Plan<'_>) -> String {
    format!("{}-reader", plan.name())
}

fn joined(plan: &Plan<'_>, workload: &Workload, container: &Container) -> Gap {
    let mut environment: Vec<Value> = Vec::new();
    if plan.mounts() {
        environment.push(json!({"name": "KEYBATON_DIR", "value": MOUNT}));
    } else {
        environment.push(json!({"name": "KEYBATON_ENV", "value": plan.facts.home.environment}));
        environment.extend(
            plan.reader.environment.iter().map(|(name, value)| json!({"name": name, "value": value})),
        );
    }
    let probe = plan.probe.as_ref().filter(|_| !container.is_first);
    let is_alone = plan.site.workloads.len() == 1 && workload.containers.len() == 1;
    let probe = probe.and_then(|probe| probe.joined(container, is_alone)).map(|probe| block(&probe, 10));
    context! {
        name => container.name.as_str(), environment => block(&Value::from(environment), 8),
        gone => given(container, &plan.facts.home.rings), volume => workload.free(), mount => MOUNT, probe,
        command => command(plan, container),
    }
}

/// `keybaton run --watch` before what a container is started with; nothing where the folder is mounted, or where it soon ends.
fn command(plan: &Plan<'_>, container: &Container) -> Option<String> {
    if plan.mounts() || container.is_first {
        return None;
    }
    let environment = &plan.facts.home.environment;
    let own = match container.command() {
        // They follow what is said here.
        words if words.is_empty() && container.has_arguments() => words,
        words if words.is_empty() => {
            let django = &plan.facts.django;
            django.server.command(Listen::Address("0.0.0.0:8000"), &django.application())
        }
        words => words,
    };
    let watch = ["keybaton", "run", "--watch", "-e", environment, "--"].map(str::to_owned);
    Some(block(&json!([watch.to_vec(), own].concat()), 8))
}

/// Where the folder is mounted.
pub(super) const MOUNT: &str = "/run/secrets/keybaton";
