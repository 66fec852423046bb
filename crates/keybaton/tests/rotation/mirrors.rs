//! Mirrors that were missed.

use std::fs;

use insta::assert_snapshot;
use keybaton_core::Change;

use crate::ground::Project;

fn mirrored() -> Project {
    let project = Project::begun();
    project.configure(r#"mirrors = ["dir:mirror"]"#);
    assert!(project.says(&["rotate", "--continue"]).starts_with("0\n"));
    project
}

fn away(project: &Project) {
    fs::rename(project.path("mirror"), project.path("kept")).unwrap();
    fs::write(project.path("mirror"), "in the way").unwrap();
}

fn back(project: &Project) {
    fs::remove_file(project.path("mirror")).unwrap();
    fs::rename(project.path("kept"), project.path("mirror")).unwrap();
}

#[test]
fn a_mirror_that_cannot_be_read_is_not_called_behind() {
    let project = mirrored();
    away(&project);
    assert_snapshot!(project.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    settled: one key, and no rotation under way

      signing   K1  since TIME
      mirror    dir:mirror could not be read: mirror is not a folder

    next   for a file write file:mirror; until it can be read, no step goes on but abort, revoke and one with --force
    ");
    let json = project.says(&["status", "--json"]);
    assert!(json.contains(r#""store":"dir:mirror","up_to_date":false,"unread":{"why":"#), "{json}");
}

#[test]
fn a_dry_run_beside_a_mirror_that_cannot_be_read_says_what_the_step_says() {
    let project = mirrored();
    let must_say_the_same = |words: &[&str]| {
        away(&project);
        let said = project.says(words);
        assert_eq!(project.says(&[words, &["--dry-run"]].concat()), said);
        back(&project);
        said
    };
    must_say_the_same(&["stage"]);
    project.says(&["stage"]);
    must_say_the_same(&["rotate", "--continue"]);
    assert_snapshot!(must_say_the_same(&["promote"]), @"
    7
    error: SECRET_KEY in dotenv:.env (dev): no step was taken, for it is not sure that the last write is in dir:mirror: mirror is not a folder
    hint: for a file write file:mirror; then mend the cause and run it again, or take that mirror out of keybaton.toml
    ");
}

#[test]
fn what_waits_for_no_mirror_would_be_done_beside_one_that_cannot_be_read() {
    let project = mirrored();
    project.says(&["stage"]);
    away(&project);
    for words in [&["abort"][..], &["promote", "--force", "--reason", "a test"]] {
        let said = project.says(&[words, &["--dry-run"]].concat());
        assert!(said.starts_with(&format!("0\nwould {}", words[0])), "{said}");
    }
}

#[test]
fn a_mirror_that_is_behind_is_shown_and_brought_up() {
    let project = mirrored();
    project.says(&["stage", "--store", "dotenv:.env"]);
    assert_snapshot!(project.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    staged: the next key is accepted and signs nowhere yet

      next      K1  since TIME
      signing   K2  since TIME
      mirror    dir:mirror lacks the last write

    next   keybaton rotate --continue, which brings the mirrors up, and goes on
    ");
    assert_snapshot!(project.says(&["rotate", "--dry-run"]), @"
    0
    would bring the mirrors of SECRET_KEY in dotenv:.env (dev) up first
    ");
    assert!(project.says(&["rotate", "--continue"]).starts_with("0\n"));
    assert!(!project.says(&["status"]).contains("lacks"));
}

#[test]
fn a_revocation_run_again_reaches_the_mirror_that_was_missed() {
    let project = mirrored();
    let old = project.read("mirror/SECRET_KEY");
    let status: serde_json::Value =
        serde_json::from_slice(&project.program(&["status", "--json"]).output().unwrap().stdout).unwrap();
    let id = status["keys"][0]["id"].as_str().unwrap();
    away(&project);
    assert_snapshot!(project.says(&["revoke", id, "--accept-logouts"]), @"
    7
    revoked  K1: it is cut off, K2 signs
    next     restart every process now: until then the old key is accepted
    SECRET_KEY in dotenv:.env (dev): key K1 signs. The users whose sessions it signed are logged out, and its signed cookies, links and reset tokens are refused, as soon as the processes are restarted; until the last one is, some refuse what others sign
    error: SECRET_KEY in dotenv:.env (dev): the store was written, but not dir:mirror: mirror is not a folder
    hint: for a file write file:mirror; then run `keybaton rotate --continue`: it writes what is missing, and goes on
    ");
    back(&project);
    assert_eq!(project.read("mirror/SECRET_KEY"), old);
    assert_snapshot!(project.says(&["revoke", id, "--accept-logouts"]), @"
    0
    key K1 is cut off already
    ");
    assert_ne!(project.read("mirror/SECRET_KEY"), old);
    assert!(project.says(&["diff", "dotenv:.env", "dir:mirror"]).starts_with("0\n"));
}

#[test]
fn a_store_that_was_restored_takes_the_later_ring_back_from_its_mirror() {
    let project = mirrored();
    let backup = project.read(".env");
    project.says(&["stage"]);
    fs::write(project.path(".env"), backup).unwrap();
    assert_snapshot!(project.says(&["stage"]), @"
    6
    error: SECRET_KEY in dotenv:.env (dev): no step was taken, for it is not sure that the last write is in dir:mirror: it holds revision 2 of this ring, of which the store knows nothing
    hint: was the store restored from a copy? `keybaton copy dir:mirror dotenv:.env` takes the later ring back; if the older one is right, empty the mirror
    ");
    assert_snapshot!(project.says(&["copy", "dir:mirror", "dotenv:.env"]), @"
    0
    updated  SECRET_KEY in dotenv:.env from revision 1: ring RING1, revision 2, staged, 2 keys
    next     restart what reads it there
    ");
    assert!(project.says(&["rotate", "--continue"]).starts_with("0\n"));
}

#[test]
fn two_writes_of_one_revision_are_compared_and_none_is_called_the_later_one() {
    let project = mirrored();
    let backup = project.read(".env");
    project.says(&["stage"]);
    fs::write(project.path(".env"), backup).unwrap();
    away(&project);
    project.says(&["revoke", "--all", "--accept-logouts"]);
    back(&project);
    assert_snapshot!(project.says(&["stage"]), @"
    6
    error: SECRET_KEY in dotenv:.env (dev): no step was taken, for it is not sure that the last write is in dir:mirror: it holds revision 2 of this ring, of which the store knows nothing
    hint: `keybaton diff dotenv:.env dir:mirror` shows both; empty the one that is wrong, then copy
    ");
    assert!(project.says(&["copy", "dir:mirror", "dotenv:.env"]).starts_with("6\n"));
}

#[test]
fn a_mirror_that_knows_more_is_told_as_such_before_anything_is_written() {
    let project = mirrored();
    project.says(&["stage"]);
    let backup = project.read(".env");
    project.says(&["promote"]);
    fs::write(project.path(".env"), backup).unwrap();
    assert_snapshot!(project.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    staged: the next key is accepted and signs nowhere yet

      next      K1  since TIME
      signing   K2  since TIME
      mirror    dir:mirror holds what the store does not know

    next   was the store restored from a copy? `keybaton copy dir:mirror dotenv:.env` takes the later ring back; if the older one is right, empty the mirror
    ");
    let json = project.says(&["status", "--json"]);
    assert!(
        json.contains(r#"{"store":"dir:mirror","up_to_date":false,"unread":null,"disagrees":true,"written_since":false}"#),
        "{json}"
    );
}

#[test]
fn the_way_back_is_named_as_it_is_typed_in_the_working_folder() {
    let project = mirrored();
    let backup = project.read(".env");
    project.says(&["stage"]);
    fs::write(project.path(".env"), backup).unwrap();
    fs::create_dir(project.path("below")).unwrap();
    let output = project.program(&["stage"]).current_dir(project.path("below")).output().unwrap();
    let said = project.told(&output);
    assert!(said.contains("`keybaton copy dir:FOLDER/mirror dotenv:FOLDER/.env`"), "{said}");
}

#[test]
fn an_abort_goes_through_while_a_mirror_is_away_and_reaches_it_later() {
    let project = mirrored();
    project.configure(r#"after-write = [["sh", "-c", "echo >> ran"]]"#);
    project.says(&["stage"]);
    away(&project);
    fs::write(project.path("ran"), "").unwrap();
    assert_snapshot!(project.says(&["abort"]), @"
    7
    aborted  the rotation: K1 signs
    next     nothing: one key signs, and no other is accepted
    running sh -c 'echo >> ran'
    error: SECRET_KEY in dotenv:.env (dev): the store was written, but not dir:mirror: mirror is not a folder
    hint: for a file write file:mirror; then run `keybaton rotate --continue`: it writes what is missing, and goes on
    ");
    assert_eq!(project.read("ran"), "\n");
    back(&project);
    assert_snapshot!(project.says(&["abort"]), @"
    6
    running sh -c 'echo >> ran'
    error: SECRET_KEY in dotenv:.env (dev): no handover is under way
    hint: `keybaton status` shows the ring
    ");
    assert_eq!(project.read("ran"), "\n\n", "for the mirror that was brought up");
    assert!(project.says(&["diff", "dotenv:.env", "dir:mirror"]).starts_with("0\n"));
}

#[test]
fn a_forced_step_goes_through_while_a_mirror_is_away_and_says_who_pays() {
    let project = mirrored();
    project.says(&["stage"]);
    away(&project);
    let force = ["--force", "--reason", "a test"];
    assert_snapshot!(project.says(&[&["promote"][..], &force].concat()), @"
    7
    promoted K1: it signs, the old key is accepted only
    next     restart every process, so that each signs with K1; then run `keybaton rotate`, which brings the mirrors up first, to retire K2
    warning: SECRET_KEY in dotenv:.env (dev): dir:mirror could not be read: mirror is not a folder; processes that have not loaded the staged key would refuse what it signs: users who meet one of them would be logged out
    error: SECRET_KEY in dotenv:.env (dev): the store was written, but not dir:mirror: mirror is not a folder
    hint: for a file write file:mirror; then run `keybaton rotate --continue`: it writes what is missing, and goes on
    ");
    assert!(project.says(&["status"]).contains("promoted: "));
}

#[test]
fn a_revocation_runs_after_write_though_a_mirror_is_away() {
    let project = mirrored();
    project.configure(r#"after-write = [["sh", "-c", "echo >> ran"]]"#);
    away(&project);
    assert!(project.says(&["revoke", "--all", "--accept-logouts"]).starts_with("7\n"));
    assert_eq!(project.read("ran"), "\n");
}

#[test]
fn a_gone_key_is_reported_as_such_and_a_dry_run_writes_no_mirror() {
    let project = mirrored();
    let status: serde_json::Value =
        serde_json::from_slice(&project.program(&["status", "--json"]).output().unwrap().stdout).unwrap();
    let id = status["keys"][0]["id"].as_str().unwrap();
    away(&project);
    assert!(project.says(&["revoke", id, "--accept-logouts"]).starts_with("7\n"));
    back(&project);
    let old = project.read("mirror/SECRET_KEY");
    assert_snapshot!(project.says(&["revoke", id, "--dry-run", "--json"]), @r#"
    0
    {"would":null,"ring":"SECRET_KEY","store":"dotenv:.env","key":"K1"}
    SECRET_KEY in dotenv:.env (dev): key K1 is in the ring no longer
    "#);
    assert_eq!(project.read("mirror/SECRET_KEY"), old);
    let output = project.program(&["revoke", id, "--json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["gone"][0]["id"], id);
    assert_ne!(project.read("mirror/SECRET_KEY"), old);
}

#[test]
fn nothing_is_written_over_a_restored_store_while_a_mirror_knows_more() {
    for command in [
        &["abort"][..],
        &["promote", "--force", "--reason", "a test"],
        &["revoke", "--all", "--accept-logouts"],
    ] {
        let project = mirrored();
        project.says(&["stage"]);
        let backup = project.read(".env");
        project.says(&["promote"]);
        let newest = project.read("mirror/SECRET_KEY");
        fs::write(project.path(".env"), &backup).unwrap();
        let dry_run = project.says(&[command, &["--dry-run"]].concat());
        assert!(dry_run.starts_with("6\n"), "{dry_run}");
        let said = project.says(command);
        assert!(said.starts_with("6\n"), "{said}");
        assert!(said.contains("`keybaton copy dir:mirror dotenv:.env` takes the later ring back"), "{said}");
        assert_eq!(project.read(".env"), backup);
        assert!(project.says(&["copy", "dir:mirror", "dotenv:.env"]).starts_with("0\n"));
        assert!(project.read(".env").contains(&newest));
    }
}

#[test]
fn what_was_finished_is_told_and_followed_though_a_mirror_is_away() {
    let project = mirrored();
    project.says(&["copy", "dotenv:.env", "dir:keys"]);
    let configuration = project.read("keybaton.toml").replace("dotenv:.env", "dir:keys");
    fs::write(project.path("keybaton.toml"), configuration).unwrap();
    project.configure(r#"after-write = [["sh", "-c", "echo >> ran"]]"#);
    project.says(&["stage"]);
    project.cut_short("keys", Change::Promote);
    fs::write(project.path("ran"), "").unwrap();
    away(&project);
    assert_snapshot!(project.says(&["rotate", "--continue"]), @"
    7
    finished a write that had been cut short
    running sh -c 'echo >> ran'
    error: SECRET_KEY in dir:keys (dev): no step was taken, for it is not sure that the last write is in dir:mirror: mirror is not a folder
    hint: for a file write file:mirror; then mend the cause and run it again, or take that mirror out of keybaton.toml
    ");
    assert_eq!(project.read("ran"), "\n");
}

#[test]
fn nothing_loads_a_store_that_was_put_back() {
    let project = mirrored();
    project.configure(r#"after-write = [["sh", "-c", "test -e mended && echo >> ran"]]"#);
    assert!(project.says(&["stage"]).starts_with("7\n"));
    let backup = project.read(".env");
    fs::write(project.path("mended"), "").unwrap();
    project.says(&["promote", "--force", "--reason", "a test"]);
    fs::write(project.path(".env"), &backup).unwrap();
    fs::write(project.path("ran"), "").unwrap();
    for command in [&["rotate", "--continue"][..], &["stage"], &["abort"]] {
        let said = project.says(command);
        assert!(said.starts_with("6\n") && said.contains("`keybaton copy dir:mirror dotenv:.env`"), "{said}");
        assert_eq!((project.read("ran"), project.read(".env")), (String::new(), backup.clone()));
    }
}
