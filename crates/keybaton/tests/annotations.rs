//! `keybaton check --format …` as forges read it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;

/// A repository whose project is in a folder below its top, and has a key in its settings and the same one in its store.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(Command::new("git").args(["init", "--quiet"]).current_dir(&folder).status().unwrap().success());
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("site/keybaton.toml", "[environments.dev]\nstore = \"dir:keys\"\npropagation = \"0s\"\n");
    write("site/keys/SECRET_KEY", "LEAK-made-up");
    write("site/shop/settings.py", "import os\n\nSECRET_KEY = 'LEAK-made-up'\n");
    folder
}

fn check(folder: &Path, words: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
    program.arg("check").args(words).current_dir(folder).stdin(Stdio::null());
    program.env_remove("KEYBATON_ENV").env_remove("KEYBATON_STORE").output().unwrap()
}

fn said(output: &Output) -> String {
    let said = [output.stdout.clone(), b"---\n".to_vec(), output.stderr.clone()].concat();
    let said = String::from_utf8(said).unwrap();
    assert!(!said.contains("LEAK"), "{said}");
    format!("{}\n{}", output.status.code().unwrap(), said.trim_end())
}

#[test]
fn github_finds_the_files_from_the_top_of_the_repository() {
    let folder = repository();
    assert_snapshot!(said(&check(&folder.path().join("site"), &["--format", "github"])), @"
    1
    ::error file=site/shop/settings.py,line=3,col=14,title=key-in-settings::the key stands in the source, so everybody who has the source can sign with it%0Amend: `keybaton init` moves it into .env and stages its successor; with keybaton's middleware nobody is logged out
    ::error file=site/shop/settings.py,line=3,col=14,title=weak-key::the key has fewer than 50 characters%0Amend: `keybaton init`, then `keybaton rotate`; with keybaton's middleware nobody is logged out
    ::error file=site/keybaton.toml,title=weak-key::SECRET_KEY in dir:keys (dev): the key has fewer than 50 characters%0Amend: `keybaton rotate -e dev` replaces it; with keybaton's middleware nobody is logged out
    3 findings: 1 file and 1 ring looked at
    ---
    ");
}

#[test]
fn the_report_for_gitlab_is_all_of_standard_output() {
    let folder = repository();
    let output = check(&folder.path().join("site"), &["--format", "gitlab"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report.is_array());
    assert_snapshot!(said(&output), @r#"
    1
    [{"description":"the key stands in the source, so everybody who has the source can sign with it; mend: `keybaton init` moves it into .env and stages its successor; with keybaton's middleware nobody is logged out","check_name":"key-in-settings","fingerprint":"e5479d81ac78c8b0465e47eae5616619","severity":"critical","location":{"path":"site/shop/settings.py","lines":{"begin":3}}},{"description":"the key has fewer than 50 characters; mend: `keybaton init`, then `keybaton rotate`; with keybaton's middleware nobody is logged out","check_name":"weak-key","fingerprint":"405d484dce0b53e599b434eae67b7a4d","severity":"critical","location":{"path":"site/shop/settings.py","lines":{"begin":3}}},{"description":"SECRET_KEY in dir:keys (dev): the key has fewer than 50 characters; mend: `keybaton rotate -e dev` replaces it; with keybaton's middleware nobody is logged out","check_name":"weak-key","fingerprint":"6392f92d69209ee4c7a3d77dffc40950","severity":"critical","location":{"path":"site/keybaton.toml","lines":{"begin":1}}}]
    ---
    3 findings: 1 file and 1 ring looked at
    "#);
}

#[test]
fn where_nothing_is_found_the_report_is_an_empty_list() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("settings.py"), "import os\nSECRET_KEY = os.environ['SECRET_KEY']\n")
        .unwrap();
    let output = check(folder.path(), &["--format", "gitlab"]);
    assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b"[]\n"[..]));
}

#[test]
fn json_goes_by_two_names_and_not_by_both_at_once() {
    let folder = repository();
    let [short, long] =
        [&["--json"][..], &["--format", "json"]].map(|words| check(folder.path(), words).stdout);
    assert!(short.starts_with(b"{\"findings\":[") && short == long);
    assert_eq!(check(folder.path(), &["--json", "--format", "text"]).status.code(), Some(2));
}
