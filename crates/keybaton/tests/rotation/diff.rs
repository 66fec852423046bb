//! `keybaton diff`.

use std::fs;

use insta::assert_snapshot;

use crate::ground::Project;

#[test]
fn the_same_ring_at_two_revisions() {
    let project = Project::begun();
    project.says(&["copy", "dotenv:.env", "dir:there"]);
    assert_snapshot!(project.says(&["diff", "dotenv:.env", "dir:there"]), @"
    0
    A  dotenv:.env: ring RING1, revision 1, settled
    B  dir:there: ring RING1, revision 1, settled
    equal: the same write of the same ring

      both    K1 signing
    ");
    project.says(&["stage"]);
    project.says(&["promote"]);
    assert_snapshot!(project.says(&["diff", "dotenv:.env", "dir:there"]), @"
    1
    A  dotenv:.env: ring RING1, revision 3, promoted
    B  dir:there: ring RING1, revision 1, settled
    different: the same ring, and B is behind

      A only  K1 signing
      both    K2 retiring in A, signing in B

    next    keybaton copy dotenv:.env dir:there, which brings B up
    ");
    assert_snapshot!(project.says(&["diff", "dir:there", "dotenv:.env", "--json"]), @r#"
    1
    {"ring":"SECRET_KEY","equal":false,"same_ring":true,"a":{"store":"dir:there","state":"whole","id":"RING1","revision":1,"phase":"settled"},"b":{"store":"dotenv:.env","state":"whole","id":"RING1","revision":3,"phase":"promoted"},"keys":[{"a":{"id":"K1","role":"signing"},"b":{"id":"K1","role":"retiring"}},{"a":null,"b":{"id":"K2","role":"signing"}}]}
    "#);
}

#[test]
fn two_rings_that_share_a_key_and_two_that_share_none() {
    let project = Project::new();
    project.says_to(&["copy", "-", "dir:a"], "made-up-key");
    project.says_to(&["copy", "-", "dir:b"], "made-up-key");
    project.says_to(&["copy", "-", "dir:c"], "another-made-up-key");
    assert_snapshot!(project.says(&["diff", "dir:a", "dir:b"]), @"
    1
    A  dir:a: ring RING1, revision 1, settled
    B  dir:b: ring RING2, revision 1, settled
    different: two rings, which share a key

      both    K1 signing in A, K2 signing in B
    ");
    assert_snapshot!(project.says(&["diff", "dir:a", "dir:c"]), @"
    1
    A  dir:a: ring RING1, revision 1, settled
    B  dir:c: ring RING2, revision 1, settled
    different: two rings, which share no key

      A only  K1 signing
      B only  K2 signing
    ");
}

#[test]
fn keys_without_a_record_and_nothing_at_all() {
    let project = Project::begun();
    let both = ["diff", "dotenv:.env", "-"];
    assert_snapshot!(project.says_to(&both, "made-up-key"), @"
    1
    A  dotenv:.env: ring RING1, revision 1, settled
    B  standard input: a key without a record
    different: no common ring; they share no key

      A only  K1 signing
      B only  a key that no record knows
    ");
    assert_snapshot!(project.says(&["diff", "dotenv:.env", "dir:nowhere"]), @"
    1
    A  dotenv:.env: ring RING1, revision 1, settled
    B  dir:nowhere: nothing
    different: no common ring; they share no key

      A only  K1 signing
    ");
    assert_snapshot!(project.says(&["diff", "dir:nowhere", "dir:nowhere"]), @"
    0
    A  dir:nowhere: nothing
    B  dir:nowhere: nothing
    equal: neither holds a key
    ");
    fs::write(project.path("key.txt"), "made-up-key\n").unwrap();
    assert_snapshot!(project.says_to(&["diff", "file:key.txt", "-"], "made-up-key"), @"
    0
    A  file:key.txt: a key without a record
    B  standard input: a key without a record
    equal: the same keys, without a record

      both    a key that no record knows
    ");
}

#[test]
fn a_key_put_in_by_hand_is_seen_and_not_shown() {
    let project = Project::begun();
    project.says(&["copy", "dotenv:.env", "dir:there"]);
    let path = project.path("there/SECRET_KEY_FALLBACKS");
    fs::write(&path, format!("by-hand,{}", fs::read_to_string(&path).unwrap())).unwrap();
    assert_snapshot!(project.says(&["diff", "dotenv:.env", "dir:there"]), @"
    1
    A  dotenv:.env: ring RING1, revision 1, settled
    B  dir:there: ring RING1, revision 1, edited by hand
    different: the same write of the same ring, and not the same texts

      both    K1 signing
      B only  a key that no record knows
    ");
}

#[test]
fn only_a_copy_that_would_be_made_is_named() {
    let project = Project::begun();
    project.says(&["copy", "dotenv:.env", "dir:there"]);
    project.says(&["stage", "--store", "dir:there"]);
    project.says(&["stage"]);
    project.says(&["promote"]);
    assert_snapshot!(project.says(&["diff", "dotenv:.env", "dir:there"]), @"
    1
    A  dotenv:.env: ring RING1, revision 3, promoted
    B  dir:there: ring RING1, revision 2, staged
    different: the same ring, and two writes of it that know nothing of each other

      A only  K1 signing
      both    K2 retiring in A, signing in B
      B only  K3 next
    ");
    assert!(project.says(&["copy", "dotenv:.env", "dir:there"]).starts_with("6\n"));
    assert_snapshot!(project.says(&["copy", "dir:there", "dotenv:.env"]), @"
    6
    error: dotenv:.env holds revision 3 of this ring, and dir:there only revision 2
    hint: `keybaton diff dir:there dotenv:.env` shows both; empty the one that is wrong, then copy
    ");

    let edited = Project::begun();
    edited.says(&["copy", "dotenv:.env", "dir:there"]);
    fs::write(edited.path("there/SECRET_KEY_FALLBACKS"), "by-hand").unwrap();
    edited.says(&["stage"]);
    let said = edited.says(&["diff", "dotenv:.env", "dir:there"]);
    assert!(said.contains("B is behind") && !said.contains("next    keybaton copy"), "{said}");
}

#[test]
fn no_copy_into_a_store_that_cannot_be_written_is_named() {
    let project = Project::begun();
    let texts = variables(&project.read(".env"));
    project.says(&["stage"]);
    let mut program = project.program(&["diff", "dotenv:.env", "env:"]);
    let said = project.told(&program.envs(texts).output().unwrap());
    assert!(said.contains("B is behind") && !said.contains("next    keybaton copy"), "{said}");
}

/// The ring's lines as variables.
fn variables(env: &str) -> Vec<(String, String)> {
    let pairs = env.lines().filter_map(|line| line.split_once('='));
    let unquoted = |value: &str| value.trim_matches('\'').to_owned();
    pairs.map(|(name, value)| (name.to_owned(), unquoted(value))).collect()
}
