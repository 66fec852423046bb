//! What would be done, for people and for programs.

use insta::assert_snapshot;

use crate::ground::Project;

/// The members of the JSON object that are not the ring itself.
fn would(project: &Project, words: &[&str]) -> String {
    let output = project.program(words).args(["--dry-run", "--json"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let member = |name: &str| format!("{name}: {}\n", json.get(name).unwrap_or(&serde_json::Value::Null));
    ["did", "would", "phase"].map(member).concat()
}

#[test]
fn a_rotation_that_has_not_begun() {
    let project = Project::begun();
    assert_snapshot!(project.says(&["rotate", "--dry-run"]), @"
    0
    would stage: SECRET_KEY in dotenv:.env (dev)
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
    ");
    assert_snapshot!(would(&project, &["rotate"]), @r#"
    did: []
    would: "stage"
    phase: "settled"
    "#);
    assert!(project.says(&["status"]).contains("settled"));
}

#[test]
fn a_rotation_that_is_under_way() {
    let project = Project::begun();
    project.says(&["stage"]);
    assert_snapshot!(project.says(&["rotate", "--dry-run"]), @"
    0
    would promote K1: SECRET_KEY in dotenv:.env (dev)
    ");
    assert_snapshot!(would(&project, &["rotate"]), @r#"
    did: []
    would: "promote"
    phase: "staged"
    "#);
    project.says(&["promote"]);
    assert_snapshot!(project.says(&["rotate", "--dry-run"]), @"
    0
    next     restart every process, so that each signs with K1; then run `keybaton rotate` from TIME to retire K2
    ");
    assert_snapshot!(would(&project, &["rotate"]), @r#"
    did: []
    would: null
    phase: "promoted"
    "#);
    assert!(project.says(&["status"]).contains("promoted"));
}

#[test]
fn a_step_by_hand_and_a_revocation() {
    let project = Project::begun();
    project.says(&["stage"]);
    assert_snapshot!(would(&project, &["promote"]), @r#"
    did: null
    would: "promote"
    phase: "staged"
    "#);
    let said = project.program(&["revoke", "--all", "--dry-run", "--json"]).output().unwrap().stdout;
    assert_snapshot!(String::from_utf8(said).unwrap(), @r#"{"would":"revoke","ring":"SECRET_KEY","store":"dotenv:.env","key":null}"#);
    assert!(project.says(&["status"]).contains("staged"));
}
