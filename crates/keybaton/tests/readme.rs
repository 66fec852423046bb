//! The transcripts of the README and of `docs/run.md`, each run one after another in a fresh project.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// A command, and what the page says it prints.
#[derive(Debug)]
struct Step<'a> {
    command: &'a str,
    prints: String,
}

#[test]
fn each_command_of_the_readme_prints_what_stands_under_it() {
    prints_what_stands_under_it("README.md", &startproject());
}

#[test]
fn each_command_of_the_page_of_run_does_too() {
    let project = startproject();
    fs::write(project.path().join("shop/settings.py"), "DEBUG = True\n").unwrap();
    run(project.path(), "keybaton init --write");
    prints_what_stands_under_it("docs/run.md", &project);
}

fn prints_what_stands_under_it(page: &str, project: &tempfile::TempDir) {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page)).unwrap();
    let steps = steps(&text);
    assert!(steps.len() > 2, "{page} has lost its transcripts");
    let mut shown = Names::default();
    let mut real = Names::default();
    let are_all_stores_built = cfg!(feature = "all");
    for step in steps.into_iter().filter(|step| are_all_stores_built || step.command != "keybaton stores") {
        let printed = run(project.path(), step.command);
        assert_eq!(real.told(&printed), shown.told(&step.prints), "$ {}", step.command);
    }
}

/// The lines of all ```console blocks: a command after `$ `, then its output.
fn steps(readme: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { command, prints: String::new() }),
                (None, Some(step)) => step.prints = format!("{}{line}\n", step.prints),
                (None, None) => panic!("output before the first command: {line}"),
            },
        }
    }
    steps
}

/// What `django-admin startproject shop .` makes, as far as it matters here, in a git repository.
fn startproject() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("shop")).unwrap();
    let manage = "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n";
    fs::write(folder.path().join("manage.py"), manage).unwrap();
    fs::write(folder.path().join("shop/settings.py"), SETTINGS).unwrap();
    run(folder.path(), "git init --quiet && git add .");
    folder
}

fn run(folder: &Path, line: &str) -> String {
    let programs = Path::new(env!("CARGO_BIN_EXE_keybaton")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{{ {line}\n}} 2>&1")]).current_dir(folder).env("PATH", path);
    for variable in ["KEYBATON_ENV", "KEYBATON_STORE", "KEYBATON_DIR", "SECRET_KEY"] {
        shell.env_remove(variable);
    }
    String::from_utf8(shell.output().unwrap().stdout).unwrap()
}

/// The ids of keys in the order in which they are named: `K1`, `K2` … Moments, and seconds ago, are all alike.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn told(&mut self, text: &str) -> String {
        let text = text.trim_end().replace("just now", "0s ago").replace(" \n", "\n");
        let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && !"-:".contains(c));
        words.map(|word| self.word(word)).collect()
    }

    fn word(&mut self, word: &str) -> String {
        let (name, end) = word.split_at(word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).len());
        match name {
            _ if is_id(name) => format!("{}{end}", self.id(name)),
            _ if is_moment(name) => format!("TIME{end}"),
            _ if is_seconds(name) => format!("SECONDS{end}"),
            _ => word.to_owned(),
        }
    }

    fn id(&mut self, name: &str) -> String {
        let known = self.0.iter().position(|known| known == name);
        let at = known.unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        format!("K{}", at + 1)
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// `2026-11-24T02:04:41Z`
fn is_moment(text: &str) -> bool {
    text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}

fn is_seconds(text: &str) -> bool {
    text.strip_suffix('s')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

const SETTINGS: &str = "\
from pathlib import Path

# Build paths inside the project like this: BASE_DIR / 'subdir'.
BASE_DIR = Path(__file__).resolve().parent.parent

# SECURITY WARNING: keep the secret key used in production secret!
SECRET_KEY = 'django-insecure-made-up-for-the-readme-of-this-project'

# SECURITY WARNING: don't run with debug turned on in production!
DEBUG = True

MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
]
";
