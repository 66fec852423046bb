//! A store that is away, and one that is empty.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::ground::{Ground, KEY, eventually};

#[test]
fn without_a_ring_nothing_is_started() {
    let ground = Ground::new();
    ground.write(".env", "GREETING=hello\n");
    let mut running = ground.watch(&["touch", "started"]);
    assert_eq!(running.ends().code(), Some(125));
    assert_eq!(running.warns(), "error: there is no key SECRET_KEY in dotenv:.env");
    assert_eq!(running.warns(), "hint: `keybaton init` makes one");
    assert!(!ground.path("started").exists() && ground.folders().is_empty());
}

#[test]
fn the_ring_that_was_read_last_stays_and_one_line_says_so_and_one_when_the_store_is_back() {
    let ground = Ground::new();
    let running = ground.watch_sleeper();
    eventually(|| !ground.folders().is_empty());
    fs::rename(ground.path(".env"), ground.path("away")).unwrap();
    assert_eq!(
        running.warns(),
        "warning: there is no key SECRET_KEY in dotenv:.env; the program keeps SECRET_KEY as it was read last"
    );
    sleep(Duration::from_secs(3));
    assert_eq!(fs::read_to_string(ground.folders()[0].join("SECRET_KEY")).unwrap(), KEY);
    assert!(running.rest().is_empty());

    fs::rename(ground.path("away"), ground.path(".env")).unwrap();
    assert_eq!(running.warns(), "SECRET_KEY in dotenv:.env (dev) can be read again");
    sleep(Duration::from_secs(2));
    assert!(running.rest().is_empty());
}
