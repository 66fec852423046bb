//! A file that stepped aside for one that never came, as the power can go away in the midst of Windows' ReplaceFile.

use std::fs;

use insta::assert_snapshot;

use crate::ground::Ground;

/// A project whose ring is in `.env`, which then stepped aside.
fn crashed() -> (Ground, String) {
    let ground = Ground::with_settings("import os\n\nSECRET_KEY = os.environ[\"SECRET_KEY\"]\n");
    assert!(ground.says(&["init", "--write", "--no-input"]).starts_with("0\n"));
    let before = ground.read(".env");
    fs::rename(ground.path(".env"), ground.path(ASIDE)).unwrap();
    ground.write(NEW, b"SECRET_KEY=new\n");
    (ground, before)
}

#[test]
fn the_file_aside_is_named_by_whoever_misses_it() {
    let (ground, before) = crashed();
    assert_snapshot!(ground.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    aside: a crash left what the store holds under another name
      leftover  .keybaton-0123456789abcdef-.env.tmp: a crash left .env under this name (mend: mv .keybaton-0123456789abcdef-.env.tmp .env)
    next   keybaton init puts it back
    ");
    assert_snapshot!(ground.says(&["stage"]), @"
    4
    error: SECRET_KEY in dotenv:.env (dev): there is no key yet
    hint: a crash left .env as .keybaton-0123456789abcdef-.env.tmp: `keybaton init` puts it back
    ");
    assert_snapshot!(ground.says(&["run", "--", "true"]), @"
    125
    error: there is no key SECRET_KEY in dotenv:.env
    hint: a crash left .env as .keybaton-0123456789abcdef-.env.tmp: `keybaton init` puts it back
    ");
    assert_snapshot!(ground.says(&["check"]), @"
    1
    .keybaton-0123456789abcdef-.env.tmp: warning: a crash left .env under this name [left-by-crash]
        mend: mv .keybaton-0123456789abcdef-.env.tmp .env
    1 finding: 2 files and 1 ring looked at
    ");
    assert_eq!(ground.read(ASIDE), before, "who looks changes nothing");
}

#[test]
fn init_puts_it_back_and_goes_on() {
    let (ground, before) = crashed();
    assert_snapshot!(ground.says(&["init", "--dry-run"]), @"
    0
    would     put back .env, which a crash had left as .keybaton-0123456789abcdef-.env.tmp
    ");
    assert!(ground.exists(ASIDE) && !ground.exists(".env"));
    assert_snapshot!(ground.says(&["init", "--write", "--no-input"]), @"
    0
    done      put back .env, which a crash had left as .keybaton-0123456789abcdef-.env.tmp
    as it is  git leaves the file of keys out
    as it is  SECRET_KEY in dotenv:.env (dev) is a ring already
    as it is  the configuration says where the ring lives
    as it is  the settings read the ring
    next      restart the server. The settings import keybaton, so name it in your requirements
    ");
    assert_eq!((ground.read(".env"), ground.exists(ASIDE)), (before, false));
}

#[test]
fn a_gitignore_beside_it_comes_back_too() {
    let (ground, before) = crashed();
    let ignored = ground.read(".gitignore");
    fs::rename(ground.path(".gitignore"), ground.path(&ASIDE.replace("env", "gitignore"))).unwrap();
    assert!(ground.says(&["init", "--write", "--no-input"]).starts_with("0\n"));
    assert_eq!((ground.read(".env"), ground.read(".gitignore")), (before, ignored));
}

#[test]
fn where_nothing_says_that_it_shall_come_back_a_key_is_made_and_the_file_is_named() {
    let (ground, before) = crashed();
    fs::remove_file(ground.path(NEW)).unwrap();
    assert_snapshot!(ground.says(&["status"]), @"
    0
    SECRET_KEY in dotenv:.env (dev)
    absent: there is no key yet
      leftover  .keybaton-0123456789abcdef-.env.tmp: it was .env, and may be the only copy (mend: mv .keybaton-0123456789abcdef-.env.tmp .env where it is missed, else rm .keybaton-0123456789abcdef-.env.tmp)
    next   keybaton init makes one, keybaton copy brings one from another store
    ");
    assert_eq!(ground.read(ASIDE), before);
}

const NEW: &str = ".keybaton-0123456789abcdef.tmp";
const ASIDE: &str = ".keybaton-0123456789abcdef-.env.tmp";
