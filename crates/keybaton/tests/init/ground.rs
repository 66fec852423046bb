//! Projects to begin with.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A project in a git repository.
pub(crate) struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    /// What `startproject` makes, as far as it matters here.
    pub(crate) fn startproject() -> Self {
        Self::of(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", STARTPROJECT)])
    }

    pub(crate) fn with_settings(text: &str) -> Self {
        Self::of(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", text)])
    }

    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let ground = Self::without_git(files);
        ground.git(&["init", "--quiet"]);
        ground
    }

    pub(crate) fn without_git(files: &[(&str, &str)]) -> Self {
        let ground = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            ground.write(name, text.as_bytes());
        }
        ground
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub(crate) fn git(&self, words: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]);
        assert!(git.args(words).current_dir(self.folder.path()).status().unwrap().success(), "git {words:?}");
    }

    /// The value of a variable in `.env`.
    pub(crate) fn variable(&self, name: &str) -> String {
        let env = self.read(".env");
        let line = env.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("no {name} in .env")).to_owned()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
        program.args(words).current_dir(self.folder.path()).stdin(Stdio::null());
        for variable in ["KEYBATON_ENV", "KEYBATON_STORE", "SECRET_KEY", "DJANGO_SECRET_KEY"] {
            program.env_remove(variable);
        }
        program
    }

    /// The exit code, then what was said.
    pub(crate) fn says(&self, words: &[&str]) -> String {
        self.told(&self.command(words).output().unwrap())
    }

    pub(crate) fn told(&self, output: &Output) -> String {
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let here = fs::canonicalize(self.folder.path()).unwrap();
        format!("{}\n{}", output.status.code().unwrap(), said.trim_end())
            .replace(&*here.to_string_lossy(), "[here]")
            .replace(&*self.folder.path().to_string_lossy(), "[here]")
    }

    /// Every file with its bytes, git's own left out.
    pub(crate) fn everything(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let (mut folders, mut files) = (vec![self.folder.path().to_owned()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true if path.ends_with(".git") => {}
                    true => folders.push(path),
                    false => files.push((path.clone(), fs::read(path).unwrap())),
                }
            }
        }
        files.sort();
        files
    }
}

pub(crate) fn manage(module: &str) -> String {
    format!("import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '{module}')\n")
}

/// A settings file whose key is made up.
pub(crate) const STARTPROJECT: &str = "\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# SECURITY WARNING: keep the secret key used in production secret!
SECRET_KEY = 'django-insecure-made-up-for-this-test'

# SECURITY WARNING: don't run with debug turned on in production!
DEBUG = True
";

pub(crate) const MADE_UP: &str = "django-insecure-made-up-for-this-test";
