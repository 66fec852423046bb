//! Pipelines of GitLab.

use std::iter;
use std::path::Path;

use super::reader::Reader;
use super::reader::script::{Script, Surroundings};
use super::reader::yaml::{At, Yaml};
use super::workflow::{deploys, variables};
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
        let set = variables(reader, document.get("variables"), How::Job { deploys: deploys(document) });
        for (name, _, job) in document.entries() {
            if name != "variables" && name != "include" {
                read_job(reader, job, &set, How::Job { deploys: name.contains("deploy") || deploys(job) });
            }
        }
    }
    Ok(())
}

fn read_job(reader: &mut Reader<'_>, job: At<'_>, set: &[String], how: How) {
    let mut set = set.to_vec();
    set.extend(variables(reader, job.get("variables"), how));
    // The variables of the project's settings are in no file.
    let known: Vec<String> = reader.names.variables().map(str::to_owned).collect();
    for part in ["before_script", "script", "after_script"] {
        let Some(script) = job.get(part) else { continue };
        // A list may have lists in it, most of them by aliases.
        let lines = script.items().flat_map(|item| iter::once(item).chain(item.items()));
        for line in iter::once(script).chain(lines) {
            if let Some(script) = Script::of(line, reader.text) {
                script.read(reader, Surroundings { how, set: &set, known: &known });
            }
        }
    }
}
