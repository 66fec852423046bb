//! What an image installs.

use std::path::Path;

use super::super::packages::{Image, Packages};
use super::super::plain::must_be_plain;
use super::OF_PROJECT;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::Facts;

/// What says which packages belong into it.
pub(super) enum Wanted {
    /// A lock file.
    Image(Image),
    /// A list for pip.
    List(String),
}

/// What the user names, else what the project has.
pub(super) fn wanted(facts: &Facts) -> Result<Wanted, Failure> {
    let said = facts.answers.get("requirements");
    if said != OF_PROJECT {
        return named(facts, said);
    }
    let packages = Packages::of(&facts.django);
    let folder = packages.folder().to_string_lossy();
    if folder.starts_with("..") {
        return Err(out_of_sight(&folder));
    }
    if !folder.is_empty() {
        must_be_plain("the name of the folder with the list of packages", &folder, "a Dockerfile")?;
    }
    let image = packages.image().map(Wanted::Image);
    image.or(packages.list().map(Wanted::List)).ok_or_else(nothing)
}

fn named(facts: &Facts, list: &str) -> Result<Wanted, Failure> {
    if Path::new(list).extension().is_some_and(|end| end == "toml" || end == "lock") {
        return Err(no_list(list));
    }
    match facts.django.text(list) {
        Some(_) => Ok(Wanted::List(list.to_owned())),
        None => Err(missing(list)),
    }
}

fn no_list(named: &str) -> Failure {
    let what = format!("{named} is no list of packages that pip reads, such as requirements.txt");
    Failure::new(Exit::Usage, what).hint(
        "leave --set requirements=… out: the lock file of uv, poetry or pipenv that lies beside manage.py or above it is taken",
    )
}

fn missing(list: &str) -> Failure {
    let what = format!("there is no {list} here, so nothing says what to install");
    Failure::new(Exit::Configuration, what)
        .hint("name the list of packages: --set requirements=requirements/production.txt")
}

fn nothing() -> Failure {
    let what = "there is no requirements.txt, uv.lock, poetry.lock or Pipfile.lock here, so nothing says what to install";
    Failure::new(Exit::Configuration, what).hint(
        "`uv lock` and `poetry lock` make one of pyproject.toml; or name the list of packages: --set requirements=requirements/production.txt",
    )
}

/// A build sees the folder that it is given and nothing above.
fn out_of_sight(folder: &str) -> Failure {
    let what = format!("the list of packages lies in {folder}, and a build sees nothing above keybaton.toml");
    Failure::new(Exit::Configuration, what).hint(
        "build at the top of the repository, with a Dockerfile of your own; or bring a list here, such as `uv export --frozen --no-dev --output-file requirements.txt` makes",
    )
}
