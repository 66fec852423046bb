//! Finding `manage.py`.

use std::fs;
use std::path::{Path, PathBuf};

use memchr::memmem;

use super::{ProjectError, bytes};

/// The folder whose `manage.py` is meant: this one, one above it, or the only one below it.
pub(super) fn folder(from: &Path) -> Result<PathBuf, ProjectError> {
    let from = std::path::absolute(from).unwrap_or_else(|_| from.to_owned());
    if let Some(here) = above(&from) {
        return Ok(here);
    }
    let mut folders = Vec::new();
    below(&from, DEEPEST, &mut MOST_FOLDERS.clone(), &mut folders);
    folders.sort();
    match folders.len() {
        0 => Err(ProjectError::NotFound { from }),
        1 => Ok(folders.remove(0)),
        _ => Err(ProjectError::Several { folders }),
    }
}

/// This folder or the nearest above it, as far as the repository's root, and never a folder of somebody else: what lies in
/// `/tmp` could be anybody's.
fn above(from: &Path) -> Option<PathBuf> {
    let owner = |folder: &Path| keybaton_files::owner(folder).ok();
    for folder in from.ancestors().take_while(|folder| owner(folder) == owner(from)) {
        if is_project(folder) {
            return Some(folder.to_owned());
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn below(folder: &Path, depth: usize, left: &mut usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let path = entry.path();
        if !is_folder || *left == 0 || is_of_others(&path) {
            continue;
        }
        *left -= 1;
        if is_project(&path) {
            found.push(path);
        } else if depth > 1 {
            below(&path, depth - 1, left, found);
        }
    }
}

/// Folders that hold other people's code: hidden ones, virtual environments, what npm brought.
fn is_of_others(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with('.')
        || matches!(name, "node_modules" | "site-packages" | "__pycache__")
        || folder.join("pyvenv.cfg").exists()
}

/// Other frameworks have a `manage.py` too.
fn is_project(folder: &Path) -> bool {
    let manage = folder.join("manage.py");
    manage.is_file()
        && bytes(&manage).is_ok_and(|text| memmem::find(text.expose(), b"DJANGO_SETTINGS_MODULE").is_some())
}

/// How far below a folder projects are looked for: `backend/src/shop/manage.py`.
const DEEPEST: usize = 3;

/// How many folders are looked into before giving up.
const MOST_FOLDERS: usize = 4096;
