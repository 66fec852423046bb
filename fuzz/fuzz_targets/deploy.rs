//! No deploy file makes a reader panic, and every place lies in the text.
#![no_main]

use std::path::Path;

use keybaton_audit::deploy::{Facts, Names, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let names = Names::new(&["SECRET_KEY".parse().expect("it is a name")], &[]);
    for path in PATHS {
        if let Some((_, Ok(facts))) = read(Path::new(path), text, &names) {
            lies_within(text, &facts);
        }
    }
});

fn lies_within(text: &str, facts: &Facts) {
    let given = facts.given.iter().map(|given| &given.span);
    let mounts = facts.frozen.iter().map(|frozen| &frozen.span);
    let versions = facts.pinned.iter().map(|pinned| &pinned.span);
    let printed = facts.printed.iter().map(|(span, _)| span);
    for span in given.chain(mounts).chain(versions).chain(printed).chain(&facts.twice) {
        assert!(text.get(span.clone()).is_some(), "{span:?}");
    }
}

/// One of each kind.
const PATHS: [&str; 15] = [
    "shop.service",
    "Dockerfile",
    ".github/workflows/a.yml",
    ".gitlab-ci.yml",
    "compose.yaml",
    "templates/a.yaml",
    "values.yaml",
    "a.yaml",
    "kustomization.yaml",
    "vars/a.yml",
    "Procfile",
    "app.json",
    "task.json",
    "main.tf",
    "supervisord.conf",
];
