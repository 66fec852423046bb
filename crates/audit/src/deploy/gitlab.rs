//! Pipelines of GitLab.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::path::Path;

use super::reader::Reader;
use super::reader::deploys::{deploys, is_called};
use super::reader::script::{Script, Surroundings};
use super::reader::yaml::{At, Yaml};
use super::workflow::variables;
use super::{Broken, How, Kind};

pub(super) const KIND: Kind =
    Kind { name: "a pipeline of GitLab", recipe: Some("gitlab-ci"), is_named, says: |_, _| true, read };

fn is_named(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let in_folder = path.components().any(|part| part.as_os_str() == ".gitlab");
    is_yaml && (name.contains(".gitlab-ci.") || in_folder)
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text)?;
    for document in yaml.documents() {
        let jobs = jobs(reader, document);
        // What all jobs have is there for the tests, unless there are none.
        let mut whole = jobs.iter().filter(|job| !is_template(job.name)).peekable();
        let all = whole.peek().is_some() && whole.all(|job| job.deploys);
        let set = variables(reader, document.get("variables"), How::Job { deploys: all });
        for job in &jobs {
            read_job(reader, job.at, &set, How::Job { deploys: job.deploys });
        }
    }
    Ok(())
}

struct Job<'y> {
    name: &'y str,
    at: At<'y>,
    deploys: bool,
}

/// A job deploys by itself or by what it extends. A template does where all that extend it do.
fn jobs<'y>(reader: &mut Reader<'_>, document: At<'y>) -> Vec<Job<'y>> {
    let entries = document.entries().into_iter();
    let entries = entries.filter(|(name, _, at)| !OTHERS.contains(name) && at.pairs().next().is_some());
    let job = |(name, key, at)| Job { name, at, deploys: is_called(key) || deploys(reader, at) };
    let mut jobs: Vec<Job<'_>> = entries.map(job).collect();
    let bases: BTreeSet<&str> = jobs.iter().filter(|job| job.deploys).map(|job| job.name).collect();
    jobs.iter_mut().for_each(|job| job.deploys |= extended(job.at).any(|base| bases.contains(base)));
    let mut users: BTreeMap<&str, bool> = BTreeMap::new();
    for job in jobs.iter().filter(|job| !is_template(job.name)) {
        extended(job.at).for_each(|base| *users.entry(base).or_insert(true) &= job.deploys);
    }
    jobs.iter_mut().for_each(|job| job.deploys |= users.get(job.name) == Some(&true));
    jobs
}

fn is_template(name: &str) -> bool {
    name.starts_with('.')
}

/// What a job extends; GitLab itself takes no more levels.
fn extended(job: At<'_>) -> impl Iterator<Item = &str> {
    let named = job.get("extends").into_iter().flat_map(|named| iter::once(named).chain(named.items()));
    named.filter_map(At::text).take(11)
}

fn read_job(reader: &mut Reader<'_>, job: At<'_>, set: &[String], how: How) {
    let mut set = set.to_vec();
    let rules = job.get("rules").into_iter().flat_map(At::items);
    for given in iter::once(job).chain(rules) {
        set.extend(variables(reader, given.get("variables"), how));
    }
    // The variables of the project's settings are in no file.
    let known: Vec<String> = reader.names.variables().map(str::to_owned).collect();
    let mut written = BTreeSet::new();
    for part in ["before_script", "script", "after_script"] {
        let Some(script) = job.get(part) else { continue };
        // A list may have lists in it, most of them by aliases.
        let lines = script.items().flat_map(|item| iter::once(item).chain(item.items()));
        for line in iter::once(script).chain(lines) {
            if let Some(script) = Script::of(line, reader.text) {
                script.read(reader, Surroundings { how, set: &set, known: &known }, &mut written);
            }
        }
    }
}

/// What stands at the top and is no job.
const OTHERS: [&str; 5] = ["variables", "include", "stages", "workflow", "spec"];
