//! Where a project says which packages it needs, and how they are installed.

mod managers;

use std::path::{Path, PathBuf};

use self::managers::{MANAGERS, Manager};
use crate::recipes::Django;

/// What installs the packages, and where.
#[derive(Debug)]
pub(super) struct Packages {
    /// Where their lists lie, from the folder of keybaton.toml; empty where they lie there.
    place: String,
    /// How far above manage.py that is.
    steps: usize,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// A lock file; whether something nearer to manage.py hides it from its own manager.
    Locked(&'static Manager, bool),
    /// Lists for pip.
    Lists(Vec<&'static str>),
    /// A package, which names others.
    Project,
    Unsaid,
}

/// The lines of an image's build.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) manager: &'static str,
    /// What it reads, from the folder of keybaton.toml.
    pub(super) files: Vec<String>,
    pub(super) place: String,
    pub(super) install: String,
    /// What installs the project itself, once it is there.
    pub(super) project: Option<String>,
}

impl Packages {
    /// The next list, from the folder of manage.py up to the top of the repository: a lock file first, else lists for pip.
    pub(super) fn of(django: &Django) -> Self {
        let folders = django.folders();
        let (steps, way) = way(&folders, |path| django.text(path));
        Self { place: in_text(&folders[steps]), steps, way }
    }

    /// Where their lists lie, from the folder of keybaton.toml.
    pub(super) fn folder(&self) -> &Path {
        Path::new(&self.place)
    }

    /// The lines that install them, in the folder of keybaton.toml.
    pub(super) fn install(&self) -> Vec<String> {
        match &self.way {
            Way::Locked(manager, _) => {
                let started = format!("{} {}", self.here(manager), manager.install);
                vec![format!("python -m pip install {}", manager.name), started]
            }
            Way::Lists(lists) => {
                vec![pip(lists.iter().map(|list| format!("--requirement {}", self.path(list))))]
            }
            Way::Project => vec![pip([project(&self.place)])],
            Way::Unsaid => vec![pip(["django".to_owned()])],
        }
    }

    /// A command that finds them, typed in the folder of keybaton.toml.
    pub(super) fn run_here(&self, command: &str) -> String {
        match &self.way {
            Way::Locked(manager, _) => format!("{} {} {command}", self.here(manager), manager.run),
            _ => command.to_owned(),
        }
    }

    /// The same in the folder of manage.py, which has the list or lies below it.
    pub(super) fn run_there(&self, command: &str) -> String {
        let up: PathBuf = (0..self.steps).map(|_| "..").collect();
        match &self.way {
            Way::Locked(manager, true) => {
                format!("{} {} {command}", (manager.told)(&in_text(&up)), manager.run)
            }
            Way::Locked(manager, false) => format!("{} {} {command}", manager.name, manager.run),
            _ => command.to_owned(),
        }
    }

    /// How an image gets what a lock file says; nothing where there is none.
    pub(super) fn image(&self) -> Option<Image> {
        let Way::Locked(manager, _) = self.way else { return None };
        let here = self.here(manager);
        Some(Image {
            manager: manager.name,
            files: [manager.list, manager.lock].map(|file| self.path(file)).to_vec(),
            place: self.place.clone(),
            install: format!("{here} {}", manager.image),
            project: manager.project.map(|words| format!("{here} {words}")),
        })
    }

    /// The list for pip that names no packages of tests; nothing where there is none.
    pub(super) fn list(&self) -> Option<String> {
        match &self.way {
            Way::Lists(lists) => lists.iter().find(|list| BASES.contains(list)).map(|list| self.path(list)),
            _ => None,
        }
    }

    /// The manager, as it is started in the folder of keybaton.toml: it looks for its list there and above.
    fn here(&self, manager: &Manager) -> String {
        let is_below = !self.place.is_empty() && !self.place.starts_with("..");
        let is_hidden = matches!(self.way, Way::Locked(_, true));
        match (self.place.as_str(), is_below || is_hidden) {
            (_, false) => manager.name.to_owned(),
            ("", true) => (manager.told)("."),
            (place, true) => (manager.told)(place),
        }
    }

    fn path(&self, file: &str) -> String {
        if self.place.is_empty() { file.to_owned() } else { format!("{}/{file}", self.place) }
    }
}

/// How far up the list lies that counts, and what it is.
fn way(folders: &[PathBuf], text: impl Fn(PathBuf) -> Option<String>) -> (usize, Way) {
    let has = |folder: &Path, file: &str| text(folder.join(file)).is_some();
    let says = |folder: &Path| {
        let manager = MANAGERS.iter().find(|manager| has(folder, manager.lock));
        manager.map(|manager| Way::Locked(manager, false)).or_else(|| lists(|file| has(folder, file)))
    };
    let found = folders.iter().enumerate().find_map(|(steps, folder)| Some((steps, says(folder)?)));
    match found {
        Some((steps, Way::Locked(manager, _))) => {
            let nearer = folders[..steps].iter().find_map(|folder| text(folder.join(manager.list)));
            (steps, Way::Locked(manager, nearer.is_some_and(|list| manager.stops_at(&list))))
        }
        Some(found) => found,
        None => {
            let is_project = |folder: &PathBuf| {
                has(folder, "setup.py")
                    || text(folder.join("pyproject.toml")).is_some_and(|text| is_package(&text))
            };
            let steps = folders.iter().position(is_project);
            let top = folders.iter().position(|folder| folder.as_os_str().is_empty()).unwrap_or_default();
            steps.map_or((top, Way::Unsaid), |steps| (steps, Way::Project))
        }
    }
}

fn lists(has: impl Fn(&str) -> bool) -> Option<Way> {
    let base = BASES.into_iter().find(|file| has(file));
    let tests = FOR_TESTS.into_iter().find(|file| has(file));
    let lists: Vec<&str> = base.into_iter().chain(tests).collect();
    (!lists.is_empty()).then_some(Way::Lists(lists))
}

/// Whether pip can install what the file is of; many hold nothing but the settings of tools.
fn is_package(pyproject: &str) -> bool {
    ["[project]", "[build-system]", "[tool.poetry]"].iter().any(|table| pyproject.contains(table))
}

fn pip(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    format!("python -m pip install {} keybaton", words.join(" "))
}

/// A folder that pip takes for no name of a package.
fn project(place: &str) -> String {
    match place {
        "" => ".".to_owned(),
        above if above.starts_with("..") => above.to_owned(),
        below => format!("./{below}"),
    }
}

fn in_text(folder: &Path) -> String {
    let parts: Vec<_> = folder.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

const BASES: [&str; 2] = ["requirements.txt", "requirements/base.txt"];
const FOR_TESTS: [&str; 5] = [
    "requirements-test.txt",
    "requirements-dev.txt",
    "requirements/test.txt",
    "requirements/dev.txt",
    "requirements/local.txt",
];

#[cfg(test)]
mod tests;
