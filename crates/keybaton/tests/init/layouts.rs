//! Settings in one file, in a package, as cookiecutter-django has them, in other encodings.

use std::fs;

use insta::assert_snapshot;

use crate::ground::{Ground, manage};

#[test]
fn cookiecutters_ring_has_the_name_that_its_settings_look_up() {
    let ground = Ground::of(&[
        ("manage.py", &manage("config.settings.local")),
        ("config/settings/__init__.py", ""),
        ("config/settings/base.py", "import environ\n\nenv = environ.Env()\n"),
        (
            "config/settings/local.py",
            "from .base import *  # noqa: F403\nfrom .base import env\n\nSECRET_KEY = env(\n    \"DJANGO_SECRET_KEY\",\n    default=\"made-up-local\",\n)\n",
        ),
        (
            "config/settings/production.py",
            "from .base import *  # noqa: F403\nfrom .base import env\n\nSECRET_KEY = env(\"DJANGO_SECRET_KEY\")\n",
        ),
        (
            "config/settings/test.py",
            "from .base import *  # noqa: F403\nfrom .base import env\n\nSECRET_KEY = env(\"DJANGO_SECRET_KEY\", default=\"made-up-test\")\n",
        ),
    ]);
    let tests = ground.read("config/settings/test.py");
    assert_snapshot!(ground.says(&["init", "--write"]), @r#"
    0
    --- config/settings/local.py
    +++ config/settings/local.py
    @@ -1,7 +1,6 @@
    +import keybaton
    +
     from .base import *  # noqa: F403
     from .base import env
     
    -SECRET_KEY = env(
    -    "DJANGO_SECRET_KEY",
    -    default="…",
    -)
    +SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load("DJANGO_SECRET_KEY")

    --- config/settings/production.py
    +++ config/settings/production.py
    @@ -1,4 +1,6 @@
    +import keybaton
    +
     from .base import *  # noqa: F403
     from .base import env
     
    -SECRET_KEY = env("DJANGO_SECRET_KEY")
    +SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load("DJANGO_SECRET_KEY")

    done      leave /.env and .keybaton-*.tmp out of git: .gitignore
    done      take in the key of the settings, and stage its successor: DJANGO_SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: config/settings/local.py
    done      let the settings read the ring: config/settings/production.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
              The settings read DJANGO_SECRET_KEY from the environment: where servers set it, that key stays
    "#);
    assert_eq!(ground.variable("DJANGO_SECRET_KEY"), "made-up-local");
    assert!(ground.read("keybaton.toml").contains("ring = \"DJANGO_SECRET_KEY\"\n"));
    assert_eq!(ground.read("config/settings/test.py"), tests);
}

#[test]
fn a_package_with_a_base() {
    let ground = Ground::of(&[
        ("manage.py", &manage("shop.settings")),
        ("shop/settings/__init__.py", "from .base import *\n"),
        ("shop/settings/base.py", "SECRET_KEY = 'made-up'\n"),
    ]);
    ground.says(&["init", "--write"]);
    assert_eq!(ground.read("shop/settings/__init__.py"), "from .base import *\n");
    assert!(
        ground
            .read("shop/settings/base.py")
            .ends_with("SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n")
    );
}

#[test]
fn run_above_the_project_it_works_beside_manage_py() {
    let ground = Ground::of(&[
        ("backend/manage.py", &manage("settings")),
        ("backend/settings.py", "SECRET_KEY = 'made-up'\n"),
    ]);
    assert_snapshot!(ground.says(&["init", "--write"]).lines().skip(9).collect::<Vec<_>>().join("\n"), @"
    done      leave /.env and .keybaton-*.tmp out of git: backend/.gitignore
    done      take in the key of the settings, and stage its successor: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: backend/keybaton.toml
    done      let the settings read the ring: backend/settings.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
              keybaton.toml is in backend, and other commands look for it upward: cd backend
    ");
    assert!(ground.exists("backend/.env") && !ground.exists(".env"));
    assert_snapshot!(ground.says(&["status"]), @"
    3
    error: there is no keybaton.toml here or above
    hint: there is one in backend: cd backend
    ");
    assert!(ground.says(&["check"]).contains("and 1 ring looked at"));
}

#[test]
fn a_folder_with_spaces_is_quoted_where_it_says_to_go_there() {
    let ground = Ground::of(&[
        ("the shop/manage.py", &manage("settings")),
        ("the shop/settings.py", "SECRET_KEY = 'made-up'\n"),
    ]);
    assert!(ground.says(&["init", "--write"]).contains("look for it upward: cd 'the shop'"));
    assert!(ground.says(&["status"]).contains("there is one in the shop: cd 'the shop'"));
}

#[test]
fn a_store_that_is_named_is_configured_and_its_files_are_kept_out_of_git() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write", "--store", "file:secrets/key.txt"]);
    assert_eq!(ground.read("secrets/key.txt"), crate::ground::MADE_UP);
    assert_eq!(ground.read(".gitignore"), "/secrets/key.txt\n/secrets/key.txt.fallbacks\n.keybaton-*.tmp\n");
    assert!(ground.read("keybaton.toml").contains("store = \"file:secrets/key.txt\"\n"));
    assert!(ground.says(&["status"]).contains("staged: "));
}

#[test]
fn bytes_that_are_not_the_keys_stay() {
    let ground = Ground::startproject();
    ground.write(
        "shop/settings.py",
        b"# -*- coding: latin-1 -*-\r\nNAME = '\xe9t\xe9'\r\nSECRET_KEY = 'made-up'\r\nCITY = 'M\xfcnchen'\r\n",
    );
    ground.says(&["init", "--write"]);
    assert_eq!(
        fs::read(ground.path("shop/settings.py")).unwrap(),
        b"# -*- coding: latin-1 -*-\r\nimport keybaton\r\n\r\nNAME = '\xe9t\xe9'\r\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\r\nCITY = 'M\xfcnchen'\r\n"
    );
}

#[test]
fn plain_settings_read_the_environment() {
    let ground = Ground::startproject();
    assert_snapshot!(ground.says(&["init", "--plain", "--write"]), @r"
    0
    --- shop/settings.py
    +++ shop/settings.py
    @@ -1,2 +1,3 @@
    +import os
     from pathlib import Path
     
    @@ -4,5 +5,6 @@
     
     # SECURITY WARNING: keep the secret key used in production secret!
    -SECRET_KEY = '…'
    +SECRET_KEY = os.environ['SECRET_KEY']
    +SECRET_KEY_FALLBACKS = [key for key in os.environ.get('SECRET_KEY_FALLBACKS', '').split(',') if key.strip()]
     
     # SECURITY WARNING: don't run with debug turned on in production!

    done      leave /.env and .keybaton-*.tmp out of git: .gitignore
    done      take in the key of the settings, and stage its successor: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    done      let the settings read the ring: shop/settings.py
    next      start programs with `keybaton run -- python manage.py runserver`: it sets what the settings read
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    ");
    assert!(ground.says(&["init", "--plain", "--write"]).contains("nothing is left to set up"));
}

#[test]
fn settings_that_a_person_has_to_change_are_left_with_the_lines_to_put_in() {
    let text = "import os\nif os.environ.get('DEBUG'):\n    SECRET_KEY = 'made-up'\nelse:\n    SECRET_KEY = os.environ['SECRET_KEY']\n";
    let ground = Ground::with_settings(text);
    assert_snapshot!(ground.says(&["init", "--write"]), @"
    1
    done      leave /.env and .keybaton-*.tmp out of git: .gitignore
    done      take in the key of the settings, and stage its successor: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    by hand   shop/settings.py, lines 3 and 5: keybaton does not change a key that is set so
              put these lines in the place of all of them, so that one assignment is left:

        import keybaton

        SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()

    next      put the lines in, then restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
              The settings read SECRET_KEY from the environment: where servers set it, that key stays
    ");
    assert_eq!(ground.read("shop/settings.py"), text);
}

#[test]
fn an_environment_that_is_named_is_configured_under_its_name() {
    let ground = Ground::startproject();
    let said = ground.says(&["init", "--write", "-e", "production"]);
    assert!(said.contains("SECRET_KEY in dotenv:.env (production)"), "{said}");
    assert_snapshot!(ground.read("keybaton.toml"), @r#"
    default-environment = "production"

    [environments.production]
    store = "dotenv:.env"
    # How long a new key takes to reach each process: `keybaton rotate` wants to know.
    # propagation = "15m"
    "#);
    assert!(ground.says(&["status"]).contains("SECRET_KEY in dotenv:.env (production)"));
    assert!(ground.says(&["rotate"]).contains("write propagation = \"…\" under [environments.production]"));
}

#[test]
fn a_store_whose_name_has_quotes_in_it_is_configured() {
    let ground = Ground::startproject();
    ground.says(&["init", "--write", "--store", "dotenv:a\"b.env"]);
    assert_snapshot!(ground.read("keybaton.toml"), @r#"
    default-environment = "dev"

    [environments.dev]
    store = "dotenv:a\"b.env"
    # How long a new key takes to reach each process: `keybaton rotate` wants to know.
    # propagation = "15m"
    "#);
    assert!(ground.says(&["status"]).contains("staged: "));
}

#[test]
fn a_key_of_other_settings_is_not_taken_out_of_them() {
    let production = "from .base import *\n\nSECRET_KEY = 'made-up-production'\n";
    let ground = Ground::of(&[
        ("manage.py", &manage("shop.settings.local")),
        ("shop/settings/base.py", "DEBUG = False\n"),
        ("shop/settings/local.py", "from .base import *\n\nSECRET_KEY = 'made-up-local'\n"),
        ("shop/settings/production.py", production),
    ]);
    let said = ground.says(&["init", "--write"]);
    let from = said.find("by hand").unwrap();
    assert_snapshot!(&said[from..], @"
    by hand   shop/settings/production.py, line 3: another key stands here, which the ring does not have
              give it a ring in an environment of its own; then put these lines in its place:

        import keybaton

        SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()

    done      let the settings read the ring: shop/settings/local.py
    next      restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    ");
    assert_eq!(ground.read("shop/settings/production.py"), production);
    assert_eq!(ground.variable("SECRET_KEY"), "made-up-local");
}
