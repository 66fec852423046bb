//! Workflows and actions of GitHub, and of Forgejo and Gitea, which read the same.

mod inputs;

use std::collections::BTreeSet;
use std::path::Path;

use super::reader::Reader;
use super::reader::deploys::{Does, deploys, does, is_called};
use super::reader::script::{Script, Surroundings};
use super::reader::value::value;
use super::reader::yaml::{At, Yaml};
use super::{Broken, How, Kind, Value};
use inputs::read_inputs;

pub(super) const KIND: Kind =
    Kind { name: "a workflow", recipe: Some("github-actions"), is_named, says: |_, _| true, read };

fn is_named(path: &Path) -> bool {
    let is_yaml = path.extension().is_some_and(|kind| kind == "yml" || kind == "yaml");
    let folders: Vec<&str> = path.components().filter_map(|part| part.as_os_str().to_str()).collect();
    let in_workflows =
        folders.windows(2).any(|pair| matches!(pair, [".github" | ".gitea" | ".forgejo", "workflows"]));
    let is_action = path.file_stem().is_some_and(|stem| stem == "action");
    is_yaml && (in_workflows || is_action)
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text)?;
    let Some(root) = yaml.documents().next() else { return Ok(()) };
    let jobs = root.get("jobs").map(At::entries).unwrap_or_default();
    let deploying: Vec<bool> =
        jobs.iter().map(|(_, key, job)| is_called(*key) || deploys(reader, *job)).collect();
    let secrets = secrets(reader);
    // What all jobs have is there for the tests, unless there are none.
    let all = !jobs.is_empty() && deploying.iter().all(|deploys| *deploys);
    let set = variables(reader, root.get("env"), How::Job { deploys: all });
    for ((_, _, job), deploys) in jobs.into_iter().zip(deploying) {
        read_job(reader, job, Given { set: &set, secrets: &secrets }, How::Job { deploys });
    }
    if let Some(action) = root.get("runs") {
        let how = How::Job { deploys: deploys(reader, action) };
        read_job(reader, action, Given { set: &set, secrets: &secrets }, how);
    }
    Ok(())
}

/// The variables with a key that a job or a step begins with.
#[derive(Clone, Copy)]
struct Given<'a> {
    set: &'a [String],
    /// Those that only an expression fills in.
    secrets: &'a [String],
}

fn read_job(reader: &mut Reader<'_>, job: At<'_>, given: Given<'_>, how: How) {
    let mut set = given.set.to_vec();
    set.extend(variables(reader, job.get("env"), how));
    let services =
        job.get("services").map(At::entries).unwrap_or_default().into_iter().map(|(_, _, service)| service);
    for container in services.chain(job.get("container")) {
        variables(reader, container.get("env"), how);
    }
    let mut written = BTreeSet::new();
    for step in job.get("steps").into_iter().flat_map(At::items) {
        // A step that tests has a key of its own, also where a later one deploys.
        let how = if does(reader, step) == Does::Test { How::Job { deploys: false } } else { how };
        read_step(reader, step, Given { set: &set, ..given }, how, &mut written);
    }
}

fn read_step(
    reader: &mut Reader<'_>,
    step: At<'_>,
    given: Given<'_>,
    how: How,
    written: &mut BTreeSet<String>,
) {
    let mut set = given.set.to_vec();
    set.extend(variables(reader, step.get("env"), how));
    let known = [set.as_slice(), given.secrets].concat();
    if let Some(script) = step.get("run").and_then(|run| Script::of(run, reader.text)) {
        script.read(reader, Surroundings { how, set: &set, known: &known }, written);
    }
    let uses = step.text_of("uses").unwrap_or_default();
    // The machine that such a script runs on has an environment of its own.
    read_inputs(reader, step, uses, Surroundings { how, set: &[], known: given.secrets }, written);
}

/// Only an expression fills in a secret that no variable holds.
fn secrets(reader: &Reader<'_>) -> Vec<String> {
    let is_filled = |name: &&str| reader.text.contains(&format!("secrets.{name}"));
    reader.names.variables().filter(is_filled).map(str::to_owned).collect()
}

/// Takes variables in, and tells which of them hold a key that matters.
pub(super) fn variables(reader: &mut Reader<'_>, variables: Option<At<'_>>, how: How) -> Vec<String> {
    let mut set = Vec::new();
    for (name, key, at) in variables.map(At::entries).unwrap_or_default() {
        let at = at.get("value").unwrap_or(at);
        let text = at.text();
        let value = text.map_or(Value::Reference, value);
        if reader.names.ring(name).is_none() || value == Value::Empty {
            continue;
        }
        if value == Value::Reference || how != (How::Job { deploys: false }) {
            set.push(name.to_owned());
        }
        let at = if text.is_some() { at } else { key };
        reader.give(name, value, how, at.span());
    }
    set
}
