//! How the first key comes into the ring: the one that the pods have, where the manifest says from where.

use keybaton_core::shell::posix;

use super::plan::Plan;
use super::source::{Source, literal};
use crate::recipes::Made;

/// What a person does once.
pub(super) fn brought(plan: &Plan<'_>, made: Made) -> Made {
    let made = match (&plan.source, literal(&plan.site, plan.name())) {
        (Some(source), _) if plan.begins_with(source) => taken_in(plan, source, made),
        (Some(source), _) => copied(plan, source, made),
        (None, Some(variable)) => typed(plan, &variable, made),
        (None, None) => return begun(plan, made),
    };
    let further = further(plan);
    let made = if further.is_empty() { made } else { made.step("Make the other rings:") };
    further.iter().fold(made, Made::command)
}

/// Nobody says where the key is.
fn begun(plan: &Plan<'_>, made: Made) -> Made {
    let made = match plan.secrets.is_empty() {
        false => made.step("As somebody who may make Secrets there, make the ring once, with a new key:"),
        true => made.step("Make the ring once, with a new key:"),
    };
    further(plan)
        .iter()
        .fold(made.command(init(plan)), Made::command)
        .step("Or, where a .env file has the key that the site runs with, so that nobody is logged out:")
        .command(format!("keybaton copy --create dotenv:.env {}", store(plan)))
}

/// The ring lives where the key is already.
fn taken_in(plan: &Plan<'_>, source: &Source, made: Made) -> Made {
    let (secret, entry) = (&source.secret, &source.entry);
    let told = match source.is_named {
        true => format!(
            "The pods get their key from the Secret {secret}. The ring begins with it, so that nobody is logged out:"
        ),
        false => format!(
            "The pods take all of the Secret {secret}. If its entry {entry} is their key, the ring begins with it, and nobody is logged out:"
        ),
    };
    let other = if plan.name() == secret { format!("{secret}-ring") } else { plan.name().to_owned() };
    let (namespace, other) = (&plan.namespace, format!("k8s://{}/{other}", plan.namespace));
    made.step(told)
        .command(init(plan))
        .step(format!("Where a tool makes that Secret, such as External Secrets, Sealed Secrets, Helm or Argo CD, keybaton refuses to: say store = \"{other}\" in keybaton.toml, run this recipe again, and bring the key there:"))
        .command(format!("keybaton copy --create k8s://{namespace}/{secret} {other}"))
}

/// The ring lives elsewhere.
fn copied(plan: &Plan<'_>, source: &Source, made: Made) -> Made {
    let (Source { secret, entry, is_named }, namespace, store) = (source, &plan.namespace, store(plan));
    let told = match is_named {
        true => format!(
            "The pods get their key from the entry {entry} of the Secret {secret}. Bring it into the ring, so that nobody is logged out:"
        ),
        false => format!(
            "The pods take all of the Secret {secret}. If its entry {entry} is their key, bring it into the ring, so that nobody is logged out:"
        ),
    };
    let command = match source.may_hold_the_ring() {
        true => format!("keybaton copy --create k8s://{namespace}/{secret} {store}"),
        // A dot in a name parts it from the next one.
        false => format!(
            "kubectl get secret {secret} -n {namespace} -o jsonpath='{{.data.{}}}' | base64 -d | keybaton copy --create - {store}",
            entry.replace('.', "\\.")
        ),
    };
    made.step(told).command(command)
}

/// The manifest has the key itself, and with it everybody who reads the manifest.
fn typed(plan: &Plan<'_>, variable: &str, made: Made) -> Made {
    let environment = &plan.facts.home.environment;
    made.step(format!("The manifest has the key itself, as {variable}. So that nobody is logged out, bring it into the ring: copy it there, and end with Ctrl-D:"))
        .command(format!("keybaton copy --create - {}", store(plan)))
        .step("Once the pods have their key from the ring, take it out of the manifest; and as whoever reads that knows the key, replace it:")
        .command(format!("keybaton rotate -e {environment} --new"))
}

fn init(plan: &Plan<'_>) -> String {
    format!("keybaton init -e {}", plan.facts.home.environment)
}

fn further(plan: &Plan<'_>) -> Vec<String> {
    let further = plan.facts.home.rings[1..].iter();
    further.map(|ring| format!("{} --ring {}", init(plan), ring.name)).collect()
}

fn store(plan: &Plan<'_>) -> String {
    posix(&plan.facts.home.main().store.to_string())
}
