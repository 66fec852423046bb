//! How a project's packages are installed.

use crate::recipes::Django;

/// The lines that install them, and what stands before a command that needs them.
#[derive(Debug)]
pub(crate) struct Packages {
    pub(crate) install: Vec<String>,
    before: &'static str,
}

impl Packages {
    /// By the lock file that is there, else by lists for pip.
    pub(super) fn of(django: &Django) -> Self {
        let has = |file: &str| django.text(file).is_some();
        match MANAGERS.iter().find(|(lock, ..)| has(lock)) {
            Some((_, install, before)) => {
                Self { install: install.iter().map(|line| (*line).to_owned()).collect(), before }
            }
            None => Self { install: vec![pip(has)], before: "" },
        }
    }

    /// A command that finds them.
    pub(crate) fn run(&self, command: &str) -> String {
        format!("{}{command}", self.before)
    }
}

fn pip(has: impl Fn(&str) -> bool) -> String {
    let base = BASES.into_iter().find(|file| has(file));
    let tests = FOR_TESTS.into_iter().find(|file| has(file));
    let lists: Vec<String> =
        base.into_iter().chain(tests).map(|file| format!("--requirement {file}")).collect();
    let project = match lists.is_empty() {
        false => lists.join(" "),
        true if has("pyproject.toml") || has("setup.py") => ".".to_owned(),
        true => "django".to_owned(),
    };
    format!("python -m pip install {project} keybaton")
}

/// A lock file, what installs it, and what finds what was installed.
const MANAGERS: [(&str, &[&str], &str); 3] = [
    ("uv.lock", &["python -m pip install uv", "uv sync --frozen"], "uv run --frozen "),
    ("poetry.lock", &["python -m pip install poetry", "poetry install --no-interaction"], "poetry run "),
    ("Pipfile.lock", &["python -m pip install pipenv", "pipenv sync --dev"], "pipenv run "),
];

const BASES: [&str; 2] = ["requirements.txt", "requirements/base.txt"];
const FOR_TESTS: [&str; 5] = [
    "requirements-test.txt",
    "requirements-dev.txt",
    "requirements/test.txt",
    "requirements/dev.txt",
    "requirements/local.txt",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pip_takes_the_lists_that_are_there() {
        let line = |files: &'static [&str]| pip(|file| files.contains(&file));
        assert_eq!(
            line(&["requirements.txt"]),
            "python -m pip install --requirement requirements.txt keybaton"
        );
        assert_eq!(
            line(&["requirements/base.txt", "requirements/dev.txt"]),
            "python -m pip install --requirement requirements/base.txt --requirement requirements/dev.txt keybaton"
        );
        assert_eq!(line(&["pyproject.toml"]), "python -m pip install . keybaton");
        assert_eq!(line(&[]), "python -m pip install django keybaton");
    }
}
