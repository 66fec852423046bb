//! Deploy files, and the files of variables that they name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use keybaton_core::RingName;

use super::{absolute, relative};
use crate::deploy::{self, DeployFile, Names};
use crate::fix::Stamp;
use crate::source::Source;
use crate::tree::{Tree, Unexamined};

impl Tree {
    pub(super) fn read_deploy(&mut self, root: &Path, path: &Path, names: &Names) {
        let Some(bytes) = self.bytes_of(root, path, LONGEST_DEPLOY_FILE) else { return };
        if !names.are_in(&bytes) {
            return;
        }
        let Ok(source) = Source::decode(&bytes) else {
            return self.unexamined(root, path, "it is not UTF-8 text");
        };
        let seen = Stamp::of(&bytes);
        let (path, absolute) = (relative(root, path), absolute(path));
        match deploy::read(&path, source.text(), names) {
            None => {}
            Some((kind, Ok(facts))) => {
                self.deploy.push(DeployFile { path, absolute, kind, source, seen, facts });
            }
            Some((_, Err(broken))) => {
                let why = format!("line {} is not valid {}", broken.line, broken.what);
                self.unexamined.push(Unexamined { what: path.display().to_string(), why });
            }
        }
    }

    /// Reads the files of variables that units and compose files name, whatever they are called, as far as they are here.
    pub(super) fn read_named_env(&mut self, root: &Path, rings: &[RingName]) {
        let named = self.deploy.iter().flat_map(|file| {
            let folder = file.absolute.parent().unwrap_or(&file.absolute);
            file.facts.env_files.iter().map(|name| absolute(&folder.join(name)))
        });
        let root_whole = absolute(root);
        let below: BTreeSet<PathBuf> = named.filter(|path| path.starts_with(&root_whole)).collect();
        for path in below.iter().filter(|path| path.is_file()) {
            if self.env_files.iter().all(|file| file.absolute != *path) {
                self.read_env(&root_whole, path, rings);
            }
        }
    }
}

/// Whole clusters stand in one manifest.
const LONGEST_DEPLOY_FILE: usize = 8 << 20;
