//! Users who stay logged in while the key changes: keybaton's middleware in the place of Django's own.

use insta::assert_snapshot;

use crate::ground::{Ground, manage};
use crate::questions::answered;

const DJANGOS: &str = "django.contrib.auth.middleware.AuthenticationMiddleware";
const OURS: &str = "keybaton.django.AuthenticationMiddleware";

/// What `startproject` writes, as far as it matters here.
const SETTINGS: &str = "\
SECRET_KEY = 'django-insecure-made-up-for-this-test'

DEBUG = True

MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'shop.middleware.OfTheShop',
    'django.contrib.auth.middleware.AuthenticationMiddleware',  # who asks?
    'django.contrib.messages.middleware.MessageMiddleware',
]
";

#[test]
fn the_middleware_is_a_part_of_the_change() {
    let ground = Ground::with_settings(SETTINGS);
    assert_snapshot!(ground.says(&["init", "--write"]), @"
    0
    --- shop/settings.py
    +++ shop/settings.py
    @@ -1,3 +1,5 @@
    -SECRET_KEY = '…'
    +import keybaton
    +
    +SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
     
     DEBUG = True
    @@ -6,5 +8,5 @@
         'django.middleware.security.SecurityMiddleware',
         '…',
    -    'django.contrib.auth.middleware.AuthenticationMiddleware',  # …
    +    'keybaton.django.AuthenticationMiddleware',  # …
         'django.contrib.messages.middleware.MessageMiddleware',
     ]
    
    done      leave /.env and .keybaton-*.tmp out of git: .gitignore
    done      take in the key of the settings, and stage its successor: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: shop/settings.py
    done      keep users logged in while the key changes: MIDDLEWARE in shop/settings.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step, and nobody is logged out
    ");
    let wired = ground.read("shop/settings.py");
    let (_, list) = SETTINGS.split_once("DEBUG").unwrap();
    assert!(wired.ends_with(&list.replace(DJANGOS, OURS)), "{wired}");
    assert!(ground.says(&["init", "--write"]).contains("next      nothing is left to set up\n"));
    assert_eq!(ground.read("shop/settings.py"), wired);
}

#[test]
fn a_dry_run_says_it_and_writes_nothing() {
    let ground = Ground::with_settings(SETTINGS);
    let before = ground.everything();
    let said = ground.says(&["init", "--dry-run"]);
    let last = said.lines().last().unwrap();
    assert_eq!(last, "would     keep users logged in while the key changes: MIDDLEWARE in shop/settings.py");
    assert_eq!(ground.everything(), before);
}

#[test]
fn line_ends_and_tabs_stay() {
    let settings = format!("SECRET_KEY = 'made-up'\r\nMIDDLEWARE = (\r\n\t\"{DJANGOS}\",\r\n)\r\n");
    let ground = Ground::with_settings(&settings);
    ground.says(&["init", "--write"]);
    assert_eq!(
        ground.read("shop/settings.py"),
        format!(
            "import keybaton\r\n\r\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\r\nMIDDLEWARE = (\r\n\t\"{OURS}\",\r\n)\r\n"
        )
    );
}

#[test]
fn settings_without_the_package_keep_djangos_own_and_no_promise_is_made() {
    let ground = Ground::with_settings(SETTINGS);
    let said = ground.says(&["init", "--plain", "--write"]);
    assert!(!said.contains("MIDDLEWARE") && !said.contains("keybaton.django"), "{said}");
    assert!(said.ends_with("moves on to its successor, step by step"), "no promise that is not kept: {said}");
    assert!(ground.read("shop/settings.py").contains(DJANGOS));
}

#[test]
fn a_list_in_other_settings_is_left_with_the_line_to_put_in() {
    let base = format!("DEBUG = False\nMIDDLEWARE = ['{DJANGOS}']\n");
    let ground = Ground::of(&[
        ("manage.py", &manage("shop.settings.local")),
        ("shop/settings/base.py", &base),
        ("shop/settings/local.py", "from .base import *\n\nSECRET_KEY = 'made-up-local'\n"),
    ]);
    assert_snapshot!(next(&ground.says(&["init", "--write"])), @r#"
    next      restart the server. The settings import keybaton, so name it in your requirements
              Put "keybaton.django.AuthenticationMiddleware" in the place of Django's own, so that
              users stay logged in while the key changes: shop/settings/base.py, line 2
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    "#);
    assert_eq!(ground.read("shop/settings/base.py"), base);
    assert_snapshot!(next(&ground.says(&["init", "--write"])), @r#"
    next      Put "keybaton.django.AuthenticationMiddleware" in the place of Django's own, so that
              users stay logged in while the key changes: shop/settings/base.py, line 2
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    "#);
}

#[test]
fn a_list_that_a_person_has_to_change_is_named_where_it_stands_afterwards() {
    let settings = SETTINGS.replace("MIDDLEWARE = [", "MIDDLEWARE = MORE + [");
    let ground = Ground::with_settings(&settings);
    let said = ground.says(&["init", "--write"]);
    assert!(said.contains("shop/settings.py, line 10\n"), "{said}");
    let wired = ground.read("shop/settings.py");
    assert!(wired.lines().nth(9).unwrap().contains(DJANGOS), "{wired}");
}

#[test]
fn settings_in_a_class_are_left_as_they_are() {
    let settings =
        format!("class Dev(Configuration):\n    SECRET_KEY = 'made-up'\n    MIDDLEWARE = ['{DJANGOS}']\n");
    let ground = Ground::with_settings(&settings);
    let said = ground.says(&["init", "--write"]);
    assert!(
        said.contains("users stay logged in while the key changes: shop/settings.py, line 3\n"),
        "{said}"
    );
    assert_eq!(ground.read("shop/settings.py"), settings);
}

#[test]
fn where_other_settings_look_for_djangos_own_it_stays() {
    let base = format!("SECRET_KEY = 'made-up'\nMIDDLEWARE = ['{DJANGOS}']\n");
    let test = format!("from .base import *\n\nMIDDLEWARE.remove('{DJANGOS}')\n");
    let ground = Ground::of(&[
        ("manage.py", &manage("shop.settings.base")),
        ("shop/settings/base.py", &base),
        ("shop/settings/test.py", &test),
    ]);
    let said = ground.says(&["init", "--write"]);
    assert!(said.contains("while the key changes: shop/settings/base.py, line 4\n"), "{said}");
    assert!(ground.read("shop/settings/base.py").contains(DJANGOS));
}

/// With the list changed these would end with an error, or no longer find what they look for.
#[test]
fn where_anything_else_looks_for_djangos_own_it_stays() {
    let outside =
        format!("from shop.settings import *\nMIDDLEWARE.insert(MIDDLEWARE.index('{DJANGOS}'), 'shop.mw')\n");
    let in_parts = "def patched(names): return [n for n in names if not n.endswith('auth.middleware.AuthenticationMiddleware')]\n";
    for (name, text) in [("deploy/production.py", outside.as_str()), ("shop/extra.py", in_parts)] {
        let ground = Ground::of(&[
            ("manage.py", &manage("shop.settings")),
            ("shop/settings.py", SETTINGS),
            (name, text),
        ]);
        let said = ground.says(&["init", "--write"]);
        assert!(said.contains("while the key changes: shop/settings.py, line "), "{name}: {said}");
        assert!(!said.contains("nobody is logged out"), "{name}: {said}");
        assert!(ground.read("shop/settings.py").contains(DJANGOS), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_modules_is_not_waited_for() {
    let ground = Ground::with_settings(SETTINGS);
    assert!(
        std::process::Command::new("mkfifo").arg(ground.path("shop/pipe.py")).status().unwrap().success()
    );
    ground.says(&["init", "--write"]);
    assert!(ground.read("shop/settings.py").contains(OURS));
}

#[test]
fn where_no_middleware_is_seen_nothing_is_promised() {
    let settings = "SECRET_KEY = 'made-up'\nMIDDLEWARE = ['shop.middleware.OfTheShop']\n";
    let said = Ground::with_settings(settings).says(&["init", "--write"]);
    assert!(!said.contains("nobody is logged out"), "{said}");
}

#[test]
fn a_project_that_names_keybatons_in_its_tests_alone_is_not_taken_for_done() {
    let tests = format!("from .base import *\n\nMIDDLEWARE = ['{OURS}']\n");
    let ground = Ground::of(&[
        ("manage.py", &manage("shop.settings.base")),
        ("shop/settings/base.py", SETTINGS),
        ("shop/settings/test.py", &tests),
    ]);
    ground.says(&["init", "--write"]);
    assert!(ground.read("shop/settings/base.py").contains(OURS));
}

#[test]
fn a_project_that_has_keybatons_is_told_nothing() {
    let ground = Ground::with_settings(&SETTINGS.replace(DJANGOS, OURS));
    let said = ground.says(&["init", "--write"]);
    assert!(!said.contains("while the key changes"), "{said}");
    assert!(ground.read("shop/settings.py").contains(OURS));
}

#[test]
fn a_project_that_has_a_ring_already_is_offered_it() {
    let ground = Ground::with_settings("SECRET_KEY = 'made-up'\n");
    ground.says(&["init", "--write"]);
    let more = format!("{}MIDDLEWARE = ['{DJANGOS}']\n", ground.read("shop/settings.py"));
    ground.write("shop/settings.py", more.as_bytes());
    assert_snapshot!(ground.says(&["init", "--no-input"]), @r#"
    0
    as it is  git leaves the file of keys out
    as it is  SECRET_KEY in dotenv:.env (dev) is a ring already
    as it is  the configuration says where the ring lives
    as it is  the settings read the ring
    next      Put "keybaton.django.AuthenticationMiddleware" in the place of Django's own, so that
              users stay logged in while the key changes: shop/settings.py, line 4
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    "#);
    assert_eq!(ground.read("shop/settings.py"), more);
    assert!(answered(&ground, "n\n").contains("next      Put \"keybaton.django"));
    assert_eq!(ground.read("shop/settings.py"), more);
    assert_snapshot!(answered(&ground, "y\n").replace('\r', ""), @"
    y
    --- shop/settings.py
    +++ shop/settings.py
    @@ -2,3 +2,3 @@
     
     SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
    -MIDDLEWARE = ['django.contrib.auth.middleware.AuthenticationMiddleware']
    +MIDDLEWARE = ['keybaton.django.AuthenticationMiddleware']
    
    Change shop/settings.py as shown? [y/N] as it is  git leaves the file of keys out
    as it is  SECRET_KEY in dotenv:.env (dev) is a ring already
    as it is  the configuration says where the ring lives
    as it is  the settings read the ring
    done      keep users logged in while the key changes: MIDDLEWARE in shop/settings.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step, and nobody is logged out
    ");
    assert_eq!(ground.read("shop/settings.py"), more.replace(DJANGOS, OURS));
}

/// What is said of what comes next.
fn next(said: &str) -> &str {
    &said[said.find("next").unwrap()..]
}
