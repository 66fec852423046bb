//! Which files are settings, and which belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::module::Module;
use crate::project::modules::{imported, is_missing};
use crate::settings::Star;

/// All files, by where they are, each with the folder of its project.
pub(super) struct Files<'a> {
    by_path: BTreeMap<&'a Path, &'a Module>,
    projects: BTreeMap<&'a Path, Option<PathBuf>>,
}

/// Settings with all that they take over.
pub(super) struct Chain<'a> {
    pub(super) top: &'a Module,
    pub(super) parts: Parts<'a>,
    /// The files of the same project.
    pub(super) project: Vec<&'a Module>,
}

/// Settings, and the files that they take over.
pub(super) struct Parts<'a> {
    pub(super) modules: Vec<&'a Module>,
    /// Nothing is taken over that was not seen.
    pub(super) is_whole: bool,
}

impl<'a> Files<'a> {
    pub(super) fn of(modules: &'a [Module]) -> Self {
        let by_path = modules.iter().map(|module| (module.absolute.as_path(), module)).collect();
        let projects =
            modules.iter().map(|module| (module.absolute.as_path(), project(&module.absolute))).collect();
        Self { by_path, projects }
    }

    /// The settings that no others take over.
    pub(super) fn tops(&self) -> Vec<&'a Module> {
        let all = || self.by_path.values().copied();
        let taken: BTreeSet<PathBuf> = all()
            .flat_map(|module| {
                module.taken.iter().filter_map(|star| imported(&module.absolute, &star.module))
            })
            .collect();
        let may_be = |module: &&Module| module.lists_apps() || !module.taken.is_empty();
        let tops = all().filter(may_be).filter(|module| !taken.contains(&module.absolute));
        tops.filter(|module| self.parts(module).modules.iter().any(|part| part.lists_apps())).collect()
    }

    pub(super) fn chain(&self, top: &'a Module) -> Chain<'a> {
        let (mut parts, project) = (self.parts(top), self.around(top));
        // Which files are carried out together, only running them shows.
        if project.iter().any(|module| module.includes) {
            project.iter().for_each(|other| self.extend(&mut parts, other));
        }
        parts.is_whole &= !parts.modules.iter().any(|module| module.is_foreign);
        Chain { top, parts, project }
    }

    fn parts(&self, top: &'a Module) -> Parts<'a> {
        let mut parts = Parts { modules: Vec::new(), is_whole: true };
        self.extend(&mut parts, top);
        parts
    }

    fn extend(&self, parts: &mut Parts<'a>, module: &'a Module) {
        let mut next = vec![module];
        while let Some(module) = next.pop() {
            if !parts.modules.iter().any(|known| std::ptr::eq(*known, module)) {
                parts.modules.push(module);
                next.extend(module.taken.iter().rev().filter_map(|star| self.brings(parts, module, star)));
            }
        }
    }

    /// The file that a module takes settings over from, if it is one that matters here.
    fn brings(&self, parts: &mut Parts<'a>, module: &Module, star: &Star) -> Option<&'a Module> {
        match imported(&module.absolute, &star.module) {
            Some(path) => {
                let other = self.by_path.get(path.as_path()).copied();
                parts.is_whole &= other.is_some() || says_nothing(&path);
                other
            }
            None => {
                let may_lack = star.surroundings.tried && is_missing(&module.absolute, &star.module);
                parts.is_whole &= star.module.is_harmless() || may_lack;
                None
            }
        }
    }

    /// The files of the same project, and those of no project where there is one only.
    fn around(&self, top: &Module) -> Vec<&'a Module> {
        let own = &self.projects[top.absolute.as_path()];
        let all: BTreeSet<&PathBuf> = self.projects.values().flatten().collect();
        let is_near = |of: &Option<PathBuf>| of == own || of.is_none() && all.len() < 2;
        self.projects.iter().filter(|(_, of)| is_near(of)).map(|(path, _)| self.by_path[path]).collect()
    }
}

/// The folder of the `manage.py` that is next above a file.
fn project(file: &Path) -> Option<PathBuf> {
    let mut folders = file.ancestors().skip(1).take(DEEPEST);
    folders.find(|folder| folder.join("manage.py").is_file()).map(Path::to_owned)
}

/// A file that was looked at and left out has nothing in it that matters.
fn says_nothing(path: &Path) -> bool {
    Module::read(path.to_owned()).is_none()
}

/// No file lies deeper below its `manage.py`.
const DEEPEST: usize = 12;
