//! What a write that was killed leaves: it holds keys.

use std::process::Command;

use insta::assert_snapshot;

use crate::ground::Ground;

/// Kills a command before its new file takes the place of the old one.
fn killed(ground: &Ground, words: &[&str]) {
    let strace = ["strace", "-qq", "-f", "-o", "trace", "-e", "trace=renameat,renameat2,rename"];
    let strace = [&strace[..], &["-e", "inject=renameat,renameat2,rename:signal=KILL:when=1"]].concat();
    let mut command: Command = ground.behind(&strace, words);
    assert!(!command.output().unwrap().status.success());
    assert_eq!(ground.leftovers().len(), 1);
}

#[test]
fn a_look_names_it() {
    let ground = Ground::new();
    killed(&ground, &["stage"]);
    let left = ground.leftovers().remove(0);
    let says = |words: &[&str]| ground.says(words).replace(&left, "LEFT");
    assert_snapshot!(says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    settled: one key, and no rotation under way

      signing   ID  since TIME
      leftover  LEFT: a crash left it, and it may hold keys (mend: rm LEFT)

    next   keybaton rotate, when you want another key
    ");
    assert_snapshot!(says(&["check"]), @"
    1
    LEFT: warning: a crash left it, and it may hold keys [left-by-crash]
        mend: rm LEFT
    1 finding: 3 files and 1 ring looked at
    ");
    assert!(says(&["status", "--json"]).contains("\"leftovers\":[{\"file\":\"LEFT\","));
    assert_eq!(ground.leftovers(), [left]);
}

#[test]
fn the_next_writer_removes_it_at_once() {
    let ground = Ground::new();
    killed(&ground, &["stage"]);
    assert!(ground.says(&["stage"]).starts_with("0\n"));
    assert!(ground.leftovers().is_empty());
    killed(&ground, &["revoke", "--all", "--accept-logouts"]);
    assert!(ground.says(&["revoke", "--all", "--accept-logouts"]).starts_with("0\n"));
    assert!(ground.leftovers().is_empty());
}

#[test]
fn what_may_be_of_a_writer_on_another_system_stays_a_minute_and_revoke_names_it() {
    let ground = Ground::new();
    ground.write(ELSEWHERE, b"SECRET_KEY=made-up\n");
    assert_snapshot!(ground.says(&["revoke", "--all", "--accept-logouts"]), @"
    0
    revoked  every key: ID is new and signs
    next     restart every process now: until then the old key is accepted
    SECRET_KEY in dotenv:.env (dev): every key is cut off. Every user is logged out, and every signed cookie, link and reset token is refused, as soon as the processes are restarted
    warning: .keybaton-0123456789abcdef.tmp: a crash left it, and it may hold keys (mend: rm .keybaton-0123456789abcdef.tmp)
    ");
    assert_eq!(ground.leftovers(), [ELSEWHERE]);
}

#[test]
fn a_key_that_is_cut_off_already_is_no_reason_to_leave_it() {
    let ground = Ground::new();
    assert!(ground.says(&["stage"]).starts_with("0\n"));
    let id = ground.signing_id();
    assert!(ground.says(&["revoke", &id, "--accept-logouts"]).starts_with("0\n"));
    killed(&ground, &["stage"]);
    assert!(ground.says(&["revoke", &id, "--accept-logouts"]).starts_with("0\n"));
    assert!(ground.leftovers().is_empty());
}

const ELSEWHERE: &str = ".keybaton-0123456789abcdef.tmp";
