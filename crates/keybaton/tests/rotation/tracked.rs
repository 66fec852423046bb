//! A .env file that git tracks.

use insta::assert_snapshot;

use crate::ground::Project;

#[test]
fn no_fresh_key_is_written_into_a_tracked_file() {
    let project = Project::begun();
    project.git(&["init", "--quiet"]);
    project.git(&["add", "--force", ".env"]);
    let before = project.read(".env");
    assert_snapshot!(project.says(&["stage"]), @r#"
    6
    error: git tracks .env, so a key written into it would get into the repository
    hint: git rm --cached .env && git commit -m 'Stop tracking .env', then run it again
    "#);
    assert_snapshot!(project.says(&["rotate", "--new"]), @r#"
    6
    rotation of SECRET_KEY in dotenv:.env (dev)
      1. stage    a new key is accepted and signs nowhere yet
      2. promote  it signs, the old one is accepted only: once each process was restarted, at the earliest 0s after 1
      3. retire   the old one is no longer accepted: 14d after 2, when nothing it signed is still valid
    error: git tracks .env, so a key written into it would get into the repository
    hint: git rm --cached .env && git commit -m 'Stop tracking .env', then run it again
    "#);
    assert_eq!(project.read(".env"), before);
}
