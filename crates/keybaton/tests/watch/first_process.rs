//! keybaton as the first process of a container.
#![cfg(target_os = "linux")]

use rustix::process::Signal;

use crate::ground::{Ground, Running, is_root};

const CONTAINER: [&str; 4] = ["unshare", "--pid", "--fork", "--mount-proc"];

/// Leaves processes alone whose parents end first, and counts those that ended and that nobody waited for.
const ORPHANS: &str = "
for n in 1 2 3 4 5; do (sleep 0.2 & exec true); done
echo $PPID
sleep 1
cat /proc/[0-9]*/stat | grep -c ') Z '
exit 6
";

#[test]
fn what_was_left_alone_is_reaped_and_the_code_is_the_programs() {
    if !is_root() {
        return;
    }
    let ground = Ground::new();
    let mut running = Running::start(ground.command(&CONTAINER, &["sh", "-c", ORPHANS]));
    assert_eq!([(); 2].map(|()| running.says()), ["1", "0"]);
    assert_eq!(running.ends().code(), Some(6));
    assert!(ground.folders().is_empty());
}

/// The first process of a container has no signal that ends it by itself.
#[test]
fn the_container_can_be_stopped() {
    if !is_root() {
        return;
    }
    let ground = Ground::new();
    let inside =
        "trap 'echo TERM; exit 4' TERM; echo ready; (sleep 0.3; kill -TERM 1) & while :; do sleep 0.05; done";
    let mut running = Running::start(ground.command(&CONTAINER, &["sh", "-c", inside]));
    assert_eq!([(); 2].map(|()| running.says()), ["ready", "TERM"]);
    assert_eq!(running.ends().code(), Some(4));
}

#[test]
fn signals_from_outside_reach_it() {
    if !is_root() {
        return;
    }
    let ground = Ground::new();
    let inside = ["sh", "-c", "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done"];
    let mut running = Running::start(ground.command(&CONTAINER, &inside));
    assert_eq!(running.says(), "ready");
    let children = format!("/proc/{0}/task/{0}/children", running.pid());
    let first = std::fs::read_to_string(children).unwrap();
    let first = rustix::process::Pid::from_raw(first.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(first, Signal::TERM).unwrap();
    assert_eq!(running.ends().code(), Some(4));
}
