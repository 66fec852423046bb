//! From nothing to a rotated key, step by step.

use std::fs;

use insta::assert_snapshot;

use crate::ground::Project;

#[test]
fn a_rotation_from_the_first_step_to_the_last() {
    let project = Project::begun();
    project.configure("longest-signature = \"0s\"");
    assert_snapshot!(project.says(&["rotate", "--no-input"]), @"
    6
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 0s after 2, when nothing it signed is still valid
    error: this needs a yes: Start this rotation?
    hint: say --new to answer it beforehand
    ");
    assert_snapshot!(project.says(&["rotate", "--new", "--no-input"]), @"
    0
    staged   K1: it is accepted, and K2 still signs
    next     restart every process, so that each accepts the new key; then run `keybaton rotate` to promote it
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 0s after 2, when nothing it signed is still valid
    ");
    assert_snapshot!(project.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    staged: the next key is accepted and signs nowhere yet

      next      K1  since TIME
      signing   K2  since TIME

    next   promote K1: safe once every process was restarted; keybaton rotate does it
    ");
    assert_snapshot!(project.says(&["rotate"]), @"
    0
    promoted K1: it signs, the old key is accepted only
    next     restart every process, so that each signs with K1; then run `keybaton rotate` to retire K2
    ");
    assert_snapshot!(project.says(&["rotate"]), @r"
    0
    retired  K1: it is no longer accepted
    next     nothing: one key signs, and no other is accepted
    ");
    assert_snapshot!(project.says(&["rotate", "--continue"]), @r"
    0
    next     nothing: one key signs, and no other is accepted
    ");
}

#[test]
fn a_step_whose_time_has_not_come_is_refused_unless_it_is_forced() {
    let project = Project::begun();
    project.says(&["stage"]);
    project.says(&["promote"]);
    assert_snapshot!(project.says(&["retire"]), @r#"
    6
    error: too early to retire: it is safe from TIME: whatever K1 signed would be refused: users who have not come back since TIME would be logged out
    hint: wait, or say --force --reason "…" if you know better
    "#);
    assert_snapshot!(project.says(&["stage"]), @"
    6
    error: SECRET_KEY in dotenv:.env (dev): key K1 still retires
    hint: `keybaton retire` is safe from TIME
    ");
    assert_snapshot!(project.says(&["retire", "--force", "--reason", "nobody is there"]), @r"
    0
    retired  K1: it is no longer accepted
    next     nothing: one key signs, and no other is accepted
    warning: too early to retire: it is safe from TIME; whatever K1 signed would be refused: users who have not come back since TIME would be logged out
    ");
}

#[test]
fn an_abort_lets_the_old_key_sign_again_and_a_second_one_changes_nothing() {
    let project = Project::begun();
    project.says(&["stage"]);
    project.says(&["promote"]);
    assert_snapshot!(project.says(&["abort"]), @"
    0
    aborted  the rotation: K1 signs
    next     restart every process, so that each signs with K1; then run `keybaton rotate` from TIME to retire K2
    ");
    assert_snapshot!(project.says(&["abort"]), @"
    6
    error: SECRET_KEY in dotenv:.env (dev): no handover is under way
    hint: `keybaton status` shows the ring
    ");
}

#[test]
fn a_revocation_says_who_is_logged_out_and_wants_a_yes() {
    let project = Project::begun();
    assert_snapshot!(project.says(&["revoke", "--all"]), @"
    6
    SECRET_KEY in dotenv:.env (dev): every key is cut off. Every user is logged out, and every signed cookie, link and reset token is refused, as soon as the processes are restarted
    error: this needs a yes: Cut it off?
    hint: say --accept-logouts to answer it beforehand
    ");
    assert_snapshot!(project.says(&["revoke", "--all", "--accept-logouts"]), @"
    0
    revoked  every key: K1 is new and signs
    next     restart every process now: until then the old key is accepted
    SECRET_KEY in dotenv:.env (dev): every key is cut off. Every user is logged out, and every signed cookie, link and reset token is refused, as soon as the processes are restarted
    ");
}

#[test]
fn without_a_propagation_time_a_rotation_is_refused_with_what_is_usual() {
    let project = Project::begun();
    let text = project.read("keybaton.toml").replace("propagation = \"0s\"\n", "");
    fs::write(project.path("keybaton.toml"), text).unwrap();
    assert_snapshot!(project.says(&["rotate", "--new"]), @r#"
    6
    error: SECRET_KEY in dotenv:.env (dev): nothing says how long a new key takes to reach each process
    hint: write propagation = "…" under [environments.dev]. A mounted Kubernetes Secret needs about 2m, External Secrets 1h, App Service 1d; environment variables and .env files as long as it takes until every process was restarted
    "#);
}

#[test]
fn a_key_put_in_by_hand_is_not_written_over() {
    let project = Project::begun();
    let edited = project.read(".env").replace("SECRET_KEY=", "SECRET_KEY=by-hand-");
    fs::write(project.path(".env"), &edited).unwrap();
    assert_snapshot!(project.says(&["rotate", "--new"]), @"
    5
    error: SECRET_KEY in dotenv:.env (dev): a key was put in by hand
    hint: `keybaton init --adopt` takes in what stands there; `keybaton status` shows it
    ");
    assert_eq!(project.read(".env"), edited);
    assert_snapshot!(project.says(&["init", "--adopt"]), @"
    0
    as it is  git leaves the file of keys out
    done      take in the key that is there: SECRET_KEY in dotenv:.env (dev)
    as it is  the configuration says where the ring lives
    as it is  the settings read the ring
    next      restart the server. The settings import keybaton, so name it in your requirements
    ");
}

#[test]
fn a_dry_run_writes_nothing() {
    let project = Project::begun();
    let before = project.read(".env");
    for words in [&["stage", "--dry-run"][..], &["rotate", "--dry-run"], &["revoke", "--all", "--dry-run"]] {
        assert!(project.says(words).starts_with("0\n"), "{words:?}");
        assert_eq!(project.read(".env"), before);
    }
}

#[test]
fn no_command_shows_a_key() {
    let project = Project::begun();
    project.says(&["stage"]);
    let env = project.read(".env");
    let keys: Vec<&str> = env.lines().nth(1).unwrap().split(['=', ',']).skip(1).collect();
    for words in [&["status"][..], &["status", "--json"], &["promote", "--json"], &["abort"], &["stores"]] {
        let said = project.says(words);
        assert!(keys.iter().all(|key| !said.contains(key)), "{words:?}");
    }
}

#[test]
fn a_store_without_a_ring_names_both_ways_to_one() {
    let project = Project::new();
    assert_snapshot!(project.says(&["stage", "--store", "dotenv:.env"]), @"
    4
    error: SECRET_KEY in dotenv:.env: there is no key yet
    hint: `keybaton init --store dotenv:.env` makes a key, `keybaton copy` brings one from another store
    ");
}
