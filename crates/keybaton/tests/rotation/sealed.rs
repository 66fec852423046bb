//! A store that gives its keys to nobody, named where a ring has to be read. None of this asks the network.

use insta::assert_snapshot;

use crate::ground::Project;

const URL: &str = "gha://acme/shop";

#[test]
fn no_ring_lives_there_whatever_the_command() {
    let project = Project::begun();
    let told = project.says(&["status", "--store", URL]);
    assert_snapshot!(told, @r#"
    3
    error: gha://acme/shop gives its keys to nobody who asks, so no ring can live there
    hint: name a store that can be read, and this one beside it: mirrors = ["gha://acme/shop"]; or fill it: keybaton copy FROM gha://acme/shop
    "#);
    for words in [
        &["rotate"][..],
        &["stage"],
        &["promote"],
        &["retire"],
        &["abort"],
        &["revoke", "--all"],
        &["load"],
        &["init"],
    ] {
        assert_eq!(project.says(&[words, &["--store", URL]].concat()), told, "{words:?}");
    }
    let run = project.says(&["run", "--store", URL, "--", "true"]);
    assert_eq!(run, told.replacen('3', "125", 1));
}

#[test]
fn a_configuration_that_names_it_as_the_store_is_told_what_to_name() {
    let project = Project::begun();
    let text = project.read("keybaton.toml").replace("dotenv:.env", URL);
    std::fs::write(project.path("keybaton.toml"), text).unwrap();
    for words in ["status", "check"] {
        let told = project.says(&[words]);
        assert!(told.contains("gives its keys to nobody who asks, so no ring can live there"), "{told}");
    }
}

#[test]
fn nothing_is_copied_from_it_and_no_ring_begins_there() {
    let project = Project::begun();
    assert_snapshot!(project.says(&["copy", URL, "dir:there"]), @"
    6
    error: gha://acme/shop gives its keys to nobody who asks, so nothing can be copied from it
    hint: copy from the store whose mirror it is; `keybaton diff` tells by its record what it holds
    ");
    assert_snapshot!(project.says_to(&["copy", "-", URL, "--create"], "made-up-key"), @"
    6
    error: standard input holds a key that is no ring yet, and a ring cannot begin in gha://acme/shop
    hint: make a ring of it first in a store that can be read, with `keybaton init` or `keybaton copy`, and copy that
    ");
}
