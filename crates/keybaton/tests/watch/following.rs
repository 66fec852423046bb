//! What the store holds, the program gets, without a restart.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::ground::{Ground, KEY};

/// Prints the signing key and the accepted ones, and again when they are others.
const LOADING: &str = "
import time, keybaton
last = None
while True:
    key, accepted = keybaton.load()
    if (key, accepted) != last:
        print(key, *accepted)
        last = key, accepted
    time.sleep(0.01)
";

fn keys(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_rotation_reaches_a_program_that_runs() {
    let ground = Ground::new();
    let running = ground.watch_python(LOADING);
    assert_eq!(keys(&running.says()), [KEY, KEY]);

    assert!(ground.keybaton(&["stage"]).status.success());
    let staged = keys(&running.says());
    let [_, next, _] = &staged[..] else { panic!("{} keys", staged.len()) };
    assert_eq!(staged, [KEY, next, KEY]);

    assert!(ground.keybaton(&["promote"]).status.success());
    assert_eq!(keys(&running.says()), [next, next, KEY]);
    assert!(ground.keybaton(&["retire", "--force", "--reason", "a test"]).status.success());
    assert_eq!(keys(&running.says()), [next.as_str(), next]);

    let name = "SECRET_KEY in dotenv:.env (dev) has changed: the program gets revision";
    assert_eq!([(); 3].map(|()| running.warns()), [2, 3, 4].map(|at| format!("{name} {at}")));
    assert!(running.rest().is_empty());
}

#[test]
fn a_key_that_somebody_is_writing_is_not_taken_before_it_stands() {
    let ground = Ground::bare();
    let running = ground.watch_python(LOADING);
    assert_eq!(keys(&running.says()), [KEY]);
    for length in 1..30 {
        ground.write(".env", &format!("SECRET_KEY={}", &"a-key-that-is-being-typed-by-hand"[..length]));
        sleep(Duration::from_millis(100));
    }
    ground.write(".env", "SECRET_KEY=another-made-up-key-that-is-long-enough-0002\n");
    assert_eq!(keys(&running.says()), ["another-made-up-key-that-is-long-enough-0002"]);
    assert_eq!(running.warns(), "SECRET_KEY in dotenv:.env (dev) has changed");
}

#[test]
fn a_store_that_was_restored_is_followed_and_told() {
    let ground = Ground::new();
    let before = ground.text(".env");
    assert!(ground.keybaton(&["stage"]).status.success());
    let running = ground.watch_python(LOADING);
    assert_eq!(keys(&running.says()).len(), 3);
    ground.write(".env", &before);
    assert_eq!(keys(&running.says()), [KEY, KEY]);
    assert_eq!(
        running.warns(),
        "warning: SECRET_KEY in dotenv:.env (dev) went back from revision 2 to 1, as in a store that was restored; the \
         program gets that"
    );

    let other = Ground::new();
    ground.write(".env", &other.text(".env"));
    assert_eq!(
        running.warns(),
        "warning: SECRET_KEY in dotenv:.env (dev) is another ring now, which the program gets"
    );
}

#[test]
fn the_other_rings_of_the_environment_stand_beside_it() {
    let ground = Ground::new();
    let more = "[environments.dev.rings.JWT_KEY]\nstore = \"dir:jwt\"\n";
    ground.write("keybaton.toml", &(ground.text("keybaton.toml") + more));
    let running = ground.watch_python(
        "
import os, time, keybaton
print(len(keybaton.load()[0]))
while not os.path.exists(os.path.join(os.environ['KEYBATON_DIR'], 'JWT_KEY')): time.sleep(0.01)
print(keybaton.load('JWT_KEY')[0])
time.sleep(60)
",
    );
    assert_eq!(running.warns(), "warning: there is no key JWT_KEY in dir:jwt");
    assert_eq!(running.says(), KEY.len().to_string());
    fs::create_dir(ground.path("jwt")).unwrap();
    ground.write("jwt/JWT_KEY", "another-made-up-key-that-is-long-enough-0003\n");
    assert_eq!(running.says(), "another-made-up-key-that-is-long-enough-0003");
    assert_eq!(running.warns(), "JWT_KEY in dir:jwt (dev) can be read again");
    assert_eq!(running.warns(), "JWT_KEY in dir:jwt (dev) has changed");
}
