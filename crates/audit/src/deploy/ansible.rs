//! Playbooks, roles and variables of Ansible.

use std::path::Path;

use super::reader::Reader;
use super::reader::pairs::read_pairs;
use super::reader::yaml::Yaml;
use super::{Broken, Kind};

pub(super) const KIND: Kind =
    Kind { name: "a file of Ansible", recipe: Some("ansible"), is_named, says, read };

fn is_named(path: &Path) -> bool {
    let is_yaml = path.extension().is_some_and(|kind| kind == "yml" || kind == "yaml");
    is_yaml || path.extension().is_none() && in_folder(path, &["group_vars", "host_vars"])
}

/// A file that is encrypted as a whole is as it should be.
fn says(path: &Path, text: &str) -> bool {
    let is_play = || text.lines().any(|line| line.starts_with("- hosts:") || line.starts_with("  hosts:"));
    !text.starts_with("$ANSIBLE_VAULT") && (in_folder(path, &FOLDERS) || is_play())
}

fn in_folder(path: &Path, names: &[&str]) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::components);
    folders.filter_map(|folder| folder.as_os_str().to_str()).any(|folder| names.contains(&folder))
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text)?;
    yaml.documents().for_each(|document| read_pairs(reader, document));
    Ok(())
}

const FOLDERS: [&str; 9] =
    ["group_vars", "host_vars", "vars", "defaults", "tasks", "handlers", "roles", "playbooks", "ansible"];
