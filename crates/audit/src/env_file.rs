//! A .env file that holds a key.

use std::path::{Path, PathBuf};

use keybaton_core::{Field, RingName, SecretText, Texts};
use keybaton_dotenv::{Binding, Document, Precedence};
use zeroize::Zeroizing;

use crate::deploy::{self, Value};
use crate::finding::At;
use crate::sample::is_sample;
use crate::source::{Place, Source};

/// A .env file with a key in it.
#[derive(Debug)]
pub struct EnvFile {
    /// Its path from the folder that is checked.
    pub path: PathBuf,
    /// The same, absolute.
    pub absolute: PathBuf,
    /// Its text.
    pub source: Source,
    /// The keys in it.
    pub keys: Vec<EnvKey>,
    /// Its permission bits; none where the system has no such.
    pub mode: u32,
    /// What git says about it; `None` where there is no repository, or git cannot be asked.
    pub git: Option<GitSays>,
}

/// A key in a .env file.
#[derive(Debug)]
pub struct EnvKey {
    /// The ring that it belongs to.
    pub ring: RingName,
    /// Where its variable stands.
    pub place: Place,
    /// The key.
    pub text: SecretText,
}

/// What git says about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GitSays {
    /// It is in the index, and most likely in the history.
    pub tracked: bool,
    /// Its rules leave it out.
    pub ignored: bool,
}

impl EnvFile {
    /// Reads a file; `None` where no key is in it.
    pub(crate) fn of(path: PathBuf, absolute: PathBuf, source: Source, rings: &[RingName]) -> Option<Self> {
        let keys: Vec<EnvKey> = rings.iter().flat_map(|ring| keys(&source, ring)).collect();
        if keys.is_empty() {
            return None;
        }
        let mode = std::fs::metadata(&absolute).map_or(0, |metadata| keybaton_files::mode(&metadata));
        Some(Self { path, absolute, source, keys, mode, git: None })
    }

    /// Whether its keys protect nobody: it is there to be copied, or for tests.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        is_sample(&self.path)
    }

    /// A place in it.
    #[must_use]
    pub fn at(&self, place: Place) -> At {
        At::Place(self.path.clone(), place)
    }

    /// The place of its first key.
    #[must_use]
    pub fn at_key(&self) -> At {
        self.keys.first().map_or_else(|| At::File(self.path.clone()), |key| self.at(key.place))
    }
}

/// Whether a file's name says that it holds variables: `.env`, `.env.production`, `.env-prod`, `shop.env`, `env.prod`,
/// direnv's `.envrc`, python-decouple's `settings.ini`, and cookiecutter's folder `.envs`.
pub(crate) fn is_env_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let in_envs =
        path.parent().into_iter().flat_map(Path::components).any(|folder| folder.as_os_str() == ".envs");
    let is_code = path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| CODE.contains(&kind));
    let is_variant =
        |rest: &str| rest.is_empty() || rest.starts_with('.') || rest.starts_with(['-', '_']) && !is_code;
    // `env.py` is a program, and `env.js` is made for a browser.
    let is_environment =
        |rest: &str| rest.split(['.', '-', '_']).next().is_some_and(|word| ENVIRONMENTS.contains(&word));
    matches!(name, ".envrc" | "settings.ini")
        || name.strip_prefix(".env").is_some_and(is_variant)
        || name.strip_prefix("env.").is_some_and(is_environment)
        || name.ends_with(".env")
        || in_envs
}

const CODE: [&str; 7] = ["py", "js", "ts", "json", "yml", "yaml", "sh"];

const ENVIRONMENTS: [&str; 17] = [
    "prod",
    "production",
    "live",
    "dev",
    "development",
    "local",
    "stage",
    "staging",
    "qa",
    "test",
    "testing",
    "ci",
    "docker",
    "example",
    "sample",
    "template",
    "dist",
];

fn keys(source: &Source, ring: &RingName) -> Vec<EnvKey> {
    let document = Document::parse(source.text());
    let fallbacks = ring.of(Field::Fallbacks);
    let [signing_at, fallbacks_at] = [ring.as_str(), &fallbacks].map(|name| last(&document, name));
    let nothing = |_: &str| None::<Zeroizing<String>>;
    let value = |name: &str| document.get(name, &nothing, Precedence::Environment).ok().flatten();
    let mut texts = Texts::default();
    for (field, name) in [(Field::Signing, ring.as_str()), (Field::Fallbacks, &fallbacks)] {
        if let Some(value) = value(name).filter(|value| is_there(value)) {
            texts.set(field, SecretText::new(value.as_str()));
        }
    }
    let is_signing = |key: &SecretText| texts.signing.as_ref() == Some(key);
    let place = |key: &SecretText| if is_signing(key) { signing_at } else { fallbacks_at };
    let keys = texts.keys().into_iter();
    keys.filter_map(|text| {
        let at = place(&text)?;
        Some(EnvKey { ring: ring.clone(), place: source.place(at), text })
    })
    .collect()
}

/// What a password manager, a template or sops puts in the place of a key is none yet.
fn is_there(text: &str) -> bool {
    !matches!(deploy::value(text), Value::Reference | Value::Path)
}

/// Where the statement that counts begins: the last of several.
fn last(document: &Document<'_>, name: &str) -> Option<usize> {
    let mut bindings = document.bindings().rev();
    bindings.find(|binding: &&Binding<'_>| binding.name == name).map(|binding| binding.place.line_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_variables_are_told_by_their_names() {
        for name in [
            ".env",
            ".env.production",
            ".env-prod",
            ".env_dev",
            ".envrc",
            "shop.env",
            "env.prod",
            "env.example",
            "settings.ini",
            ".envs/.production/.django",
        ] {
            assert!(is_env_file(Path::new(name)), "{name}");
        }
        for name in
            ["env.py", "env.js", ".env_setup.py", ".environment", "environment.yml", "setup.ini", "env"]
        {
            assert!(!is_env_file(Path::new(name)), "{name}");
        }
    }
}
