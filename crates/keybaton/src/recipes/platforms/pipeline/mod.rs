//! What a pipeline does with a project, on whatever forge: install it, test it, and get to the stores of an environment.

mod reach;

use std::path::{Path, PathBuf};

use super::packages::Packages;
use super::plain::must_be_plain;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::{Answers, Django, Facts, Proposal};

pub(super) use reach::{Reach, Way};

/// What a job has to know.
#[derive(Debug)]
pub(super) struct Pipeline {
    /// From the folder of keybaton.toml up to the top of the repository, where a forge looks for its files.
    pub(super) up: PathBuf,
    /// The way back; empty where the two are one.
    pub(super) folder: String,
    /// From there on to the folder of manage.py; empty where the two are one.
    pub(super) manage: String,
    pub(super) packages: Packages,
    /// What runs the tests, in the folder of manage.py.
    pub(super) test: String,
    /// The names of the rings, which are those of the variables.
    pub(super) rings: Vec<String>,
    pub(super) reach: Reach,
}

impl Pipeline {
    pub(super) fn of(facts: &Facts) -> Result<Self, Failure> {
        let django = &facts.django;
        let (folder, manage) = (folder(django)?, plain(&django.folder)?);
        let packages = Packages::of(django);
        Ok(Self {
            up: django.repository.up.clone(),
            folder,
            manage,
            test: packages.run_there(if tests_with_pytest(facts) {
                "python -m pytest"
            } else {
                "python manage.py test"
            }),
            packages,
            rings: facts.home.rings.iter().map(|ring| ring.name.as_str().to_owned()).collect(),
            reach: Reach::of(&facts.home),
        })
    }

    /// The folder of manage.py, from the top of the repository.
    pub(super) fn manage_from_the_top(&self) -> String {
        let parts = [self.folder.as_str(), self.manage.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }

    /// Whether the text of another pipeline runs tests, which then has their services too.
    pub(super) fn is_tested_by(&self, text: &str) -> bool {
        text.contains(&self.test)
            || ["manage.py test", "pytest", "tox", "nox"].iter().any(|test| text.contains(test))
    }
}

/// The folder of keybaton.toml, from the top of the repository; empty where the two are one.
pub(super) fn folder(django: &Django) -> Result<String, Failure> {
    plain(&django.repository.back)
}

/// A pipeline keeps no rings: what another platform keeps is configured, or nothing is. Without a rotation it needs none.
pub(super) fn proposal(
    _: &Django,
    variant: &'static str,
    _: &Answers,
    table: &str,
) -> Result<Proposal, Failure> {
    if variant == CHECK {
        return Ok(Proposal::of_no_environment());
    }
    let what = format!("there is no {table}, so nothing says where its key lives");
    Err(Failure::new(Exit::Configuration, what).hint(
        "`--variant check` makes the check and the tests alone; for a rotation write that table, with store = … and propagation = …, or let the recipe of the platform that serves write it; or name another environment with -e",
    ))
}

fn tests_with_pytest(facts: &Facts) -> bool {
    let folders = facts.django.folders();
    let says = |file: &str, mark: &str| {
        let mut texts = folders.iter().filter_map(|folder| facts.django.text(folder.join(file)));
        texts.any(|text| text.contains(mark))
    };
    says("pytest.ini", "") || says("pyproject.toml", "[tool.pytest") || says("setup.cfg", "[tool:pytest]")
}

fn plain(folder: &Path) -> Result<String, Failure> {
    let parts: Vec<_> = folder.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let folder = parts.join("/");
    if !folder.is_empty() {
        must_be_plain("the name of the project's folder", &folder, "a pipeline")?;
    }
    Ok(folder)
}

/// The variant of each forge that rotates nothing.
pub(super) const CHECK: &str = "check";
