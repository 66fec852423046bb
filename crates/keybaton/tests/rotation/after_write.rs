//! Commands that run after a step's last write.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::ground::Project;

fn project(commands: &str) -> Project {
    let project = Project::begun();
    project.configure(&format!("after-write = {commands}"));
    project
}

#[test]
fn each_step_runs_them_and_what_they_print_is_talk() {
    let project =
        project(r#"[["sh", "-c", "echo out; echo err >&2; pwd >> ran"], ["sh", "-c", "cat; echo second"]]"#);
    assert_snapshot!(project.says(&["rotate", "--new"]), @"
    0
    staged   K1: it is accepted, and K2 still signs
    next     see that every process is restarted, so that each accepts the new key; then run `keybaton rotate` to promote it
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
      after each step: sh -c 'echo out; echo err >&2; pwd >> ran'
      after each step: sh -c 'cat; echo second'
    running sh -c 'echo out; echo err >&2; pwd >> ran'
    out
    err
    running sh -c 'cat; echo second'
    second
    ");
    assert_eq!(project.read("ran").lines().count(), 1);
    assert_snapshot!(project.says(&["promote"]), @"
    0
    promoted K1: it signs, the old key is accepted only
    next     see that every process is restarted, so that each signs with K1; then run `keybaton rotate` from TIME to retire K2
    running sh -c 'echo out; echo err >&2; pwd >> ran'
    out
    err
    running sh -c 'cat; echo second'
    second
    ");
    for words in [
        &["abort"][..],
        &["retire", "--force", "--reason", "a test"],
        &["stage"],
        &["revoke", "--all", "--accept-logouts"],
    ] {
        let before = project.read("ran").lines().count();
        let said = project.says(words);
        assert!(said.starts_with("0\n"), "{said}");
        assert_eq!(project.read("ran").lines().count(), before + 1, "{words:?}");
    }
}

#[test]
fn what_writes_nothing_runs_nothing() {
    let project = project(r#"[["touch", "ran"]]"#);
    for words in [
        &["status"][..],
        &["stage", "--dry-run"],
        &["rotate", "--dry-run"],
        &["rotate", "--continue"],
        &["promote"],
    ] {
        project.says(words);
        assert!(!project.path("ran").exists(), "{words:?}");
    }
}

#[test]
fn they_run_in_the_folder_of_the_configuration_without_the_key() {
    let project = project(r#"[["sh", "-c", "env > ran"]]"#);
    fs::create_dir(project.path("below")).unwrap();
    let output = project.program(&["stage"]).current_dir(project.path("below")).output().unwrap();
    assert!(output.status.success());
    let environment = project.read("ran");
    assert!(environment.contains("PATH=") && !environment.contains("\nSECRET_KEY"), "{environment}");
}

#[test]
fn nothing_is_typed_into_them() {
    let project = project(r#"[["sh", "-c", "cat > ran"]]"#);
    assert!(project.says_to(&["stage"], "made-up-answer\n").starts_with("0\n"));
    assert_eq!(project.read("ran"), "");
}

#[test]
fn a_failure_stops_without_undoing_the_step() {
    let project = project(r#"[["sh", "-c", "exit 3"], ["touch", "ran"]]"#);
    assert_snapshot!(project.says(&["stage"]), @"
    7
    staged   K1: it is accepted, and K2 still signs
    next     see that every process is restarted, so that each accepts the new key; then run `keybaton rotate` to promote it
    running sh -c 'exit 3'
    error: the ring was written; `sh -c 'exit 3'` ended with 3
    hint: mend the cause, then `keybaton rotate --continue` runs after-write again before it goes on
    ");
    assert!(!project.path("ran").exists());
    assert!(project.says(&["status"]).contains("staged: the next key"));
}

#[test]
fn no_step_goes_on_before_a_failure_was_made_good() {
    let project = project(r#"[["sh", "-c", "test -e mended && echo >> ran"]]"#);
    assert!(project.says(&["rotate", "--new"]).starts_with("7\n"));
    assert_snapshot!(project.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    staged: the next key is accepted and signs nowhere yet

      next      K1  since TIME
      signing   K2  since TIME
      after-write is due: it failed after the last write, or the ring came back from a copy

    next   keybaton rotate --continue, which runs it, and goes on
    ");
    assert!(project.says(&["status", "--json"]).contains(r#""after_write_due":true"#));
    assert_snapshot!(project.says(&["rotate", "--dry-run"]), @"
    0
    next     mend what after-write runs; then `keybaton rotate --continue` runs it, and goes on
    ");
    assert_snapshot!(project.says(&["promote", "--dry-run"]), @"
    6
    error: SECRET_KEY in dotenv:.env (dev): after-write is due: it failed after the last write, or the ring came back from a copy
    hint: `keybaton rotate --continue` runs it, and goes on
    ");
    for words in [&["rotate", "--continue"][..], &["promote"], &["rotate"]] {
        let said = project.says(words);
        assert!(said.starts_with("7\nrunning sh") && !said.contains("promoted"), "{said}");
    }
    fs::write(project.path("mended"), "").unwrap();
    assert_snapshot!(project.says(&["rotate", "--continue"]), @"
    0
    promoted K1: it signs, the old key is accepted only
    next     see that every process is restarted, so that each signs with K1; then run `keybaton rotate` from TIME to retire K2
    running sh -c 'test -e mended && echo >> ran'
    running sh -c 'test -e mended && echo >> ran'
    ");
    assert_eq!(project.read("ran"), "\n\n", "for the stage, late; and for the promotion");
    assert!(project.says(&["status", "--json"]).contains(r#""after_write_due":false"#));
}

#[test]
fn the_next_step_waits_from_when_it_was_made_good() {
    let project = project(r#"[["sh", "-c", "test -e mended"]]"#);
    project.set_propagation("2s");
    assert!(project.says(&["rotate", "--new"]).starts_with("7\n"));
    sleep(Duration::from_secs(3));
    fs::write(project.path("mended"), "").unwrap();
    let said = project.says(&["rotate", "--continue"]);
    assert!(said.starts_with("0\n") && !said.contains("promoted"), "{said}");
    sleep(Duration::from_secs(3));
    assert!(project.says(&["rotate", "--continue"]).contains("promoted"));
}

#[test]
fn what_takes_back_does_not_wait_for_it() {
    let project = project(r#"[["false"]]"#);
    let force = ["promote", "--force", "--reason", "a test"];
    for (words, did) in [
        (&["stage"][..], "staged"),
        (&force, "promoted"),
        (&["abort"], "aborted"),
        (&["revoke", "--all", "--accept-logouts"], "revoked"),
    ] {
        let said = project.says(words);
        assert!(said.starts_with("7\n") && said.contains(did), "{said}");
        assert_eq!(said.matches("running false").count(), 1, "{said}");
    }
}

#[test]
fn a_program_that_is_not_there_and_one_that_is_killed() {
    let missing = project(r#"[["no-such-program", "restart"]]"#);
    assert_snapshot!(missing.says(&["stage"]), @"
    7
    staged   K1: it is accepted, and K2 still signs
    next     see that every process is restarted, so that each accepts the new key; then run `keybaton rotate` to promote it
    running no-such-program restart
    error: the ring was written; `no-such-program restart` could not be started: No such file or directory
    hint: mend the cause, then `keybaton rotate --continue` runs after-write again before it goes on
    ");
    let killed = project(r#"[["sh", "-c", "kill -9 $$"]]"#);
    assert_snapshot!(killed.says(&["stage"]), @"
    7
    staged   K1: it is accepted, and K2 still signs
    next     see that every process is restarted, so that each accepts the new key; then run `keybaton rotate` to promote it
    running sh -c 'kill -9 $$'
    error: the ring was written; `sh -c 'kill -9 $$'` was ended by signal 9
    hint: mend the cause, then `keybaton rotate --continue` runs after-write again before it goes on
    ");
}

#[test]
fn a_command_that_hangs_is_ended_with_all_it_started() {
    let project = project(r#"[["sh", "-c", "sleep 600 & echo $! > pid; wait"]]"#);
    project.configure("after-write-timeout = \"1s\"");
    let begun = Instant::now();
    assert_snapshot!(project.says(&["stage"]), @"
    7
    staged   K1: it is accepted, and K2 still signs
    next     see that every process is restarted, so that each accepts the new key; then run `keybaton rotate` to promote it
    running sh -c 'sleep 600 & echo $! > pid; wait'
    error: the ring was written; `sh -c 'sleep 600 & echo $! > pid; wait'` took longer than 1s and was ended
    hint: mend the cause, then `keybaton rotate --continue` runs after-write again before it goes on
    ");
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_is_gone(&project);
}

#[test]
fn ctrl_c_ends_the_command() {
    let project = project(r#"[["sh", "-c", "sleep 600 & echo $! > pid; wait"]]"#);
    assert_snapshot!(signalled(&project, &["stage"], Signal::INT), @"
    130
    staged   K1: it is accepted, and K2 still signs
    next     see that every process is restarted, so that each accepts the new key; then run `keybaton rotate` to promote it
    running sh -c 'sleep 600 & echo $! > pid; wait'
    finishing the write; again to stop now
    error: the ring was written; `sh -c 'sleep 600 & echo $! > pid; wait'` was ended by Ctrl-C
    hint: mend the cause, then `keybaton rotate --continue` runs after-write again before it goes on
    ");
    assert_is_gone(&project);
}

#[test]
fn a_mirror_that_is_brought_up_is_followed_by_them_too() {
    let project = project(r#"[["sh", "-c", "echo >> ran"]]"#);
    project.configure(r#"mirrors = ["dir:mirror"]"#);
    project.set_propagation("1h");
    project.says(&["stage"]);
    fs::remove_dir_all(project.path("mirror")).unwrap();
    fs::write(project.path("ran"), "").unwrap();
    for _ in 0..2 {
        assert!(project.says(&["rotate", "--continue"]).starts_with("0\n"));
        assert_eq!(project.read("ran"), "\n", "once, when the mirror received the ring");
    }
}

#[test]
fn a_mirror_that_init_brings_up_is_followed_by_them_too() {
    let project = project(r#"[["sh", "-c", "echo >> ran"]]"#);
    project.configure(r#"mirrors = ["dir:mirror"]"#);
    for _ in 0..2 {
        assert!(project.says(&["init", "--write"]).starts_with("0\n"));
        assert_eq!(project.read("ran"), "\n", "once, when the mirror received the ring");
    }
}

/// A ring that a failed after-write is due for.
fn due() -> Project {
    let project = project(r#"[["sh", "-c", "test -e mended && echo >> ran"]]"#);
    assert!(project.says(&["stage"]).starts_with("7\n"));
    project
}

fn is_due(project: &Project) -> bool {
    project.says(&["status", "--json"]).contains(r#""after_write_due":true"#)
}

#[test]
fn a_store_that_is_named_by_hand_has_nothing_that_could_follow() {
    let project = due();
    project.says(&["rotate", "--continue", "--store", "dotenv:.env"]);
    assert!(is_due(&project));
    let said = project.says(&["promote", "--store", "dotenv:.env"]);
    assert!(said.starts_with("6\n") && said.contains("name its environment with -e"), "{said}");
    fs::rename(project.path("keybaton.toml"), project.path("away.toml")).unwrap();
    project.says(&["rotate", "--continue", "--store", "dotenv:.env", "-e", "dev"]);
    fs::rename(project.path("away.toml"), project.path("keybaton.toml")).unwrap();
    assert!(is_due(&project), "an environment that no configuration knows says nothing");
}

#[test]
fn a_ring_that_is_taken_in_anew_keeps_what_is_due() {
    let project = due();
    let env = project.read(".env").replace("SECRET_KEY_FALLBACKS=", "SECRET_KEY_FALLBACKS=made-up-by-hand,");
    fs::write(project.path(".env"), env).unwrap();
    assert!(project.says(&["init", "--adopt", "--fallback", "old"]).starts_with("0\n"));
    assert!(is_due(&project));
}

#[test]
fn a_ring_that_a_copy_brought_back_is_loaded_before_the_next_step() {
    let project = project(r#"[["sh", "-c", "echo >> ran"]]"#);
    project.says(&["copy", "dotenv:.env", "dir:backup"]);
    project.says(&["stage"]);
    let older = project.read(".env");
    project.says(&["promote"]);
    project.says(&["copy", "dotenv:.env", "dir:backup"]);
    fs::write(project.path(".env"), older).unwrap();
    assert!(project.says(&["copy", "dir:backup", "dotenv:.env"]).contains("restart what reads it there"));
    assert!(is_due(&project));
    fs::write(project.path("ran"), "").unwrap();
    assert!(project.says(&["rotate", "--continue"]).starts_with("0\n"));
    assert_eq!(project.read("ran"), "\n");
}

#[test]
fn a_forced_step_that_comes_to_nothing_keeps_what_is_due() {
    let project = due();
    project.configure(r#"mirrors = ["dir:mirror"]"#);
    assert!(project.says(&["retire", "--force", "--reason", "a test"]).starts_with("6\n"));
    assert!(is_due(&project));
}

#[test]
fn ctrl_c_and_a_service_manager_stop_a_forced_step_before_it_is_done() {
    for signal in [Signal::INT, Signal::TERM] {
        let project = project(r#"[["sh", "-c", "sleep 600 & echo $! > pid; wait"]]"#);
        signalled(&project, &["stage"], signal);
        project.configure(r#"mirrors = ["dir:mirror"]"#);
        fs::remove_file(project.path("pid")).unwrap();
        let said = signalled(&project, &["promote", "--force", "--reason", "a test"], signal);
        assert!(said.starts_with("130\n"), "{said}");
        assert!(project.says(&["status"]).contains("staged: "), "{signal:?}");
        assert!(is_due(&project));
    }
}

#[test]
fn what_is_no_list_of_commands_is_an_error() {
    for commands in [r#""systemctl restart web""#, r#"["systemctl", "restart"]"#, "[[]]", "[[1]]"] {
        let project = project(commands);
        let said = project.says(&["stage"]);
        assert!(said.starts_with("3\nerror: keybaton.toml, line 7: "), "{said}");
    }
    assert_snapshot!(project(r#"["systemctl", "restart"]"#).says(&["stage"]), @r#"
    3
    error: keybaton.toml, line 7: "after-write" must be a list of commands, each a list of strings such as ["kubectl", "rollout", "restart", "deploy/web"], not a string
    "#);
}

/// What is said by a command that gets a signal once its child runs.
fn signalled(project: &Project, words: &[&str], signal: Signal) -> String {
    let child = project.program(words).spawn().unwrap();
    while !project.path("pid").exists() || project.read("pid").is_empty() {
        sleep(Duration::from_millis(10));
    }
    kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), signal).unwrap();
    project.told(&child.wait_with_output().unwrap())
}

/// The command's own child, which belongs to nobody when the test looks.
fn assert_is_gone(project: &Project) {
    let pid = project.read("pid").trim().parse().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let stat = || fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    while test_kill_process(Pid::from_raw(pid).unwrap()).is_ok() && !stat().contains(") Z ") {
        assert!(Instant::now() < deadline, "{}", stat());
        sleep(Duration::from_millis(10));
    }
}
