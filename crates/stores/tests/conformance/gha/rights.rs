//! Who may, and what everybody else is told.

use std::fs;
use std::path::Path;

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{KEY, begin, host};
use crate::ground::{ring, told, write};
use crate::support::{as_whoever_has, given};
use crate::world::{open_url, outer_environment, read, settings};

#[test]
fn the_token_that_gh_keeps_is_found() {
    let Some(ground) = begin() else { return };
    write(&*ground.open(), KEY, &Version::Absent).unwrap();
    let folder = ground.world.path();
    let token = std::env::var("GH_ENTERPRISE_TOKEN").unwrap();
    fs::write(folder.join("hosts.yml"), format!("\"{}\":\n    oauth_token: {token}\n", host())).unwrap();
    fs::write(folder.join("url"), ground.url()).unwrap();
    as_whoever_has(&with_gh(folder), "gha::rights::case_gh_has_a_token", folder);
    fs::write(folder.join("hosts.yml"), "").unwrap();
    as_whoever_has(&with_gh(folder), "gha::rights::case_gh_has_none", folder);
    let without = [("PATH".to_owned(), folder.to_str().unwrap().to_owned())];
    as_whoever_has(&[&with_gh(folder)[..1], &without].concat(), "gha::rights::case_no_gh", folder);
}

/// No token in the environment, and `gh` with what it keeps in a folder.
fn with_gh(folder: &Path) -> Vec<(String, String)> {
    let gh = std::env::var("KEYBATON_TEST_GH").unwrap();
    let programs = Path::new(&gh).parent().unwrap().to_str().unwrap().to_owned();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let folder = folder.to_str().unwrap().to_owned();
    let variables = [("GH_ENTERPRISE_TOKEN", String::new()), ("GH_CONFIG_DIR", folder), ("PATH", path)];
    variables.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

#[test]
#[ignore = "run by the_token_that_gh_keeps_is_found"]
fn case_gh_has_a_token() {
    let (folder, url) = place();
    let store = open_url(&url, &settings(&folder, outer_environment()));
    assert_eq!(read(&*store).0, ring(KEY));
}

#[test]
#[ignore = "run by the_token_that_gh_keeps_is_found"]
fn case_gh_has_none() {
    must_be_told("ended with exit status: 1");
}

#[test]
#[ignore = "run by the_token_that_gh_keeps_is_found"]
fn case_no_gh() {
    must_be_told("cannot be asked: there is no gh here");
}

fn must_be_told(why: &str) {
    let (folder, url) = place();
    let store = open_url(&url, &settings(&folder, outer_environment()));
    let (kind, sentence, hint) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::SignInNeeded);
    assert_eq!(sentence, format!("{url}: there is no token for {}, and `gh auth token` {why}", host()));
    assert_eq!(hint, HINT);
}

fn place() -> (std::path::PathBuf, String) {
    let (folder, _) = given();
    let url = fs::read_to_string(folder.join("url")).unwrap();
    (folder, url)
}

#[test]
fn a_token_that_is_none_and_one_without_the_right_are_told_apart() {
    let Some(ground) = begin() else { return };
    let stranger = std::env::var("KEYBATON_TEST_GITHUB_STRANGER_TOKEN").unwrap();
    let error =
        |token: &str| told(ground.open_as(&json!({ "GH_ENTERPRISE_TOKEN": token })).read().unwrap_err());
    let sentence = format!("{}: {} does not take the token", ground.url(), host());
    assert_eq!(error("made-up"), (StoreErrorKind::SignInNeeded, sentence, HINT.to_owned()));
    let (kind, sentence, hint) = error(&stranger);
    assert_eq!(kind, StoreErrorKind::Denied);
    assert_eq!(sentence, format!("{}: you have no right to this when reading", ground.url()));
    assert!(hint.contains("the GITHUB_TOKEN of a workflow never has them"), "{hint}");
}

#[test]
fn the_server_of_a_workflow_is_found_with_its_token() {
    let Some(ground) = begin() else { return };
    write(&*ground.open(), KEY, &Version::Absent).unwrap();
    let token = std::env::var("GH_ENTERPRISE_TOKEN").unwrap();
    let api = format!("https://{}/api/v3", host());
    let open = |name: &str, token: &str, in_workflow: &str| {
        let mut variables = json!({ "GH_HOST": null, "GH_ENTERPRISE_TOKEN": null, "GITHUB_API_URL": api });
        variables["GITHUB_ACTIONS"] = in_workflow.into();
        variables[name] = format!("{token}\n").into();
        ground.open_as(&variables)
    };
    for (name, in_workflow) in [("GITHUB_ENTERPRISE_TOKEN", ""), ("GITHUB_TOKEN", "true")] {
        assert_eq!(read(&*open(name, &token, in_workflow)).0, ring(KEY), "{name}");
        assert_eq!(open(name, "made-up", in_workflow).read().unwrap_err().kind, StoreErrorKind::SignInNeeded);
    }
    // They may be for github.com: `gh`, where there is one, is asked for the one of this server.
    for (name, in_workflow) in [("GITHUB_TOKEN", ""), ("GH_TOKEN", ""), ("GH_TOKEN", "true")] {
        let is_shown = |sentence: &str| !sentence.contains("there is no token for");
        let error = open(name, "made-up", in_workflow).read().err();
        assert!(!error.as_ref().is_some_and(|error| is_shown(&error.sentence)), "{name}: {error:?}");
    }
}

const HINT: &str = "run `gh auth login`, or set GH_TOKEN (for GitHub Enterprise Server GH_ENTERPRISE_TOKEN) to a token that may write secrets and variables";
