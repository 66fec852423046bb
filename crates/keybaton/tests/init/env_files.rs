//! A key in use in a .env file, wherever python-decouple, django-environ and python-dotenv look for one.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::ground::Ground;

const DECOUPLE: &str = "from decouple import config\n\nSECRET_KEY = config('SECRET_KEY')\n";

fn with_files(settings: &str, files: &[(&str, &str)]) -> Ground {
    let ground = Ground::with_settings(settings);
    for (name, text) in files {
        ground.write(name, text.as_bytes());
    }
    ground
}

/// What it says where it must not write anything.
#[track_caller]
fn refused(ground: &Ground) -> String {
    let before = ground.everything();
    let said = ground.says(&["init", "--write", "--no-input"]);
    assert_eq!(ground.everything(), before);
    said.lines().filter(|line| line.starts_with(['6', 'e', 'h'])).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_beside_the_settings_becomes_the_store() {
    let ground = with_files(DECOUPLE, &[("shop/.env", "DEBUG=1\nSECRET_KEY=made-up\n")]);
    let said = ground.says(&["init", "--write"]);
    assert_snapshot!(said.lines().skip_while(|line| !line.starts_with("done")).collect::<Vec<_>>().join("\n"), @"
    done      leave /.env and .keybaton-*.tmp out of git: shop/.gitignore
    done      take in the key that is there: SECRET_KEY in dotenv:shop/.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: shop/settings.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The settings read SECRET_KEY from the environment: where servers set it, that key stays
    ");
    assert!(
        ground.read("shop/.env").starts_with("DEBUG=1\nSECRET_KEY=made-up\nSECRET_KEY_FALLBACKS=made-up\n")
    );
    assert!(ground.read("keybaton.toml").contains("store = \"dotenv:shop/.env\"\n"));
    assert!(!ground.exists(".env"));
}

#[test]
fn a_file_that_the_settings_name_comes_before_one_beside_manage_py() {
    let settings = "import environ\n\nenv = environ.Env()\nenv.read_env(BASE_DIR / 'shop' / 'conf.env')\nSECRET_KEY = env('SECRET_KEY')\n";
    let ground =
        with_files(settings, &[("shop/conf.env", "SECRET_KEY=made-up\n"), (".env", "SECRET_KEY=other\n")]);
    ground.says(&["init", "--write"]);
    assert!(ground.read("shop/conf.env").contains("SECRET_KEY_FALLBACKS=made-up\n"));
    assert_eq!(ground.read(".env"), "SECRET_KEY=other\n");
}

#[test]
fn its_key_goes_into_the_store_that_is_named() {
    let ground = with_files(DECOUPLE, &[("shop/.env", "SECRET_KEY=made-up\n")]);
    assert!(ground.says(&["init", "--write", "--store", "dir:keys"]).starts_with("0\n"));
    assert_eq!(ground.read("keys/SECRET_KEY"), "made-up");
}

#[test]
fn different_keys_in_two_files_are_left_to_a_person() {
    let ground =
        with_files(DECOUPLE, &[("shop/.env", "SECRET_KEY=made-up\n"), (".env", "SECRET_KEY=other\n")]);
    assert_snapshot!(refused(&ground), @"
    6
    error: SECRET_KEY is not the same in shop/.env and .env
    hint: with the wrong one everybody would be logged out: take SECRET_KEY out of those that the settings do not read, and run `keybaton init` again
    ");
}

#[test]
fn an_ini_file_can_hold_no_ring() {
    let ground = with_files(DECOUPLE, &[("settings.ini", "[settings]\nSECRET_KEY=made-up\n")]);
    assert_snapshot!(refused(&ground), @"
    6
    error: the settings have their key from settings.ini, which can hold no ring
    hint: move the line SECRET_KEY=… into a file .env beside manage.py, and run `keybaton init` again
    ");
}

#[test]
fn a_file_whose_name_cannot_be_told_may_hold_the_key() {
    let settings = "import os\nload_dotenv(where())\nSECRET_KEY = os.environ['SECRET_KEY']\n";
    assert_snapshot!(refused(&with_files(settings, &[])), @"
    6
    error: shop/settings.py, line 2: the variables come from a file whose name or content keybaton cannot see
    hint: if it holds SECRET_KEY, everybody would be logged out: write its name out there, let it be read, and run `keybaton init` again, or put the key that signs into .env beside manage.py as SECRET_KEY=… and run `keybaton init --adopt`
    ");
}

#[test]
fn a_key_beside_a_file_that_cannot_be_told_is_not_taken() {
    let elsewhere = "load_dotenv(Path.home() / '.shop.env')\n";
    for reads in [elsewhere.to_owned(), format!("{elsewhere}load_dotenv(BASE_DIR / '.env')\n")] {
        let settings = format!("import os\n{reads}SECRET_KEY = os.environ['SECRET_KEY']\n");
        let ground = with_files(&settings, &[(".env", "SECRET_KEY=made-up-stale\n")]);
        let said = refused(&ground);
        assert!(said.contains("settings.py, line 2: the variables come from a file whose name"), "{said}");
        assert!(ground.says(&["init", "--write", "--adopt"]).starts_with("0\n"));
        assert_eq!(ground.variable("SECRET_KEY"), "made-up-stale");
    }
}

#[test]
fn a_name_that_fits_twice_is_compared_too() {
    let (first, other) = ("SECRET_KEY=made-up\n", "SECRET_KEY=other\n");
    let files = [(".env", first), ("shop/.env", first), ("conf/extra.env", other)];
    for reads in ["load_dotenv(BASE_DIR / '.env')", "load_dotenv()", "env.read_env(env_file=None)"] {
        let settings = format!(
            "import os\n{reads}\nload_dotenv(BASE_DIR / 'conf' / 'extra.env')\nSECRET_KEY = os.environ['SECRET_KEY']\n"
        );
        let said = refused(&with_files(&settings, &files));
        assert!(
            said.contains("SECRET_KEY is not the same in shop/.env and .env and conf/extra.env"),
            "{said}"
        );
    }
}

#[test]
fn a_variable_that_is_set_nowhere_here_is_said_to_stay_where_it_is() {
    let ground = with_files(DECOUPLE, &[("shop/.env", "SECRET_KEY=\n")]);
    assert_snapshot!(ground.says(&["init", "--write"]).lines().rev().take(2).collect::<Vec<_>>().join("\n"), @"
              The settings read SECRET_KEY from the environment: where servers set it, that key stays
    next      restart the server. The settings import keybaton, so name it in your requirements
    ");
}

#[test]
fn a_file_in_a_private_folder_of_somebody_else_may_hold_the_key() {
    if !may_change_owners() {
        return;
    }
    let settings =
        "import os\nload_dotenv(BASE_DIR / 'private' / '.env')\nSECRET_KEY = os.environ['SECRET_KEY']\n";
    let ground = with_files(settings, &[("private/.env", "SECRET_KEY=made-up\n")]);
    fs::set_permissions(ground.path("private"), fs::Permissions::from_mode(0o700)).unwrap();
    let program = ground.path("keybaton");
    fs::copy(env!("CARGO_BIN_EXE_keybaton"), &program).unwrap();
    for own in ["", "shop", "manage.py", "shop/settings.py"] {
        chown(ground.path(own), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let mut command = Command::new(&program);
    command.args(["init", "--write"]).current_dir(ground.path("")).stdin(Stdio::null());
    let output = command.env_remove("SECRET_KEY").uid(NOBODY).gid(NOBODY).output().unwrap();
    let said = ground.told(&output);
    assert!(said.starts_with("6\n"), "{said}");
    assert!(said.contains("settings.py, line 2: the variables come from a file whose name"), "{said}");
    assert!(!ground.exists("keybaton.toml"));
}

/// Whether tests may change owners. Only root can; somebody else must say that these tests shall be left out.
fn may_change_owners() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    let left_out = std::env::var_os("KEYBATON_TESTS_WITHOUT_ROOT").is_some();
    assert!(
        is_root || left_out,
        "run this test as root, or set KEYBATON_TESTS_WITHOUT_ROOT=1 to leave it out"
    );
    is_root
}

const NOBODY: u32 = 65_534;
