//! Which key the ring begins with.

use std::process::Command;

use insta::assert_snapshot;

use crate::ground::{Ground, MADE_UP};

#[test]
fn the_key_of_the_settings_goes_on_signing_and_its_successor_is_staged() {
    let ground = Ground::startproject();
    assert_snapshot!(ground.says(&["init", "--write"]), @r"
    0
    --- shop/settings.py
    +++ shop/settings.py
    @@ -1,8 +1,10 @@
     from pathlib import Path
     
    +import keybaton
    +
     BASE_DIR = Path(__file__).resolve().parent.parent
     
     # SECURITY WARNING: keep the secret key used in production secret!
    -SECRET_KEY = '…'
    +SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
     
     # SECURITY WARNING: don't run with debug turned on in production!

    done      leave /.env and .keybaton-*.tmp out of git: .gitignore
    done      take in the key of the settings, and stage its successor: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: shop/settings.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    ");
    assert_eq!(ground.variable("SECRET_KEY"), MADE_UP);
    let fallbacks = ground.variable("SECRET_KEY_FALLBACKS");
    let (successor, old) = fallbacks.split_once(',').unwrap();
    assert_eq!((successor.len(), old), (64, MADE_UP));
    assert_snapshot!(ground.read("shop/settings.py"), @r"
    from pathlib import Path

    import keybaton

    BASE_DIR = Path(__file__).resolve().parent.parent

    # SECURITY WARNING: keep the secret key used in production secret!
    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()

    # SECURITY WARNING: don't run with debug turned on in production!
    DEBUG = True
    ");
    assert!(ground.says(&["status"]).contains("stood in source control: rotate it"));
}

#[test]
fn run_twice_it_changes_nothing_and_says_so() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write"]);
    let before = ground.everything();
    assert_snapshot!(ground.says(&["init", "--write"]), @"
    0
    as it is  git leaves the file of keys out
    as it is  SECRET_KEY in dotenv:.env (dev) is a ring already
    as it is  the configuration says where the ring lives
    as it is  the settings read the ring
    next      nothing is left to set up
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    ");
    assert_eq!(ground.everything(), before);
}

#[test]
fn kept_as_it_is_the_key_of_the_settings_signs_alone() {
    let ground = Ground::startproject();
    let said = ground.says(&["init", "--write", "--adopt"]);
    assert_snapshot!(said.lines().skip(17).collect::<Vec<_>>().join("\n"), @"
    done      take in the key of the settings: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: shop/settings.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The key is in source control: once every server is restarted, `keybaton rotate --new`
              replaces it, step by step
    ");
    assert_eq!(ground.variable("SECRET_KEY_FALLBACKS"), MADE_UP);
}

#[test]
fn a_key_of_the_settings_is_said_to_be_in_source_control_as_long_as_it_signs() {
    let exposed = |ground: &Ground| ground.says(&["init", "--write"]).contains("key is in source control");
    let by_hand = "SECRET_KEY = 'made-up-new'\nSECRET_KEY_FALLBACKS = ['made-up-old']\n";
    let ground = Ground::with_settings(by_hand);
    assert!(exposed(&ground) && exposed(&ground));
    let ground = Ground::startproject();
    assert!(exposed(&ground));
    ground.says(&["rotate"]);
    assert!(!exposed(&ground));
    assert!(!exposed(&Ground::with_settings("DEBUG = True\n")));
}

#[test]
fn a_rotation_by_hand_in_the_settings_is_taken_in() {
    let ground =
        Ground::with_settings("SECRET_KEY = 'made-up-new'\nSECRET_KEY_FALLBACKS = ['made-up-old']\n");
    ground.says(&["init", "--write"]);
    assert_eq!(ground.variable("SECRET_KEY"), "made-up-new");
    assert_eq!(ground.variable("SECRET_KEY_FALLBACKS"), "made-up-new,made-up-old");
    assert!(ground.says(&["status"]).contains("promoted"));
    assert_eq!(
        ground.read("shop/settings.py"),
        "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"
    );
}

#[test]
fn a_fallback_in_the_env_file_is_old_unless_it_is_said_to_be_next() {
    let settings = "import os\nSECRET_KEY = os.environ['SECRET_KEY']\n";
    let env = "SECRET_KEY=made-up-1\nSECRET_KEY_FALLBACKS=made-up-2\nDEBUG=1\n";
    for (words, phase) in
        [(&["init", "--write"][..], "promoted"), (&["init", "--write", "--fallback", "next"], "staged")]
    {
        let ground = Ground::with_settings(settings);
        ground.write(".env", env.as_bytes());
        ground.says(words);
        assert!(ground.says(&["status"]).contains(phase), "{words:?}");
        assert!(ground.read(".env").contains("\nDEBUG=1\n"));
    }
}

#[test]
fn the_key_of_the_env_file_is_taken_in() {
    let ground =
        Ground::with_settings("import os\nSECRET_KEY = os.getenv('SECRET_KEY', 'made-up-default')\n");
    ground.write(".env", b"DEBUG=1\nSECRET_KEY='made up'\n");
    ground.says(&["init", "--write"]);
    assert!(ground.read(".env").starts_with("DEBUG=1\nSECRET_KEY='made up'\nSECRET_KEY_FALLBACKS="));
    assert!(!ground.read(".env").contains("made-up-default"));
}

#[test]
fn a_default_in_the_settings_signs_where_no_variable_is_set() {
    let ground =
        Ground::with_settings("import os\nSECRET_KEY = os.getenv('SECRET_KEY', 'made-up-default')\n");
    ground.says(&["init", "--write"]);
    assert_eq!(ground.variable("SECRET_KEY"), "made-up-default");
    assert!(ground.says(&["status"]).contains("staged"));
}

#[test]
fn the_key_of_the_environment_is_taken_in() {
    let ground = Ground::with_settings("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n");
    let output = ground.command(&["init", "--write"]).env("SECRET_KEY", "made-up-outside").output().unwrap();
    assert!(ground.told(&output).contains("done      take in the key of the environment"));
    assert_eq!(ground.variable("SECRET_KEY"), "made-up-outside");
}

#[test]
fn settings_without_a_key_get_a_fresh_one() {
    let ground = Ground::with_settings("DEBUG = True\n");
    assert_snapshot!(ground.says(&["init", "--write"]), @r"
    0
    --- shop/settings.py
    +++ shop/settings.py
    @@ -1 +1,5 @@
    +import keybaton
    +
     DEBUG = True
    +
    +SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()

    done      leave /.env and .keybaton-*.tmp out of git: .gitignore
    done      make a key: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: shop/settings.py
    next      restart the server. The settings import keybaton, so name it in your requirements
    ");
    assert_eq!(ground.variable("SECRET_KEY").len(), 64);
    assert_eq!(ground.variable("SECRET_KEY"), ground.variable("SECRET_KEY_FALLBACKS"));
}

/// A project whose first `init` was killed between two texts of the ring.
fn cut_short() -> Ground {
    for number in 2..12 {
        let ground = Ground::startproject();
        let calls = "renameat,renameat2,rename,linkat";
        let inject = format!("inject={calls}:signal=SIGKILL:when={number}");
        let strace = ["-qq", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject];
        let mut command = Command::new("strace");
        command.args(strace).arg(env!("CARGO_BIN_EXE_keybaton")).current_dir(ground.path("."));
        command.args(["init", "--write", "--store", "dir:keys"]).output().unwrap();
        if ground.says(&["status", "--store", "dir:keys"]).contains("torn: ") {
            return ground;
        }
    }
    panic!("no kill tears the ring");
}

#[test]
fn a_first_write_that_was_cut_short_is_finished() {
    let ground = cut_short();
    let said = ground.says(&["init", "--write", "--store", "dir:keys"]);
    assert!(
        said.contains("\ndone      finish a write of SECRET_KEY in dir:keys (dev) that had been cut short\n"),
        "{said}"
    );
    assert!(ground.read("shop/settings.py").contains("keybaton.load()"));
    assert_eq!(ground.read("keys/SECRET_KEY"), MADE_UP);
}

#[test]
fn settings_with_another_key_than_the_one_that_was_begun_with_are_left_alone() {
    let ground = cut_short();
    ground.write("shop/settings.py", b"SECRET_KEY = 'another made-up one'\n");
    let said = ground.says(&["init", "--write", "--store", "dir:keys"]);
    assert!(said.contains("lacks a key that stands in the settings and is in use today"), "{said}");
    assert_eq!(ground.read("shop/settings.py"), "SECRET_KEY = 'another made-up one'\n");
}

#[test]
fn no_message_shows_a_key() {
    let ground = Ground::with_settings(
        "EMAIL_HOST_PASSWORD = (\n    'hunter2'\n)\nSECRET_KEY = 'made-up-new'  # before: made-up-older\nSECRET_KEY_FALLBACKS = ['made-up-old']\nSENTRY = init('https://hunter3@example.com')\n",
    );
    for words in [&["init"][..], &["init", "--dry-run"], &["init", "--write"], &["init"]] {
        let said = ground.says(words);
        assert!(!said.contains("made-up") && !said.contains("hunter"), "{said}");
    }
}

#[test]
fn no_fallback_of_store_or_settings_is_lost() {
    // What the .env file holds, beside settings of A and OLD; and what is accepted afterwards, the signing key aside.
    let cases = [
        ("", "OLD"),
        ("SECRET_KEY=X\n", "X OLD"),
        ("SECRET_KEY=A-made-up\n", "OLD"),
        ("SECRET_KEY=X\nSECRET_KEY_FALLBACKS=X,OLDER\n", "X OLD OLDER"),
        ("SECRET_KEY=A-made-up\nSECRET_KEY_FALLBACKS=OLDER,OLD\n", "OLDER OLD"),
    ];
    for (env_file, kept) in cases {
        let ground = Ground::startproject();
        ground.write("shop/settings.py", b"SECRET_KEY = 'A-made-up'\nSECRET_KEY_FALLBACKS = ['OLD']\n");
        if !env_file.is_empty() {
            ground.write(".env", env_file.as_bytes());
        }
        ground.says(&["init", "--write", "--no-input"]);
        let accepted = ground.variable("SECRET_KEY_FALLBACKS");
        let missing: Vec<_> =
            kept.split(' ').filter(|key| !accepted.split(',').any(|one| one == *key)).collect();
        assert!(missing.is_empty(), "{env_file}: {accepted} lacks {missing:?}");
        assert_eq!(ground.variable("SECRET_KEY"), "A-made-up", "{env_file}");
    }
}

#[test]
fn more_keys_than_a_record_can_name_are_refused_before_anything_is_written() {
    let ground = Ground::startproject();
    let old: Vec<String> = (0..30).map(|n| format!("'old-made-up-{n}'")).collect();
    let settings = format!("SECRET_KEY = 'made-up'\nSECRET_KEY_FALLBACKS = [{}]\n", old.join(", "));
    ground.write("shop/settings.py", settings.as_bytes());
    let before = ground.everything();
    assert_snapshot!(ground.says(&["init", "--write", "--no-input"]), @r"
    6
    error: SECRET_KEY in dotenv:.env (dev) would have 31 keys, and a ring has at most 24
    hint: take the oldest fallbacks out: what only they signed is refused then
    ");
    assert_eq!(ground.everything(), before);
}
