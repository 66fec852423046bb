//! Values that a shell would run, and lines that stand there twice.

use insta::assert_snapshot;

use crate::ground::Ground;

#[test]
fn what_a_shell_would_run_is_text() {
    for key in ["made$(touch ran)up", "made`touch ran`up", "made$HOME'\"up"] {
        let ground = Ground::bare();
        let quoted = key.replace('\'', "\\'");
        ground.write(".env", format!("SECRET_KEY='{quoted}'\n").as_bytes());
        assert!(ground.says(&["init"]).starts_with("0\n"), "{key}");
        assert!(ground.says(&["rotate", "--new"]).starts_with("0\n"), "{key}");
        let said = ground.says(&["run", "--", "printenv", "SECRET_KEY"]);
        assert_eq!(said, format!("0\n{key}"));
        assert!(!ground.path("ran").exists());
    }
}

#[test]
fn a_nul() {
    let ground = Ground::new();
    ground.edit(|text| text.replace("SECRET_KEY=", "SECRET_KEY=made\0up"));
    let before = ground.env();
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    4
    error: SECRET_KEY in .env holds a NUL, which no key can hold
    hint: restore the copy you know to be good
    $ keybaton run -- true
    125
    error: SECRET_KEY holds a NUL, which no environment can
    hint: restore the copy you know to be good
    $ keybaton status
    4
    error: SECRET_KEY in .env holds a NUL, which no key can hold
    hint: restore the copy you know to be good
    ");
    assert_eq!(ground.env(), before);
}

#[test]
fn a_variable_that_stands_there_twice_becomes_one_line() {
    let ground = Ground::new();
    ground.edit(|text| format!("SECRET_KEY=made-up-and-overridden\n{text}DEBUG=0\n"));
    assert_snapshot!(ground.says(&["stage"]), @r"
    0
    staged   ID: it is accepted, and ID still signs
    next     restart every process, so that each accepts the new key; then run `keybaton rotate` to promote it
    warning: .env: SECRET_KEY stood on lines 1 and 3; only the last line, which counted, was kept
    ");
    let env = ground.env();
    assert!(!env.contains("overridden") && env.contains("DEBUG=1\n") && env.contains("DEBUG=0\n"));
    assert_eq!(env.matches("SECRET_KEY=").count(), 1);
}

#[test]
fn another_line_that_uses_the_key_is_warned_about() {
    let ground = Ground::new();
    ground.edit(|text| format!("{text}CELERY_URL=redis://:${{SECRET_KEY}}@cache\n"));
    assert!(!ground.says(&["stage"]).contains("warning"));
    assert_snapshot!(ground.says(&["promote"]), @r"
    0
    promoted ID: it signs, the old key is accepted only
    next     restart every process, so that each signs with ID; then run `keybaton rotate` from TIME (in 14d) to retire ID
    warning: .env: line 5 uses ${SECRET_KEY} and changes with it
    ");
}
