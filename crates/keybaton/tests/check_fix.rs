//! `keybaton check --fix` in the words that a user sees, and what it leaves byte for byte.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod fixed;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use fixed::{CLOUD_RUN, Tree, cloud_run};
use insta::assert_snapshot;

#[test]
fn a_change_is_shown_made_and_looked_at_again() {
    let tree = Tree::of(&[("service.yaml", CLOUD_RUN)]);
    assert_snapshot!(tree.says(&["check", "--fix", "--dry-run"]), @r#"
    1
    --- service.yaml
    +++ service.yaml
    @@ -13 +13 @@
    -… key: "3" …
    +… key: "latest" …
    would fix service.yaml:13:53 [pinned-version]
    service.yaml:13:53: warning: the secret of Secret Manager is named with its version: after a rotation each new instance still starts with the old key [pinned-version]
        mend: key: latest
    1 finding: 1 file and 0 rings looked at
    warning: not looked at: the key: no Python source here sets it, no .env file holds one, and no ring was read
    "#);
    assert_eq!(tree.read("service.yaml"), CLOUD_RUN);
    assert_snapshot!(tree.says(&["check", "--fix"]), @r#"
    0
    --- service.yaml
    +++ service.yaml
    @@ -13 +13 @@
    -… key: "3" …
    +… key: "latest" …
    fixed service.yaml:13:53 [pinned-version]
    nothing found in what could be looked at: 1 file and 0 rings looked at
    warning: not looked at: the key: no Python source here sets it, no .env file holds one, and no ring was read
    "#);
    assert_eq!(tree.read("service.yaml"), cloud_run("\"latest\""));
    assert_snapshot!(tree.says(&["check", "--fix"]), @"
    0
    nothing found in what could be looked at: 1 file and 0 rings looked at
    warning: not looked at: the key: no Python source here sets it, no .env file holds one, and no ring was read
    ");
}

#[test]
fn git_leaves_a_file_of_keys_out_and_who_may_read_it_is_left_to_a_person() {
    let tree = Tree::of(&[(".env", "SECRET_KEY=made-up\n"), (".gitignore", "*.pyc")]);
    tree.mode(".env", 0o644);
    assert_snapshot!(tree.says(&["check", "--fix"]), @"
    1
    --- .gitignore
    +++ .gitignore
    @@ -1 +1,2 @@
    -*.pyc
    +*.pyc
    +/.env
    fixed .env:1:1 [env-not-ignored]
    .env:1:1: warning: every user of this machine can use this file: its mode is 644 [env-readable]
        mend: chmod 640 .env
    .env:1:1: error: the key has fewer than 50 characters [weak-key]
        mend: `keybaton rotate` replaces it; with keybaton's middleware nobody is logged out
    2 findings: 1 file and 0 rings looked at
    ");
    assert_eq!(tree.read(".gitignore"), "*.pyc\n/.env\n");
    assert_eq!(fs::metadata(tree.path(".env")).unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(tree.read(".env"), "SECRET_KEY=made-up\n");
}

#[test]
fn the_page_shows_what_is_said() {
    let page = include_str!("../../../docs/rules.md");
    let (_, shown) = page.split_once("    $ keybaton check --fix\n").unwrap();
    let shown: Vec<&str> = shown.lines().map_while(|line| line.strip_prefix("    ")).collect();
    let settings = "import os\n\nSECRET_KEY = os.environ['SECRET_KEY']\n";
    let tree = Tree::of(&[("service.yaml", CLOUD_RUN), ("shop/settings.py", settings)]);
    assert_eq!(tree.says(&["check", "--fix"]), format!("0\n{}", shown.join("\n")));
}

#[test]
fn two_lines_for_git_are_one_change_with_the_line_ends_of_the_file() {
    let files = [(".env", "SECRET_KEY=made-up\n"), ("a b/.env", "SECRET_KEY=made-up\n")];
    let tree = Tree::of(&[files[0], files[1], (".gitignore", "*.pyc\r\nx")]);
    tree.says(&["check", "--fix"]);
    assert_eq!(tree.read(".gitignore"), "*.pyc\r\nx\r\n/.env\r\n/a\\ b/.env\r\n");
    let tree = Tree::of(&files);
    tree.says(&["check", "--fix"]);
    assert_eq!(tree.read(".gitignore"), "/.env\n/a\\ b/.env\n");
}

#[test]
fn programs_are_told_what_was_fixed_and_what_was_not() {
    let shared = cloud_run("*version").replacen("metadata:", "x: &version \"3\"\nmetadata:", 1);
    let tree = Tree::of(&[("service.yaml", CLOUD_RUN), ("shared.yaml", &shared)]);
    assert_snapshot!(tree.says(&["check", "--fix", "--dry-run", "--json"]), @r#"
    1
    {"findings":[{"rule":"pinned-version","severity":"warning","file":"service.yaml","line":13,"column":53,"ring":null,"what":"the secret of Secret Manager is named with its version: after a rotation each new instance still starts with the old key","mend":"key: latest"},{"rule":"pinned-version","severity":"warning","file":"shared.yaml","line":3,"column":13,"ring":null,"what":"the secret of Secret Manager is named with its version: after a rotation each new instance still starts with the old key","mend":"key: latest"}],"unexamined":[{"what":"the key","why":"no Python source here sets it, no .env file holds one, and no ring was read"}],"unknown_rules":[],"unasked":[],"files":2,"rings":0,"fixed":[],"would_fix":[{"rule":"pinned-version","file":"service.yaml","line":13,"column":53}],"left":[{"rule":"pinned-version","file":"shared.yaml","line":3,"column":13,"why":"an alias uses the same text, and what it means there is not for keybaton to say"}]}
    "#);
    assert_snapshot!(tree.says(&["check", "--fix", "--json"]), @r#"
    1
    {"findings":[{"rule":"pinned-version","severity":"warning","file":"shared.yaml","line":3,"column":13,"ring":null,"what":"the secret of Secret Manager is named with its version: after a rotation each new instance still starts with the old key","mend":"key: latest"}],"unexamined":[{"what":"the key","why":"no Python source here sets it, no .env file holds one, and no ring was read"}],"unknown_rules":[],"unasked":[],"files":2,"rings":0,"fixed":[{"rule":"pinned-version","file":"service.yaml","line":13,"column":53}],"would_fix":[],"left":[{"rule":"pinned-version","file":"shared.yaml","line":3,"column":13,"why":"an alias uses the same text, and what it means there is not for keybaton to say"}]}
    "#);
    assert_eq!(tree.read("shared.yaml"), shared);
}

#[test]
fn a_forge_gets_its_report_alone_and_no_line_of_a_file() {
    for format in ["github", "gitlab"] {
        let tree = Tree::of(&[("service.yaml", CLOUD_RUN)]);
        let said = tree.says(&["check", "--fix", "--format", format]);
        assert!(said.contains("fixed service.yaml:13:53 [pinned-version]"), "{said}");
        assert!(!said.contains("key: \""), "{said}");
        assert_eq!(tree.read("service.yaml"), cloud_run("\"latest\""));
    }
}

#[test]
fn what_is_behind_a_link_out_of_the_folder_is_left() {
    let elsewhere = Tree::of(&[("service.yaml", CLOUD_RUN)]);
    let tree = Tree::of(&[("in/side.yaml", CLOUD_RUN)]);
    symlink(elsewhere.path("service.yaml"), tree.path("out.yaml")).unwrap();
    symlink(tree.path("in/side.yaml"), tree.path("again.yaml")).unwrap();
    assert_snapshot!(tree.says(&["check", "--fix"]), @r#"
    1
    --- again.yaml
    +++ again.yaml
    @@ -13 +13 @@
    -… key: "3" …
    +… key: "latest" …
    fixed again.yaml:13:53 [pinned-version]
    fixed in/side.yaml:13:53 [pinned-version]
    not fixed out.yaml:13:53 [pinned-version]: its file is really outside of what is checked
    out.yaml:13:53: warning: the secret of Secret Manager is named with its version: after a rotation each new instance still starts with the old key [pinned-version]
        mend: key: latest
    1 finding: 3 files and 0 rings looked at
    warning: not looked at: the key: no Python source here sets it, no .env file holds one, and no ring was read
    "#);
    assert_eq!(elsewhere.read("service.yaml"), CLOUD_RUN);
    assert_eq!(tree.read("in/side.yaml"), cloud_run("\"latest\""));
    assert!(tree.path("again.yaml").is_symlink());
}

#[test]
fn a_gitignore_above_what_is_checked_is_left_and_so_is_one_that_is_a_link() {
    let tree = Tree::of(&[("shop/.env", "SECRET_KEY=made-up\n")]);
    assert_snapshot!(tree.says(&["check", "shop", "--fix"]), @r"
    1
    not fixed shop/.env:1:1 [env-not-ignored]: the .gitignore at the top of the work tree is outside of what is checked
    shop/.env:1:1: error: the next `git add .` takes this file and its keys in [env-not-ignored]
        mend: printf '%s\n' /shop/.env >> .gitignore, or `keybaton init`
    shop/.env:1:1: error: the key has fewer than 50 characters [weak-key]
        mend: `keybaton rotate` replaces it; with keybaton's middleware nobody is logged out
    2 findings: 1 file and 0 rings looked at
    ");
    assert!(!tree.path(".gitignore").exists());
    symlink("shop/ignored", tree.path(".gitignore")).unwrap();
    assert!(tree.says(&["check", "--fix"]).contains("is a link, which git does not follow"));
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_the_others_are_written() {
    let tree = Tree::of(&[("a.yaml", CLOUD_RUN), ("b.yaml", CLOUD_RUN)]);
    fs::hard_link(tree.path("a.yaml"), tree.path("a.backup")).unwrap();
    assert_snapshot!(tree.says(&["check", "--fix"]), @r#"
    4
    --- a.yaml
    +++ a.yaml
    @@ -13 +13 @@
    -… key: "3" …
    +… key: "latest" …
    --- b.yaml
    +++ b.yaml
    @@ -13 +13 @@
    -… key: "3" …
    +… key: "latest" …
    fixed b.yaml:13:53 [pinned-version]
    a.yaml:13:53: warning: the secret of Secret Manager is named with its version: after a rotation each new instance still starts with the old key [pinned-version]
        mend: key: latest
    1 finding: 2 files and 0 rings looked at
    error: …/a.yaml has a second name, which would keep the old content
    hint: make the other name a symbolic link, or remove it
    warning: not looked at: the key: no Python source here sets it, no .env file holds one, and no ring was read
    "#);
    assert_eq!([tree.read("a.yaml"), tree.read("b.yaml")], [CLOUD_RUN.into(), cloud_run("\"latest\"")]);
}

#[test]
fn what_a_comment_silences_stays() {
    let text = cloud_run("\"3\"  # keybaton: ignore[pinned-version]");
    let tree = Tree::of(&[("service.yaml", &text)]);
    assert!(tree.says(&["check", "--fix"]).starts_with("0\n"));
    assert_eq!(tree.read("service.yaml"), text);
}

#[test]
fn the_mode_of_a_changed_file_stays() {
    let tree = Tree::of(&[("service.yaml", CLOUD_RUN)]);
    tree.mode("service.yaml", 0o751);
    tree.says(&["check", "--fix"]);
    assert_eq!(fs::metadata(tree.path("service.yaml")).unwrap().permissions().mode() & 0o777, 0o751);
}

/// Also of passwords that are none of ours, in lines that change and in those around.
#[test]
fn no_key_and_no_other_secret_of_a_file_is_shown() {
    let workflow = "env:\n  DB: LEAKbeside\njobs:\n  deploy:\n    steps:\n      - env: {SECRET_KEY: LEAKkeykeykeykeykeykeykeykeykeykey}\n        run: >-\n          x\n      - run: gcloud run deploy s --set-env-vars PASSWORD=LEAKword --set-secrets SECRET_KEY=shop-key:3,B=LEAK:1\n";
    let task = "{\"containerDefinitions\":[{\"environment\":[{\"name\":\"SECRET_KEY\",\"value\":\"LEAKkey\"}],\"secrets\":[{\"name\":\"SECRET_KEY\",\"valueFrom\":\"arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY::0a1b\"}]}]}";
    let env = ("shop/.env", "SECRET_KEY=LEAKenv\nSECRET_KEY_FALLBACKS=LEAKold\n");
    let files = [(".github/workflows/d.yml", workflow), ("task-definition.json", task), env];
    for words in [&["--fix", "--dry-run"][..], &["--fix", "--dry-run", "--json"], &["--fix"]] {
        let tree = Tree::of(&files);
        tree.mode("shop/.env", 0o666);
        let said = tree.says(&[&["check"], words].concat());
        assert!(said.contains("pinned-version") && !said.contains("LEAK"), "{said}");
        if words == ["--fix"] {
            assert_snapshot!(said, @r#"
    1
    --- .github/workflows/d.yml
    +++ .github/workflows/d.yml
    @@ -9 +9 @@
    -… SECRET_KEY=shop-key:3 …
    +… SECRET_KEY=shop-key:latest …
    fixed .github/workflows/d.yml:9:81 [pinned-version]
    --- .gitignore
    +++ .gitignore
    @@ -0,0 +1 @@
    +/shop/.env
    fixed shop/.env:1:1 [env-not-ignored]
    --- task-definition.json
    +++ task-definition.json
    @@ -1 +1 @@
    -… "valueFrom":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY::0a1b" …
    +… "valueFrom":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY::" …
    fixed task-definition.json:1:127 [pinned-version]
    .github/workflows/d.yml:6:27: error: the key stands in this file, so everybody who has the file can sign with it; it has fewer than 50 characters [key-in-deploy-file]
        mend: take it out: `keybaton recipe github-actions` takes it from a store; then `keybaton rotate --new -e NAME` for the environment that signs with it
    shop/.env:1:1: warning: every user of this machine can use this file: its mode is 666 [env-readable]
        mend: chmod 660 shop/.env
    shop/.env:1:1: error: the key has fewer than 50 characters [weak-key]
        mend: `keybaton rotate` replaces it; with keybaton's middleware nobody is logged out
    shop/.env:2:1: error: the key has fewer than 50 characters [weak-key]
        mend: `keybaton rotate` replaces it; with keybaton's middleware nobody is logged out
    task-definition.json:1:71: error: the key stands in this file, so everybody who has the file can sign with it; it has fewer than 50 characters [key-in-deploy-file]
        mend: take it out: `keybaton recipe aws` takes it from a store; then `keybaton rotate --new -e NAME` for the environment that signs with it
    5 findings: 3 files and 0 rings looked at
    "#);
        }
    }
}
