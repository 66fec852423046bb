//! The file from which the settings have their key today, where it comes through a variable that is not set here.

use std::path::Path;

use keybaton_audit::project::{Holder, HolderKind, Holders, Origin, Project};
use keybaton_core::RingName;

use super::refusals::{contradicting, in_ini, unnamed};
use super::today::environment;
use crate::configuration::shown;
use crate::failure::Failure;
use crate::system::with_slashes;

/// The file, if there is one: python-decouple, django-environ and python-dotenv look for it in many places. Beside a file
/// whose name cannot be told, one that is found counts only where the user adopts it.
pub(crate) fn in_use(project: &Project, adopt: bool) -> Result<Option<Holder>, Failure> {
    let Some(variable) = variable(project) else { return Ok(None) };
    let Ok(ring) = variable.parse::<RingName>() else { return Ok(None) };
    if environment(variable)?.is_some() {
        return Ok(None);
    }
    let Holders { mut files, unknown } = project.holders(&ring);
    if let Some(line) = unknown.filter(|_| files.is_empty() || !adopt) {
        return Err(unnamed(&line, &ring));
    }
    if files.iter().any(|holder| holder.is_named) {
        files.retain(|holder| holder.is_named);
    }
    if files.iter().any(|holder| holder.keys.first() != files[0].keys.first()) {
        let names: Vec<String> = files.iter().map(|holder| shown(&holder.path)).collect();
        return Err(contradicting(&names, &ring));
    }
    match (files.iter().position(|holder| holder.kind == HolderKind::Env), files.first()) {
        (Some(at), _) => Ok(Some(files.swap_remove(at))),
        (None, Some(ini)) => Err(in_ini(ini, &ring)),
        (None, None) => Ok(None),
    }
}

/// The variable that the settings read the key from.
pub(crate) fn variable(project: &Project) -> Option<&str> {
    match project.origin() {
        Origin::Lookup { variable, .. } | Origin::Either { variable, .. } => Some(variable),
        _ => None,
    }
}

/// The file as a store's URL, seen from the folder of `manage.py`.
pub(crate) fn url(holder: &Holder, folder: &Path) -> String {
    let above = folder.parent().and_then(|above| holder.path.strip_prefix(above).ok());
    match (holder.path.strip_prefix(folder), above) {
        (Ok(below), _) => format!("dotenv:{}", with_slashes(below)),
        (Err(_), Some(beside)) => format!("dotenv:../{}", with_slashes(beside)),
        (Err(_), None) => format!("dotenv:{}", holder.path.display()),
    }
}
