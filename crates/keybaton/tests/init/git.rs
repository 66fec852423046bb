//! What git may see.

use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::ground::{Ground, MADE_UP, STARTPROJECT, manage};

#[test]
fn the_env_file_is_for_its_owner_and_git_leaves_it_out() {
    let ground = Ground::startproject();
    ground.write(".gitignore", b"*.pyc");
    ground.says(&["init", "--write"]);
    assert_eq!(ground.read(".gitignore"), "*.pyc\n/.env\n.keybaton-*.tmp\n");
    let mode = ground.path(".env").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    ground.git(&["check-ignore", "--quiet", ".env"]);
}

#[test]
fn rules_of_git_that_leave_it_out_already_are_enough() {
    let ground = Ground::startproject();
    ground.write(".git/info/exclude", b".*.env\n.env\n.keybaton*\n");
    assert!(ground.says(&["init", "--write"]).contains("as it is  git leaves the file of keys out"));
    assert!(!ground.exists(".gitignore"));
}

#[test]
fn without_a_repository_it_is_guarded_for_the_day_there_is_one() {
    let ground =
        Ground::without_git(&[("manage.py", &manage("shop.settings")), ("shop/settings.py", STARTPROJECT)]);
    ground.says(&["init", "--write"]);
    assert_eq!(ground.read(".gitignore"), "/.env\n.keybaton-*.tmp\n");
}

#[test]
fn a_tracked_env_file_is_named_as_leaked_with_what_mends_it() {
    let ground = Ground::with_settings("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n");
    ground.write(".env", b"SECRET_KEY=made-up\n");
    ground.git(&["add", ".env"]);
    ground.git(&["commit", "--quiet", "--message", "Begin"]);
    assert_snapshot!(ground.says(&["init", "--write"]).lines().skip(14).collect::<Vec<_>>().join("\n"), @r#"
    done      let the settings read the ring: shop/settings.py
    leaked    git tracks .env: whoever has the repository has its keys
              git rm --cached .env && git commit -m 'Stop tracking .env'
              then `keybaton rotate --new`; where strangers may have seen it, `keybaton revoke --all`,
              which logs everybody out at once
    next      restart the server. The settings import keybaton, so name it in your requirements
              The settings read SECRET_KEY from the environment: where servers set it, that key stays
    "#);
    assert!(ground.says(&["status"]).contains("stood in source control"));
    ground.git(&["rm", "--quiet", "--cached", ".env"]);
    assert!(!ground.says(&["init"]).contains("leaked"));
}

#[test]
fn no_key_is_written_into_a_file_that_git_tracks() {
    let ground = Ground::startproject();
    ground.write(".env", b"DEBUG=1\n");
    ground.git(&["add", ".env"]);
    let before = ground.everything();
    assert_snapshot!(ground.says(&["init", "--write"]).lines().rev().take(2).collect::<Vec<_>>().join("\n"), @r#"
    hint: git rm --cached .env && git commit -m 'Stop tracking .env', then run `keybaton init` again
    error: git tracks .env, so a key written into it would get into the repository
    "#);
    assert_eq!(ground.everything(), before);
}

#[test]
fn a_ring_edited_by_hand_in_a_tracked_file_is_not_taken_in() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write"]);
    ground.git(&["add", "--force", ".env"]);
    let ring = ground.read(".env");
    let by_hand = ring.replace("SECRET_KEY=", "SECRET_KEY=by-hand-");
    let cut = ring.lines().filter(|line| line.starts_with("SECRET_KEY_RING="));
    for edited in [by_hand, cut.map(|line| format!("{line}\n")).collect()] {
        ground.write(".env", edited.as_bytes());
        let before = ground.everything();
        let said = ground.says(&["init", "--write", "--no-input"]);
        assert!(said.starts_with("5\n") && said.contains("keybaton init --adopt"), "{said}");
        assert_eq!(ground.everything(), before);
    }
    let before = ground.everything();
    assert_snapshot!(ground.says(&["init", "--write", "--adopt"]), @r#"
    6
    error: git tracks .env, so a key written into it would get into the repository
    hint: git rm --cached .env && git commit -m 'Stop tracking .env', then run `keybaton init --adopt` again
    "#);
    assert_eq!(ground.everything(), before);
}

#[test]
fn no_successor_is_staged_into_a_tracked_file() {
    let ground = Ground::startproject();
    ground.write(".env", format!("SECRET_KEY={MADE_UP}\n").as_bytes());
    ground.git(&["add", ".env"]);
    assert!(ground.says(&["init", "--write"]).starts_with("0\n"));
    assert_eq!(ground.variable("SECRET_KEY_FALLBACKS"), MADE_UP);
    assert!(ground.says(&["status"]).contains("stood in source control"));
}

#[test]
fn a_key_of_a_tracked_file_is_no_clean_successor() {
    let ground = Ground::startproject();
    ground.write(".env", b"SECRET_KEY=made-up\n");
    ground.git(&["add", ".env"]);
    let before = ground.everything();
    let said = ground.says(&["init", "--write"]);
    assert!(said.starts_with("6\n"), "{said}");
    assert_snapshot!(said.lines().rev().take(2).collect::<Vec<_>>().join("\n"), @r#"
    hint: whoever has the repository has both: git rm --cached .env && git commit -m 'Stop tracking .env', take SECRET_KEY out of .env, and run `keybaton init` again
    error: git tracks .env, so its SECRET_KEY cannot follow the key in the settings
    "#);
    assert_eq!(ground.everything(), before);
}

#[test]
fn a_fallback_of_a_tracked_file_that_comes_next_has_to_be_replaced_too() {
    let ground = Ground::with_settings("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n");
    ground.write(".env", b"SECRET_KEY=made-up-1\nSECRET_KEY_FALLBACKS=made-up-2\n");
    ground.git(&["add", ".env"]);
    ground.says(&["init", "--write", "--fallback", "next"]);
    let status = ground.says(&["status"]);
    assert_eq!(status.matches("stood in source control: rotate it").count(), 2, "{status}");
}

#[test]
fn a_name_with_spaces_is_quoted_in_what_mends_it() {
    let mend = r"git rm --cached 'it'\''s conf/.env' && git commit -m 'Stop tracking it'\''s conf/.env'";
    for (content, code) in [("SECRET_KEY=made-up\n", "0\n"), ("DEBUG=1\n", "6\n")] {
        let ground = Ground::with_settings("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n");
        ground.write("it's conf/.env", content.as_bytes());
        ground.git(&["add", "it's conf/.env"]);
        let said = ground.says(&["init", "--write", "--store", "dotenv:it's conf/.env"]);
        assert!(said.starts_with(code) && said.contains(mend), "{said}");
    }
}

#[test]
fn where_git_cannot_be_asked_its_file_is_read() {
    let ground = Ground::startproject();
    let without_git = |words| ground.told(&ground.command(words).env("PATH", "/nowhere").output().unwrap());
    assert_snapshot!(without_git(&["init", "--write"]).lines().last().unwrap(), @r"warning: cannot ask git what it leaves out, so .gitignore alone was read: the program git is not installed");
    assert_eq!(ground.read(".gitignore"), "/.env\n.keybaton-*.tmp\n");
    without_git(&["init", "--write"]);
    assert_eq!(ground.read(".gitignore"), "/.env\n.keybaton-*.tmp\n");
}

#[test]
fn a_rule_that_takes_the_file_in_again_is_answered() {
    let ground = Ground::startproject();
    ground.write(".gitignore", b".env*\n!.env\n");
    assert!(ground.says(&["init", "--write"]).contains("leave /.env and .keybaton-*.tmp out of git"));
    assert_eq!(ground.read(".gitignore"), ".env*\n!.env\n/.env\n.keybaton-*.tmp\n");
    ground.git(&["check-ignore", "--quiet", ".env"]);
    assert!(!ground.says(&["check"]).contains("env-not-ignored"));
    assert!(ground.says(&["init"]).contains("as it is  git leaves the file of keys out"));
}

#[test]
fn a_file_whose_name_reads_like_a_pattern_is_left_out() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write", "--store", "dotenv:a[b]*.env"]);
    ground.git(&["check-ignore", "--quiet", "a[b]*.env"]);
}

#[test]
fn where_git_takes_the_file_in_all_the_same_no_key_is_written() {
    let ground = Ground::startproject();
    let said = ground.says(&["init", "--write", "--store", "dotenv:a\nb.env"]);
    let from = said.find("error").unwrap();
    assert_snapshot!(&said[from..], @"
    error: git takes a
    b.env in, whatever .gitignore says
    hint: no key was written: keep it under a plainer name, or outside of the repository
    ");
    assert!(!ground.exists("a\nb.env"));
}

#[test]
fn outside_of_the_project_no_file_is_made_for_git() {
    let (ground, elsewhere) = (Ground::startproject(), tempfile::tempdir().unwrap());
    let store = format!("dir:{}/keys", elsewhere.path().display());
    let said = ground.says(&["init", "--write", "--store", &store]);
    assert!(said.contains("as it is  the keys are in no file that git could track"), "{said}");
    assert!(elsewhere.path().join("keys/SECRET_KEY").exists());
    assert!(!elsewhere.path().join(".gitignore").exists() && !ground.exists(".gitignore"));
}

#[test]
fn what_has_to_be_done_later_is_named_for_the_environment_that_was_meant() {
    let ground = Ground::startproject();
    let said = ground.says(&["init", "--write", "-e", "production", "--store", "dir:keys"]);
    assert!(
        said.contains("restarted, `keybaton rotate -e production`\n"),
        "the file names the store: {said}"
    );
    let again = ground.says(&["init", "--write", "-e", "production", "--store", "dir:keys"]);
    assert!(again.contains("restarted, `keybaton rotate -e production --store dir:keys`\n"), "{again}");

    let tracked = Ground::startproject();
    tracked.write(".env", b"DEBUG=1\n");
    tracked.git(&["add", ".env"]);
    let said = tracked.says(&["init", "--write", "-e", "staging", "--store", "dotenv:.env"]);
    assert!(said.contains("then run `keybaton init -e staging --store dotenv:.env` again"), "{said}");
}
