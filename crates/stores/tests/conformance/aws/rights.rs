//! Which right AWS misses where somebody may do everything else: each time in a process of its own.

use std::env;
use std::process::Command;

use keybaton_stores::StoreErrorKind;
use serde_json::from_value;

use super::*;
use crate::support::{given, must_pass, start};
use crate::world::{open_url, outer_environment, settings};

/// What is said to somebody who begins a ring without one right.
fn hint_without(ground: &Ground, right: &str) -> String {
    let key = ground.hand.ask(&ground.world, json!({ "do": "lack", "fields": { "right": right } }));
    let key: Vec<(String, String)> = from_value::<serde_json::Map<_, _>>(key)
        .unwrap()
        .into_iter()
        .map(|(name, value)| (name, value.as_str().unwrap().to_owned()))
        .collect();
    let mut command = Command::new(env::current_exe().unwrap());
    command.envs(key);
    let said = must_pass(start(command, "aws::rights::case_begins", ground.world.path(), &ground.url()));
    said.lines().find_map(|line| line.split_once("hint: ")).unwrap().1.to_owned()
}

#[test]
#[ignore = "run by the test beside it"]
#[expect(clippy::print_stdout, reason = "the test that runs this one reads it")]
fn case_begins() {
    let (folder, url) = given();
    let store = open_url(&url, &settings(&folder, outer_environment()));
    let (kind, _, hint) = told(write(&*store, "a", &Version::Absent).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Denied);
    println!("hint: {hint}");
}

#[test]
fn the_right_that_somebody_lacks_is_named() {
    for (scheme, right) in [
        ("awssm", "secretsmanager:TagResource"),
        ("awssm", "secretsmanager:CreateSecret"),
        ("awsps", "ssm:PutParameter"),
        ("awsps", "ssm:DescribeParameters"),
    ] {
        let Some(ground) = Ground::of(scheme) else { return };
        let hint = format!("the policy of your role has to allow {right}");
        assert_eq!(hint_without(&ground, right), hint);
    }
}
