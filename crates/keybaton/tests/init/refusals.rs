//! What cannot be worked with, and that nothing is written then.

use insta::assert_snapshot;

use crate::ground::{Ground, manage};

/// What it says where it must not write anything.
#[track_caller]
fn refused(ground: &Ground, words: &[&str]) -> String {
    let before = ground.everything();
    let said = ground.says(words);
    assert_eq!(ground.everything(), before);
    let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with(['-', '+', '@', ' '])).collect();
    lines.join("\n").replace("\n\n", "\n")
}

#[test]
fn outside_a_project() {
    assert_snapshot!(refused(&Ground::of(&[]), &["init"]), @r"
    3
    error: there is no Django project in [here]: no manage.py there, above or below
    hint: run `keybaton init` in the folder of manage.py, or make a project first: django-admin startproject NAME .
    ");
}

#[test]
fn two_projects() {
    let (one, two) = (manage("x"), manage("y"));
    let ground = Ground::of(&[("one/manage.py", &one), ("two/manage.py", &two)]);
    assert_snapshot!(refused(&ground, &["init"]), @r"
    3
    error: there are 2 Django projects here: one, two
    hint: run `keybaton init` in the folder of the one that is meant
    ");
}

#[test]
fn settings_that_are_not_there() {
    assert_snapshot!(refused(&Ground::of(&[("manage.py", &manage("shop.settings"))]), &["init"]), @r#"
    3
    error: manage.py names the settings module shop.settings, and there is no such file
    hint: name them there: os.environ.setdefault("DJANGO_SETTINGS_MODULE", "NAME.settings")
    "#);
}

#[test]
fn settings_with_a_syntax_error() {
    let ground = Ground::with_settings("import os\nDEBUG = = True\nSECRET_KEY = 'made-up'\n");
    assert_snapshot!(refused(&ground, &["init", "--write"]), @r"
    3
    error: shop/settings.py, line 2: this is not valid Python
    hint: mend it and run `keybaton init` again; nothing was written
    ");
}

#[test]
fn settings_that_are_not_text() {
    let ground = Ground::startproject();
    ground.write("shop/settings.py", b"NAME = '\xe9'\nSECRET_KEY = 'made-up'\n");
    assert_snapshot!(refused(&ground, &["init", "--write"]), @r"
    3
    error: shop/settings.py is not text in the encoding that it says it has
    hint: save it as UTF-8, or name its encoding in the first line: # -*- coding: latin-1 -*-
    ");
}

#[test]
fn a_key_that_comes_from_elsewhere() {
    let ground = Ground::with_settings("DEBUG = True\nSECRET_KEY = open('/etc/shop/key').read()\n");
    assert_snapshot!(refused(&ground, &["init", "--write"]), @r"
    6
    error: shop/settings.py, line 2: the key comes from where keybaton cannot see it
    hint: with another key everybody would be logged out: put this one into .env as SECRET_KEY=…, or take the line out to begin with a fresh key; then run `keybaton init` again
    ");
}

#[test]
fn a_ring_without_the_key_that_signs_today() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write"]);
    ground.write("shop/settings.py", b"SECRET_KEY = 'another made-up one'\n");
    assert_snapshot!(refused(&ground, &["init", "--write"]), @r"
    6
    error: SECRET_KEY in dotenv:.env (dev) lacks a key that stands in the settings and is in use today
    hint: reading the ring instead would log its users out; if that is well, put keybaton.load() into the settings yourself
    ");
}

#[test]
fn a_key_that_plain_settings_cannot_read_as_a_fallback() {
    let ground = Ground::with_settings("SECRET_KEY = 'made,up'\n");
    assert_snapshot!(refused(&ground, &["init", "--write", "--plain"]), @r"
    6
    error: a key of SECRET_KEY in dotenv:.env (dev) has a comma in it or begins with `[`, which --plain settings cannot read as a fallback
    hint: leave --plain out: keybaton.load() reads any key
    ");
}

#[test]
fn a_ring_name_that_is_none() {
    assert_snapshot!(refused(&Ground::startproject(), &["init", "--write", "--ring", "not a name"]), @r"
    2
    error: --ring does not name a ring: a ring name is a variable name: letters, digits and underscores, not starting with a digit, at most 64 characters
    ");
}

#[test]
fn an_env_file_that_is_a_folder() {
    let ground = Ground::startproject();
    ground.write(".env/keep", b"");
    assert_snapshot!(refused(&ground, &["init", "--write"]), @r"
    4
    error: .env is a folder, not a file
    hint: name the file itself
    ");
}

#[test]
fn an_env_file_edited_by_hand() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write"]);
    let edited = ground.read(".env").replace("SECRET_KEY=", "SECRET_KEY=by-hand-");
    ground.write(".env", edited.as_bytes());
    assert_snapshot!(refused(&ground, &["init", "--write"]), @r"
    5
    error: SECRET_KEY in dotenv:.env (dev): a key was put in by hand
    hint: `keybaton init --adopt` takes in what stands there; `keybaton status` shows it
    ");
}

#[test]
fn a_key_that_env_takes_from_elsewhere() {
    let ground = Ground::startproject();
    ground.write("shop/settings.py", b"import os\n\nSECRET_KEY = os.environ['SECRET_KEY']\n");
    ground.write(".env", b"DEBUG=1\nSECRET_KEY=${VAULTED}\n");
    let mut init = ground.command(&["init", "--write"]);
    let said = ground.told(&init.env("VAULTED", "a-key-from-a-vault").output().unwrap());
    let error: Vec<&str> = said.lines().filter(|line| line.starts_with(['6', 'e', 'h'])).collect();
    assert_snapshot!(error.join("\n"), @r"
    6
    error: cannot write .env: SECRET_KEY on line 2 takes its value from elsewhere by ${…}, and the file would hold it in clear
    hint: put the value itself on line 2, or keep the ring where the value comes from
    ");
    assert!(!said.contains("a-key-from-a-vault"));
    assert_eq!(ground.read(".env"), "DEBUG=1\nSECRET_KEY=${VAULTED}\n");
}

#[test]
fn what_was_edited_is_taken_in_without_settings_where_the_configuration_names_the_store() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write"]);
    std::fs::remove_file(ground.path("manage.py")).unwrap();
    let key = ground.variable("SECRET_KEY");
    let edited = ground.read(".env").replace(
        "SECRET_KEY_FALLBACKS=",
        "SECRET_KEY_FALLBACKS=made-up-by-another-program-that-knows-no-ring-0123456789,",
    );
    ground.write(".env", edited.as_bytes());
    assert!(refused(&ground, &["init"]).contains("there is no Django project"));
    assert_snapshot!(ground.says(&["init", "--adopt"]), @r"
    0
    as it is  git leaves the file of keys out
    done      take in the key that is there: SECRET_KEY in dotenv:.env (dev)
    next      restart what reads the ring; `keybaton status` shows where it stands
    ");
    assert_eq!(ground.variable("SECRET_KEY"), key);
    // Of several projects the ring may be any one's.
    ground.write(".env", edited.as_bytes());
    for folder in ["one", "two"] {
        let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n";
        ground.write(&format!("{folder}/manage.py"), manage.as_bytes());
    }
    assert_snapshot!(refused(&ground, &["init", "--adopt"]), @"
    3
    error: there are 2 Django projects here: one, two
    hint: run `keybaton init --adopt` in the folder of the one that is meant
    ");
    assert_eq!(ground.read(".env"), edited);
    for folder in ["one", "two"] {
        std::fs::remove_dir_all(ground.path(folder)).unwrap();
    }
    // Which key signs, only settings tell.
    std::fs::remove_file(ground.path(".env")).unwrap();
    assert!(refused(&ground, &["init", "--adopt"]).contains("there is no Django project"));
}

#[test]
fn the_path_of_a_file_in_the_place_of_a_key_is_not_taken_in() {
    for (variable, settings) in [
        ("SECRET_KEY", "SECRET_KEY = os.environ['SECRET_KEY']\n"),
        ("SECRET_KEY", "SECRET_KEY = os.getenv('SECRET_KEY', 'made-up-default')\n"),
        ("DJANGO_SECRET_KEY", "SECRET_KEY = os.environ['DJANGO_SECRET_KEY']\n"),
    ] {
        let ground = Ground::with_settings(&format!("import os\n{settings}"));
        let before = ground.everything();
        let path = format!("/builds/acme/shop.tmp/{variable}");
        let output = ground.command(&["init", "--write"]).env(variable, path).output().unwrap();
        let told = format!(
            "6\nerror: {variable} in the environment is the path of a file, which is no secret\n\
             hint: in GitLab make the variable's type Variable; elsewhere name the file's folder with dir:"
        );
        assert_eq!(ground.told(&output), told);
        assert_eq!(ground.everything(), before);
    }
}
