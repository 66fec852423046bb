//! Mirrors that were missed.

use std::fs;

use insta::assert_snapshot;

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

    next   keybaton rotate --continue, which brings the mirrors up
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
    SECRET_KEY in dotenv:.env (dev): key K1 signs. The users whose sessions it signed are logged out, and its signed cookies, links and reset tokens are refused, as soon as the processes are restarted; until the last one is, some refuse what others sign
    warning: the key is cut off in the store: restart every process now
    error: SECRET_KEY in dotenv:.env (dev): the store was written, but not dir:mirror: dir:mirror: mirror is not a folder
    hint: run `keybaton rotate --continue`: it writes only what is missing
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
    7
    error: SECRET_KEY in dotenv:.env (dev): nothing was changed, for it is not sure that the last write is in dir:mirror: dir:mirror: it holds revision 2 of this ring, of which the store knows nothing
    hint: was the store restored from a copy? `keybaton copy dir:mirror dotenv:.env` takes the later ring back; if the older one is right, empty the mirror
    ");
    assert_snapshot!(project.says(&["copy", "dir:mirror", "dotenv:.env"]), @"
    0
    updated  SECRET_KEY in dotenv:.env from revision 1: ring RING1, revision 2, staged, 2 keys
    ");
    assert!(project.says(&["rotate", "--continue"]).starts_with("0\n"));
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
