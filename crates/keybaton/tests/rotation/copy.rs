//! `keybaton copy`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;
use keybaton_core::Change;

use crate::ground::Project;

#[test]
fn a_ring_is_copied_whole_and_brought_up_to_date_later() {
    let project = Project::begun();
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:there", "--dry-run"]), @"
    0
    would write SECRET_KEY, SECRET_KEY_FALLBACKS and SECRET_KEY_RING to dir:there: ring RING1, revision 1, settled, 1 key
    makes    what is missing: a folder (0700) with three files (0600)
    ");
    assert!(!project.path("there").exists());
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:there"]), @"
    0
    copied   SECRET_KEY to dir:there: ring RING1, revision 1, settled, 1 key
    ");
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:there"]), @"
    0
    nothing  dir:there has it already: ring RING1, revision 1, settled, 1 key
    ");
    project.says(&["stage"]);
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:there", "--dry-run"]), @"
    0
    would update SECRET_KEY, SECRET_KEY_FALLBACKS and SECRET_KEY_RING in dir:there from revision 1: ring RING1, revision 2, staged, 2 keys
    ");
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:there"]), @"
    0
    updated  SECRET_KEY in dir:there from revision 1: ring RING1, revision 2, staged, 2 keys
    next     restart what reads it there
    ");
    assert_eq!(project.says(&["diff", "dotenv:.env", "dir:there"]).lines().next(), Some("0"));
}

#[test]
fn a_later_copy_is_never_written_over_by_an_older_one() {
    let project = Project::begun();
    project.says(&["copy", "dotenv:.env", "dir:there"]);
    project.says(&["stage"]);
    let before = project.read(".env");
    assert_snapshot!(project.says(&["copy", "dir:there", "dotenv:.env"]), @"
    6
    error: dotenv:.env holds revision 2 of this ring, and dir:there only revision 1
    hint: `keybaton copy dotenv:.env dir:there` takes the later one over
    ");
    assert_eq!(project.read(".env"), before);
}

#[test]
fn two_writes_that_know_nothing_of_each_other_are_told() {
    let project = Project::begun();
    project.says(&["copy", "dotenv:.env", "dir:there"]);
    project.says(&["stage"]);
    project.says(&["stage", "--store", "dir:there"]);
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:there"]), @"
    6
    error: dotenv:.env and dir:there hold two different writes, each revision 2
    hint: `keybaton diff dotenv:.env dir:there` shows both; empty the one that is wrong, then copy
    ");
    assert_snapshot!(project.says(&["diff", "dotenv:.env", "dir:there"]), @"
    1
    A  dotenv:.env: ring RING1, revision 2, staged
    B  dir:there: ring RING1, revision 2, staged
    different: the same ring, and two writes of it that know nothing of each other

      A only  K1 next
      both    K2 signing
      B only  K3 next
    ");
}

#[test]
fn another_ring_and_unknown_keys_are_never_written_over() {
    let project = Project::begun();
    project.says_to(&["copy", "-", "dir:other"], "made-up-key-of-another-ring\n");
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:other"]), @"
    6
    error: dir:other: it holds another ring, RING1
    hint: name another place; if nothing needs that ring any more, empty the place first
    ");
    fs::write(project.path("key.txt"), "made-up-key-of-nobody\n").unwrap();
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "file:key.txt"]), @"
    6
    error: file:key.txt: it holds keys that do not belong to this ring
    hint: `keybaton diff dotenv:.env file:key.txt` shows them; take them out there, or name another place
    ");
    assert_eq!(project.read("key.txt"), "made-up-key-of-nobody\n");
}

#[test]
fn a_ring_that_was_named_is_named_in_what_to_do_next() {
    let project = Project::begun();
    let with = |words: &[&'static str]| [words, &["--ring", "JWT_KEY"]].concat();
    project.says_to(&with(&["copy", "-", "dir:a"]), "made-up-key");
    project.says(&with(&["copy", "dir:a", "dir:b"]));
    project.says(&with(&["stage", "--store", "dir:a"]));
    let told = project.says(&with(&["diff", "dir:a", "dir:b"]));
    assert!(told.contains("next    keybaton copy dir:a dir:b --ring JWT_KEY, which"), "{told}");
    let told = project.says(&with(&["copy", "dir:b", "dir:a"]));
    assert!(told.contains("`keybaton copy dir:a dir:b --ring JWT_KEY` takes the later"), "{told}");
}

#[test]
fn a_key_that_stands_there_already_is_taken_over() {
    let project = Project::begun();
    let env = project.read(".env");
    let key = env.lines().find_map(|line| line.strip_prefix("SECRET_KEY=")).unwrap();
    fs::write(project.path("key.txt"), format!("{key}\n")).unwrap();
    fs::set_permissions(project.path("key.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "file:key.txt"]), @"
    0
    taken in the key of file:key.txt: ring RING1, revision 1, settled, 1 key
    ");
    assert_eq!(project.read("key.txt"), format!("{key}\n"));
    assert!(project.says(&["diff", "dotenv:.env", "file:key.txt"]).starts_with("0\n"));
}

#[test]
fn a_bare_key_becomes_a_ring_once() {
    let project = Project::new();
    let copy = ["copy", "-", "dir:there"];
    assert_snapshot!(project.says_to(&["copy", "-", "dir:there", "--dry-run"], "made-up-key\n"), @"
    0
    would write SECRET_KEY, SECRET_KEY_FALLBACKS and SECRET_KEY_RING to dir:there: a new ring with this key
    makes    what is missing: a folder (0700) with three files (0600)
    ");
    assert_snapshot!(project.says_to(&copy, "made-up-key\n"), @"
    0
    begun    SECRET_KEY in dir:there: ring RING1, revision 1, settled, 1 key
    ");
    assert_eq!(project.read("there/SECRET_KEY"), "made-up-key");
    assert_snapshot!(project.says_to(&copy, "made-up-key\n"), @"
    0
    nothing  dir:there has it already: ring RING1, revision 1, settled, 1 key
    ");
    assert_snapshot!(project.says_to(&copy, "another-made-up-key\n"), @"
    6
    error: dir:there: it holds another ring, RING1
    hint: name another place; if nothing needs that ring any more, empty the place first
    ");
}

#[test]
fn more_keys_than_a_ring_holds_are_refused() {
    let project = Project::new();
    let fallbacks: Vec<String> = (0..64).map(|number| format!("made-up-fallback-{number}")).collect();
    let keys = format!("SECRET_KEY=made-up-key\nSECRET_KEY_FALLBACKS={}\n", fallbacks.join(","));
    assert_snapshot!(project.says_to(&["copy", "-", "dir:there"], &keys), @"
    6
    error: standard input: there are 65 keys, and a ring has at most 24
    hint: take the oldest fallbacks out by hand, then run it again
    ");
    assert!(!project.path("there").exists());
}

#[test]
fn a_ring_comes_through_standard_input() {
    let project = Project::begun();
    let env = project.read(".env");
    assert_snapshot!(project.says_to(&["copy", "-", "dir:there", "--json"], &env), @r#"
    0
    {"ring":"SECRET_KEY","from":"-","to":"dir:there","did":"fill","id":"RING1","revision":1,"phase":"settled","keys":["K1"]}
    "#);
    assert!(project.says_to(&["diff", "-", "dir:there"], &env).starts_with("0\n"));
    let ring = project.program(&["load"]).output().unwrap().stdout;
    let ring: serde_json::Value = serde_json::from_slice(&ring).unwrap();
    assert!(project.says_to(&["diff", "dir:there", "-"], &ring["texts"].to_string()).starts_with("0\n"));
}

#[test]
fn only_a_ring_in_order_is_copied() {
    let project = Project::begun();
    assert_snapshot!(project.says(&["copy", "dir:nowhere", "dir:there"]), @"
    4
    error: dir:nowhere: there is no key SECRET_KEY
    hint: name the store that has it; --ring names another variable
    ");
    let env = project.read(".env");
    fs::write(project.path(".env"), env.replace("SECRET_KEY=", "SECRET_KEY=by-hand-")).unwrap();
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dir:there"]), @"
    5
    error: dotenv:.env: a key was put in by hand
    hint: `keybaton init --adopt` takes in what stands in a project's store
    ");
    assert!(!project.path("there").exists());
}

#[test]
fn a_write_that_was_cut_short_is_finished_before_it_is_copied() {
    let project = Project::begun();
    project.says(&["copy", "dotenv:.env", "dir:over there"]);
    project.cut_short("over there", Change::Stage);
    assert_snapshot!(project.says(&["copy", "dir:over there", "dir:elsewhere"]), @"
    6
    error: dir:over there: a write was cut short or is under way
    hint: `keybaton rotate --continue --store 'dir:over there'` finishes it
    ");
    assert_snapshot!(project.says(&["diff", "dotenv:.env", "dir:over there"]), @"
    1
    A  dotenv:.env: ring RING1, revision 1, settled
    B  dir:over there: ring RING1, revision 2, a write was cut short or is under way
    different: the same ring, and A is behind

      both    K1 signing
    ");
    assert!(
        project.says(&["rotate", "--continue", "--store", "dir:over there"]).contains("finished a write")
    );
    assert!(project.says(&["copy", "dir:over there", "dir:elsewhere"]).starts_with("0\n"));
}

#[test]
fn what_cannot_be_meant_is_a_usage_error_that_shows_no_key() {
    let project = Project::begun();
    for words in
        [&["copy", "dotenv:.env", "-"][..], &["copy", "made-up-key", "dir:there"], &["diff", "-", "-"]]
    {
        let said = project.says_to(words, "made-up-key");
        assert!(said.starts_with("2\n") && !said.contains("made-up-key"), "{said}");
    }
    assert_snapshot!(project.says_to(&["copy", "-", "dir:there"], "\n"), @"
    2
    error: standard input is empty
    hint: pipe a key in, or a ring as three lines NAME=…
    ");
}

#[test]
fn no_key_is_copied_into_a_file_that_git_tracks() {
    let project = Project::begun();
    project.git(&["init", "--quiet"]);
    fs::write(project.path("tracked.env"), "A=1\n").unwrap();
    project.git(&["add", "--force", "tracked.env"]);
    assert_snapshot!(project.says(&["copy", "dotenv:.env", "dotenv:tracked.env"]), @r#"
    6
    error: git tracks tracked.env, so a key written into it would get into the repository
    hint: git rm --cached tracked.env && git commit -m 'Stop tracking tracked.env', then run it again
    "#);
    assert_eq!(project.read("tracked.env"), "A=1\n");
}
