//! What to do next, named as the user chose the ring.

use std::fs;

use insta::assert_snapshot;

use crate::ground::Project;

/// A project whose usual environment is not the one that is meant.
fn two_environments() -> Project {
    let project = Project::begun();
    let also = "\n[environments.production]\nstore = \"dir:production\"\npropagation = \"0s\"\nmirrors = [\"dir:mirror\"]\n\
                after-write = [[\"sh\", \"-c\", \"test ! -e broken\"]]\n\n\
                [environments.production.rings.JWT_KEY]\nstore = \"dir:jwt\"\n";
    project.configure(also);
    project.says_to(&["copy", "-", "dir:production"], "made-up-key");
    let said = project.says(&["rotate", "-e", "production", "--continue"]);
    assert!(said.starts_with("0\n"), "{said}");
    project
}

#[test]
fn what_failed_in_an_environment_is_made_good_there() {
    let project = two_environments();
    fs::write(project.path("broken"), "").unwrap();
    project.says(&["stage"]);
    assert_snapshot!(project.says(&["stage", "-e", "production"]), @"
    7
    staged   K1: it is accepted, and K2 still signs
    next     see that every process is restarted, so that each accepts the new key; then run `keybaton rotate -e production` to promote it
    running sh -c 'test ! -e broken'
    error: the ring was written; `sh -c 'test ! -e broken'` ended with 1
    hint: mend the cause, then `keybaton rotate --continue -e production` runs after-write again before it goes on
    ");
    assert_snapshot!(project.says(&["status", "-e", "production"]), @"
    0
    SECRET_KEY in dir:production (production)
    staged: the next key is accepted and signs nowhere yet

      next      K1  since TIME
      signing   K2  since TIME
      after-write is due: it failed after the last write, or the ring came back from a copy

    next   keybaton rotate --continue -e production, which runs it, and goes on

    JWT_KEY in dir:jwt (production)
    absent: there is no key yet
    next   keybaton init -e production --ring JWT_KEY makes one, keybaton copy brings one from another store
    ");
    assert_snapshot!(project.says(&["promote", "-e", "production", "--dry-run"]), @"
    6
    error: SECRET_KEY in dir:production (production): after-write is due: it failed after the last write, or the ring came back from a copy
    hint: `keybaton rotate --continue -e production` runs it, and goes on
    ");
    assert_snapshot!(project.says(&["rotate", "-e", "production", "--dry-run"]), @"
    0
    next     mend what after-write runs; then `keybaton rotate --continue -e production` runs it, and goes on
    ");
    fs::remove_file(project.path("broken")).unwrap();
    let said = project.says(&["rotate", "--continue", "-e", "production"]);
    assert!(said.contains("then run `keybaton rotate -e production` from TIME to retire"), "{said}");
    assert!(project.says(&["status"]).contains("\nstaged: "), "the usual environment was left alone");
}

#[test]
fn a_mirror_of_an_environment_is_brought_up_there() {
    let project = two_environments();
    project.says(&["stage", "--store", "dir:production"]);
    assert_snapshot!(project.says(&["status", "-e", "production"]), @"
    0
    SECRET_KEY in dir:production (production)
    staged: the next key is accepted and signs nowhere yet

      next      K1  since TIME
      signing   K2  since TIME
      mirror    dir:mirror lacks the last write

    next   keybaton rotate --continue -e production, which brings the mirrors up, and goes on

    JWT_KEY in dir:jwt (production)
    absent: there is no key yet
    next   keybaton init -e production --ring JWT_KEY makes one, keybaton copy brings one from another store
    ");
    assert_snapshot!(project.says(&["promote", "-e", "production", "--dry-run"]), @"
    6
    error: SECRET_KEY in dir:production (production): dir:mirror lacks the last write
    hint: `keybaton rotate --continue -e production` brings it up, and goes on
    ");
    fs::remove_dir_all(project.path("mirror")).unwrap();
    fs::write(project.path("mirror"), "in the way").unwrap();
    let said = project.says(&["revoke", "--all", "--accept-logouts", "-e", "production"]);
    assert!(said.contains("`keybaton rotate --continue -e production`: it writes"), "{said}");
}

#[test]
fn a_ring_and_a_store_are_named_where_the_user_named_them() {
    let project = two_environments();
    let jwt = ["-e", "production", "--ring", "JWT_KEY"];
    assert_snapshot!(project.says(&[&["status"][..], &jwt].concat()), @"
    0
    JWT_KEY in dir:jwt (production)
    absent: there is no key yet
    next   keybaton init -e production --ring JWT_KEY makes one, keybaton copy brings one from another store
    ");
    assert_snapshot!(project.says(&[&["stage"][..], &jwt].concat()), @"
    4
    error: JWT_KEY in dir:jwt (production): there is no key yet
    hint: `keybaton init -e production --ring JWT_KEY` makes a key, `keybaton copy` brings one from another store
    ");
    assert_snapshot!(project.says(&[&["run"][..], &jwt, &["--", "true"]].concat()), @"
    125
    error: there is no key JWT_KEY in dir:jwt
    hint: `keybaton init -e production --ring JWT_KEY` makes one
    ");
    project.says_to(&["copy", "-", "dir:key of mine"], "made-up-key");
    let store = ["--store", "dir:key of mine"];
    assert_snapshot!(project.says(&[&["retire"][..], &store].concat()), @"
    6
    error: no key retires
    hint: `keybaton status --store 'dir:key of mine'` shows the ring
    ");
    assert_snapshot!(project.says(&[&["promote"][..], &store].concat()), @"
    6
    error: SECRET_KEY in dir:key of mine: no next key is staged
    hint: `keybaton stage --store 'dir:key of mine'` makes a next key
    ");
    fs::write(project.path("key of mine/SECRET_KEY"), "by-hand").unwrap();
    assert_snapshot!(project.says(&[&["stage"][..], &store].concat()), @"
    5
    error: SECRET_KEY in dir:key of mine: a key was put in by hand
    hint: `keybaton init --adopt --store 'dir:key of mine'` takes in what stands there; `keybaton status --store 'dir:key of mine'` shows it
    ");
    assert_snapshot!(project.says(&[&["run"][..], &store, &["--", "true"]].concat()), @"
    0
    warning: SECRET_KEY holds a key that its record does not know; `keybaton status --store 'dir:key of mine'` says more
    ");
    let mut program = project.program(&["status"]);
    let told = project.told(&program.env("KEYBATON_STORE", "dir:key of mine").output().unwrap());
    assert!(told.ends_with("next   keybaton init --adopt --store 'dir:key of mine'"), "{told}");
}

#[test]
fn what_is_meant_anyway_is_not_named() {
    let project = Project::begun();
    assert!(
        project.says(&["stage", "--ring", "SECRET_KEY"]).contains("then run `keybaton rotate` to promote")
    );
}
