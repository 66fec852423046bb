//! `keybaton rotate --wait`.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::ground::Project;

#[test]
fn without_time_to_restart_there_is_nothing_to_wait_for() {
    let project = Project::begun();
    assert_snapshot!(project.says(&["rotate", "--new", "--wait"]), @"
    6
    error: SECRET_KEY in dotenv:.env (dev): propagation is 0s, so --wait would promote before any process was restarted
    hint: leave --wait out and restart between the steps, or write in keybaton.toml how long a restart takes
    ");
    assert!(project.says(&["status"]).contains("settled"));
}

#[test]
fn what_was_done_is_said_before_the_wait() {
    let project = Project::begun();
    project.set_propagation("2s");
    let begun = Instant::now();
    let mut child = project.program(&["rotate", "--new", "--wait"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let after = begun.elapsed();
    assert!(first.starts_with("staged   "), "{first}");
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(rest.iter().any(|line| line.starts_with("promoted ")), "{rest:?}");
    assert!(child.wait().unwrap().success());
    assert!(begun.elapsed() - after >= Duration::from_millis(900), "{after:?} of {:?}", begun.elapsed());
}

#[test]
fn a_rotation_under_way_is_gone_on_with() {
    let project = Project::begun();
    project.says(&["stage"]);
    assert_snapshot!(project.says(&["rotate", "--new"]), @"
    0
    promoted K1: it signs, the old key is accepted only
    next     restart every process, so that each signs with K1; then run `keybaton rotate` from TIME to retire K2
    a rotation is under way, so this goes on with it; the next can begin when it has ended
    ");
}
