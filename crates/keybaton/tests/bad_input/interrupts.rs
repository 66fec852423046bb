//! Ctrl-C while a file is being written: strace holds the write for the time of it.

use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process};

use crate::ground::Ground;

/// Starts `stage` with its first fsync held for a second, and waits until it is.
fn held(ground: &Ground) -> (Child, Pid) {
    let strace = [
        "strace",
        "-qq",
        "-o",
        "trace",
        "-e",
        "trace=fsync",
        "-e",
        "inject=fsync:delay_enter=1000000:when=1",
    ];
    let mut command = ground.behind(&strace, &["stage"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let begun = Instant::now();
    while !temporary_file(ground) {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not write");
        sleep(Duration::from_millis(5));
    }
    let program = fs::read_to_string(children).unwrap();
    let program = Pid::from_raw(program.split_whitespace().next().unwrap().parse().unwrap()).unwrap();
    sleep(Duration::from_millis(100));
    (child, program)
}

fn temporary_file(ground: &Ground) -> bool {
    !ground.leftovers().is_empty()
}

#[test]
fn the_first_lets_the_write_finish() {
    let ground = Ground::new();
    let (child, program) = held(&ground);
    kill_process(program, Signal::INT).unwrap();
    assert_snapshot!(ground.told(&child.wait_with_output().unwrap()), @r"
    0
    staged   ID: it is accepted, and ID still signs
    next     restart every process, so that each accepts the new key; then run `keybaton rotate` to promote it
    finishing the write; again to stop now
    ");
    assert_snapshot!(ground.says(&["status"]).lines().nth(2).unwrap(), @r"staged: the next key is accepted and signs nowhere yet");
}

#[test]
fn the_second_stops_at_once_and_leaves_the_old_ring() {
    let ground = Ground::new();
    let before = ground.env();
    let (child, program) = held(&ground);
    kill_process(program, Signal::INT).unwrap();
    sleep(Duration::from_millis(100));
    kill_process(program, Signal::INT).unwrap();
    assert_snapshot!(ground.told(&child.wait_with_output().unwrap()), @r"
    130
    finishing the write; again to stop now
    ");
    assert_eq!(ground.env(), before);
    assert!(ground.says(&["stage"]).starts_with("0\n"));
    assert!(!temporary_file(&ground));
}
