//! `docs/configuration.md` and the code know the same keys and variables.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

pub(super) fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// The table under a heading: each key, what it is, and what holds where it is missing.
pub(super) fn rows(heading: &str) -> Vec<[String; 3]> {
    let text = read("docs/configuration.md");
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| {
        let (key, rest) = row.split_once("` | ").unwrap();
        let (what, missing) = rest.rsplit_once(" | ").unwrap();
        [key, what, missing].map(str::to_owned)
    })
    .collect()
}

fn documented(heading: &str) -> BTreeSet<String> {
    rows(heading).into_iter().map(|[key, ..]| key).collect()
}

/// The keys that may stand where this one may not, as the error names them.
fn known(text: &str) -> BTreeSet<String> {
    let failure = Configuration::of(Path::new("keybaton.toml"), text).unwrap_err();
    let hint = failure.what_now().unwrap().to_owned();
    let (_, keys) = hint.split_once("the keys here are ").unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_is_documented_and_no_other() {
    assert_eq!(documented("Keys"), known("zzz = 1\n"));
    assert_eq!(documented("Keys of an environment"), known("[environments.dev]\nzzz = 1\n"));
    let ring = "[environments.dev.rings.JWT_KEY]\nstore = \"dotenv:.env\"\nzzz = 1\n";
    assert_eq!(documented("Keys of a further ring"), known(ring));
}

#[test]
fn the_examples_are_configurations() {
    let text = read("docs/configuration.md");
    let examples: Vec<&str> =
        text.split("\n```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() > 1);
    for example in examples {
        let configuration = Configuration::of(Path::new("keybaton.toml"), example).unwrap().unwrap();
        assert!(configuration.environments.len() > 1, "{example}");
    }
}

#[test]
fn every_variable_is_documented_and_no_other() {
    let sources = ["crates/keybaton/src", "python/keybaton"].map(|folder| files(Path::new(folder)));
    let used: BTreeSet<String> = sources.concat().iter().flat_map(|file| variables(&read(file))).collect();
    let documents =
        ["docs/configuration.md", "docs/django.md", "docs/load.md"].map(|page| variables(&read(page)));
    assert_eq!(documents.concat().into_iter().collect::<BTreeSet<String>>(), used);
}

/// The Rust and Python files of a folder, tests left out.
fn files(folder: &Path) -> Vec<String> {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let entries = fs::read_dir(whole).unwrap().map(|entry| entry.unwrap());
    let nested = entries.map(|entry| (entry.file_type().unwrap().is_dir(), folder.join(entry.file_name())));
    nested
        .flat_map(|(is_folder, path): (bool, PathBuf)| match is_folder {
            true => files(&path),
            false => vec![path.to_str().unwrap().to_owned()],
        })
        .filter(|name| name.ends_with(".rs") || name.ends_with(".py"))
        .collect()
}

fn variables(text: &str) -> Vec<String> {
    let names = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let named = names.filter(|name| name.strip_prefix("KEYBATON_").is_some_and(|rest| !rest.is_empty()));
    named.map(str::to_owned).collect()
}
