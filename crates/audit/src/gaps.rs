//! Keys that nothing here shows: without a word about them, a report would give a clean bill to what nobody looked at.

use std::path::Path;

use crate::project::modules::imported;
use crate::settings::{Entry, KeySource};
use crate::tree::{Tree, Unexamined};
use crate::{At, PythonFile};

/// The keys of settings that no reader of sources sees, and the lack of any key at all.
pub(crate) fn gaps(tree: &Tree, root: &Path) -> Vec<Unexamined> {
    if tree.python.is_empty() && tree.env_files.is_empty() && tree.known.is_empty() {
        let why = "no Python source here sets it, no .env file holds one, and no ring was read";
        return vec![Unexamined { what: "the key".to_owned(), why: why.to_owned() }];
    }
    let files = tree.python.iter().filter(|file| !file.is_for_tests());
    files.flat_map(|file| unseen(file, root)).map(gap).collect()
}

/// The places in a file where the key comes from elsewhere.
fn unseen(file: &PythonFile, root: &Path) -> impl Iterator<Item = At> {
    let entries = file.settings.keys().filter(|entry| is_unseen(entry) || is_loaded(file, entry));
    let lost = file
        .settings
        .borrowed
        .iter()
        .filter(move |lent| imported(&root.join(&file.path), &lent.module).is_none());
    let imports =
        lost.filter_map(|lent| file.settings.keys().find(|entry| entry.variables.contains(&lent.name)));
    entries.chain(imports).map(|entry| file.at(entry.statement.start))
}

fn is_unseen(entry: &Entry) -> bool {
    let is_elsewhere = |source: &KeySource| matches!(source, KeySource::File | KeySource::Unknown);
    !entry.sources.is_empty() && entry.sources.iter().all(is_elsewhere) && entry.literals.is_empty()
}

/// `SECRET_KEY = secrets["SECRET_KEY"]`, where a file of JSON or INI is read into `secrets`.
fn is_loaded(file: &PythonFile, entry: &Entry) -> bool {
    let statement = file.source.text().get(entry.statement.clone()).unwrap_or_default();
    let is_lookup = |source: &KeySource| matches!(source, KeySource::Environment { .. });
    LOADERS.iter().any(|loader| file.source.text().contains(loader))
        && !entry.sources.is_empty()
        && entry.sources.iter().all(is_lookup)
        && !ENVIRONMENT.iter().any(|name| statement.contains(name))
        && (statement.contains(['[']) || statement.contains("get_secret") || statement.contains(".get("))
}

fn gap(at: At) -> Unexamined {
    let why = "the key comes from where keybaton cannot see it";
    Unexamined { what: at.to_string(), why: why.to_owned() }
}

const LOADERS: [&str; 6] =
    ["json.load", "ConfigParser(", "yaml.safe_load", "yaml.load", "tomllib.load", "toml.load"];

const ENVIRONMENT: [&str; 2] = ["env", "config("];

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::check;

    fn gaps(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), text).unwrap();
        }
        let root = folder.path().to_owned();
        let report = check(&root, std::slice::from_ref(&root), &[], Vec::new());
        report.unexamined.into_iter().map(|gap| format!("{}: {}", gap.what, gap.why)).collect()
    }

    #[test]
    fn a_key_that_no_source_shows_is_named() {
        for (text, line) in [
            ("def get_key():\n    return 'hidden'\n\nSECRET_KEY = get_key()\n", 4),
            ("SECRET_KEY = open('/etc/shop/key').read()\n", 1),
            ("KEY = fetch()\nSECRET_KEY = KEY\n", 1),
            ("from company import KEY\nSECRET_KEY = KEY\n", 2),
            ("from company.keys import SECRET_KEY\n", 1),
            ("import json\nSECRETS = json.load(f)\nSECRET_KEY = SECRETS['SECRET_KEY']\n", 3),
            ("c = configparser.ConfigParser()\nSECRET_KEY = c['django']['SECRET_KEY']\n", 2),
            ("c = configparser.ConfigParser()\nSECRET_KEY = c.get('django', 'SECRET_KEY')\n", 2),
            ("secrets = json.loads(text)\nSECRET_KEY = get_secret('SECRET_KEY')\n", 2),
        ] {
            let said = format!("shop/settings.py:{line}:1: the key comes from where keybaton cannot see it");
            assert_eq!(gaps(&[("shop/settings.py", text)]), [said], "{text}");
        }
    }

    #[test]
    fn a_key_that_is_seen_or_comes_from_the_environment_is_not() {
        for text in [
            "SECRET_KEY = 'made-up'\n",
            "SECRET_KEY = os.environ['X']\n",
            "stats = json.load(f)\nSECRET_KEY = os.environ['SECRET_KEY']\n",
            "stats = json.load(f)\nSECRET_KEY = config('SECRET_KEY')\n",
            "SECRET_KEY = secrets['SECRET_KEY']\n",
            "SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n",
            "from .keys import SECRET_KEY\n",
        ] {
            let keys = ("shop/keys.py", "SECRET_KEY = 'made-up'\n");
            assert!(gaps(&[("shop/settings.py", text), keys]).is_empty(), "{text}");
        }
        assert!(gaps(&[("shop/tests/settings.py", "SECRET_KEY = get_key()\n")]).is_empty());
    }

    #[test]
    fn where_there_is_no_key_at_all_that_is_said() {
        let why = "the key: no Python source here sets it, no .env file holds one, and no ring was read";
        assert_eq!(gaps(&[]), [why]);
        assert_eq!(gaps(&[("shop/views.py", "DEBUG = True\n")]), [why]);
        assert!(gaps(&[(".env", "SECRET_KEY=made-up\n")]).is_empty());
    }
}
