//! `keybaton check` in the words that a user sees.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

/// A git repository with some files.
struct Tree(tempfile::TempDir);

impl Tree {
    fn of(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            tree.write(name, text.as_bytes());
        }
        tree.git(&["init", "--quiet"]);
        tree
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn git(&self, words: &[&str]) {
        assert!(Command::new("git").args(words).current_dir(self.0.path()).status().unwrap().success());
    }

    /// The exit code, then what was said.
    fn says(&self, words: &[&str]) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
        program.args(words).current_dir(self.0.path()).stdin(Stdio::null());
        let output = program.env_remove("KEYBATON_ENV").env_remove("KEYBATON_STORE").output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        format!("{}\n{}", output.status.code().unwrap(), said.trim_end())
    }
}

#[test]
fn a_url_that_may_hold_a_password_is_not_shown() {
    for url in [
        "awssm:joe:made-up-9f3c@host",
        "vault://made-up-9f3c@host/x",
        "akv://x/y?made-up-9f3c",
        "k8s:made-up-9f3c",
        "dotenv:joe:made-up-9f3c@host/.env",
        "dotenv://made-up-9f3c@host/.env",
        "postgres://joe:made-up-9f3c@host/db",
    ] {
        let toml = format!("[environments.dev]\nstore = \"{url}\"\npropagation = \"0s\"\n");
        let said = Tree::of(&[("keybaton.toml", &toml)]).says(&["check"]);
        assert!(said.contains("not looked at: SECRET_KEY (dev): the"), "{said}");
        assert!(!said.contains("made-up") && !said.contains("joe"), "{said}");
    }
}

#[test]
fn findings_say_what_where_and_what_now() {
    let tree = Tree::of(&[
        (
            "shop/settings.py",
            "import os\n\nSECRET_KEY = os.getenv('SECRET_KEY', 'made-up-default')\nSECRET_KEY_FALLBACKS = os.getenv('OLD', '').split(',')\n",
        ),
        (".env", "DEBUG=1\nSECRET_KEY=made-up\n"),
    ]);
    assert_snapshot!(tree.says(&["check"]), @r#"
    1
    .env:2:1: error: the next `git add .` takes this file and its keys in [env-not-ignored]
        mend: printf '%s\n' /.env >> .gitignore, or `keybaton init`
    .env:2:1: error: the key has fewer than 50 characters [weak-key]
        mend: `keybaton rotate` replaces it; with keybaton's middleware nobody is logged out
    shop/settings.py:3:38: error: this key signs wherever the variable is not set, and everybody who has the source has it [default-key]
        mend: take the default out, so that a missing key stops the start; `keybaton init` does it
    shop/settings.py:3:38: error: the key has fewer than 50 characters [weak-key]
        mend: `keybaton init`, then `keybaton rotate`; with keybaton's middleware nobody is logged out
    shop/settings.py:4:24: error: an empty text splits into one empty key, and with an empty fallback anybody forges signatures [empty-fallback]
        mend: leave out what is empty: [key for key in ….split(",") if key.strip()]
    5 findings: 2 files and 0 rings looked at
    "#);
    assert_snapshot!(tree.says(&["check", "shop", "--json"]), @r#"
    1
    {"findings":[{"rule":"default-key","severity":"error","file":"shop/settings.py","line":3,"column":38,"ring":null,"what":"this key signs wherever the variable is not set, and everybody who has the source has it","mend":"take the default out, so that a missing key stops the start; `keybaton init` does it"},{"rule":"weak-key","severity":"error","file":"shop/settings.py","line":3,"column":38,"ring":null,"what":"the key has fewer than 50 characters","mend":"`keybaton init`, then `keybaton rotate`; with keybaton's middleware nobody is logged out"},{"rule":"empty-fallback","severity":"error","file":"shop/settings.py","line":4,"column":24,"ring":null,"what":"an empty text splits into one empty key, and with an empty fallback anybody forges signatures","mend":"leave out what is empty: [key for key in ….split(\",\") if key.strip()]"}],"unexamined":[],"unknown_rules":[],"unasked":[],"files":1,"rings":0}
    "#);
}

#[test]
fn where_nothing_is_found_it_says_what_was_looked_at() {
    let tree = Tree::of(&[("shop/settings.py", "import os\n\nSECRET_KEY = os.environ['SECRET_KEY']\n")]);
    assert_snapshot!(tree.says(&["check"]), @r"
    0
    nothing found: 1 file and 0 rings looked at
    ");
}

#[test]
fn where_no_key_was_seen_no_clean_bill_is_given() {
    assert_snapshot!(Tree::of(&[]).says(&["check"]), @"
    0
    nothing found in what could be looked at: 0 files and 0 rings looked at
    warning: not looked at: the key: no Python source here sets it, no .env file holds one, and no ring was read
    ");
    let settings = "def get_key():\n    return 'hidden-in-a-function'\n\nSECRET_KEY = get_key()\n";
    let tree = Tree::of(&[("shop/settings.py", settings)]);
    assert_snapshot!(tree.says(&["check"]), @"
    0
    nothing found in what could be looked at: 1 file and 0 rings looked at
    warning: not looked at: shop/settings.py:4:1: the key comes from where keybaton cannot see it
    ");
    assert!(tree.says(&["check", "--json"]).contains("\"unexamined\":[{\"what\":\"shop/settings.py:4:1\""));
}

/// Two rings with the same keys, of which the second began as its record says.
fn two_rings(begun: &str) -> Tree {
    let tree = Tree::of(&[
        (
            "keybaton.toml",
            "[environments.dev]\nstore = \"dir:keys\"\npropagation = \"0s\"\n[environments.dev.rings.JWT_SIGNING_KEY]\nstore = \"dir:keys\"\n",
        ),
        ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
        ("settings.py", "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"),
        (".gitignore", "keys\n"),
    ]);
    let said = tree.says(&["init"]);
    assert!(said.starts_with('0'), "{said}");
    for text in ["", "_FALLBACKS", "_RING"] {
        let path = |ring: &str| tree.0.path().join("keys").join(format!("{ring}{text}"));
        let old = fs::read_to_string(path("SECRET_KEY")).unwrap();
        assert_eq!(old.starts_with(BEGINNING), text == "_RING");
        fs::write(path("JWT_SIGNING_KEY"), old.replacen(BEGINNING, &format!("{BEGINNING}{begun}"), 1))
            .unwrap();
    }
    tree
}

/// What a record begins with: `{"format":1,`
const BEGINNING: &str = "eyJmb3JtYXQiOjEs";

#[test]
fn one_key_in_two_rings_of_an_environment() {
    assert_snapshot!(two_rings("").says(&["check"]), @r"
    1
    SECRET_KEY in dir:keys (dev): error: SECRET_KEY and JWT_SIGNING_KEY of the environment dev have this key in common [shared-key]
        mend: give each ring a key of its own: `keybaton rotate --ring JWT_SIGNING_KEY -e dev`
    1 finding: 2 files and 2 rings looked at
    ");
    // "from":"SECRET_KEY",
    assert_snapshot!(two_rings("ImZyb20iOiJTRUNSRVRfS0VZIiwg").says(&["check"]), @r"
    0
    nothing found: 2 files and 2 rings looked at
    ");
}

#[test]
fn packages_that_live_on_the_key() {
    let tree = Tree::of(&[
        ("manage.py", ""),
        (
            "shop/settings.py",
            "SECRET_KEY = os.environ['SECRET_KEY']\nINSTALLED_APPS = ['rest_framework_simplejwt']\n",
        ),
        ("shop/models.py", "from fernet_fields import EncryptedTextField\n"),
    ]);
    assert_snapshot!(tree.says(&["check"]), @r#"
    1
    shop/models.py:1:1: error: django-fernet-fields encrypts with SECRET_KEY, as there is no FERNET_KEYS in shop/settings.py: a new SECRET_KEY makes these data unreadable [encrypted-fields]
        mend: `keybaton init --ring FIELD_ENCRYPTION_KEY --from SECRET_KEY`, then load it and set FERNET_KEYS = [FIELD_ENCRYPTION_KEY, *FIELD_ENCRYPTION_KEY_FALLBACKS]
    shop/settings.py:2:19: warning: djangorestframework-simplejwt signs tokens with SECRET_KEY: no SIMPLE_JWT["SIGNING_KEY"] in shop/settings.py [token-key]
        mend: `keybaton init --ring JWT_SIGNING_KEY --from SECRET_KEY`, then load it in the settings and add "keybaton.simplejwt" to INSTALLED_APPS
    2 findings: 3 files and 0 rings looked at
    "#);
}

#[test]
fn one_key_in_two_environments_of_the_configuration() {
    let key = format!("SECRET_KEY={STRONG}\n");
    let tree = Tree::of(&[
        (
            "keybaton.toml",
            "[environments.dev]\nstore = \"dotenv:.env\"\n[environments.production]\nstore = \"file:key.txt\"\n[environments.cloud]\nstore = \"env:\"\n",
        ),
        (".env", &key),
        ("key.txt", STRONG),
        (".gitignore", ".env\nkey.txt\n"),
    ]);
    assert_snapshot!(tree.says(&["check"]), @r"
    1
    SECRET_KEY in dotenv:.env (dev): error: the environment dev and the environment production have this key in common [shared-key]
        mend: give each environment a ring of its own: `keybaton rotate --new -e production`
    1 finding: 1 file and 2 rings looked at
    ");
    assert_snapshot!(tree.says(&["check", "-e", "dev"]), @r"
    0
    nothing found: 1 file and 1 ring looked at
    ");
}

#[test]
fn what_cannot_be_looked_at_is_not_called_clean() {
    let tree = Tree::of(&[
        ("keybaton.toml", "[environments.dev]\nstore = \"dir:keys\"\n"),
        ("shop/settings.py", "DEBUG = = True\nSECRET_KEY = os.environ['SECRET_KEY']\n"),
        ("keys", "not a folder"),
    ]);
    tree.write("latin.py", b"SECRET_KEY = '\xe9'\n");
    tree.write(".env", b"SECRET_KEY=\xe9\n");
    assert_snapshot!(tree.says(&["check"]), @r"
    0
    nothing found in what could be looked at: 3 files and 0 rings looked at
    warning: not looked at: latin.py: it is not text in the encoding that it says it has
    warning: not looked at: shop/settings.py: line 1 is not valid Python; the rest was looked at
    warning: not looked at: .env: it is not UTF-8 text
    warning: not looked at: SECRET_KEY in dir:keys (dev): keys is not a folder
    ");
}

#[test]
fn a_key_that_is_on_its_way_out_asks_for_nothing() {
    let settings = "SECRET_KEY = 'django-insecure-made-up-for-this-test'\n";
    let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n";
    let tree = Tree::of(&[("manage.py", manage), ("shop/settings.py", settings)]);
    tree.says(&["init", "--write"]);
    assert!(tree.says(&["check"]).starts_with("1\n"));
    tree.says(&["rotate"]);
    let said = tree.says(&["check"]);
    let moment = said.split_whitespace().find(|word| word.len() == 20 && word.ends_with('Z')).unwrap();
    assert_snapshot!(said.replace(moment, "MOMENT"), @"
    0
    .env:2:1: note: the key begins with django-insecure-, the mark of startproject's development keys; it signs no more, and is accepted until it retires [insecure-key]
        mend: `keybaton rotate -e dev` retires it from MOMENT (in 14d)
    .env:2:1: note: the key has fewer than 50 characters; it signs no more, and is accepted until it retires [weak-key]
        mend: `keybaton rotate -e dev` retires it from MOMENT (in 14d)
    nothing to mend, 2 notes: 3 files and 1 ring looked at
    ");
    let told = tree.says(&["check", "--json"]);
    assert!(told.starts_with("0\n{\"findings\":[{\"rule\":\"insecure-key\",\"severity\":\"note\""), "{told}");
    tree.says(&["retire", "--force", "--reason", "made up"]);
    assert!(tree.says(&["check"]).contains("nothing found"));
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    assert_snapshot!(Tree::of(&[]).says(&["check", "shopp"]), @r"
    2
    error: there is no file or folder shopp
    hint: name files and folders that are there, or none for the folder you are in
    ");
}

#[test]
fn a_comment_that_names_no_rule_is_named() {
    let tree = Tree::of(&[("settings.py", "SECRET_KEY = 'made-up'  # keybaton: ignore[no-such-rule]\n")]);
    assert_snapshot!(tree.says(&["check"]), @r"
    1
    settings.py:1:14: error: the key stands in the source, so everybody who has the source can sign with it [key-in-settings]
        mend: `keybaton init` moves it into .env and stages its successor; with keybaton's middleware nobody is logged out
    settings.py:1:14: error: the key has fewer than 50 characters [weak-key]
        mend: `keybaton init`, then `keybaton rotate`; with keybaton's middleware nobody is logged out
    2 findings: 1 file and 0 rings looked at
    warning: settings.py:1:1: there is no rule called no-such-rule
    ");
}

/// Wherever a rule looks, a key is planted; no report shows one.
#[test]
fn no_report_shows_a_key() {
    let planted = ["plantedone", "plantedtwo", "plantedthree", "plantedfour", "plantedfive", "plantedsix"];
    let tree = Tree::of(&[
        (
            "keybaton.toml",
            "[environments.dev]\nstore = \"dotenv:.env\"\n[environments.production]\nstore = \"file:key.txt\"\n",
        ),
        (
            "a/settings.py",
            "SECRET_KEY = 'django-insecure-plantedone'\nSECRET_KEY_FALLBACKS = ['plantedtwo', '']\n",
        ),
        ("b/settings.py", "SECRET_KEY = env('KEY', default='plantedthree')\n"),
        ("c/settings.py", "SECRET_KEY = 'plantedfour' +\n"),
        (".env", "SECRET_KEY=plantedfive\nSECRET_KEY_FALLBACKS=plantedsix\n"),
        ("key.txt", "plantedfive"),
        ("key.txt.fallbacks", "[plantedsix"),
        (".env.broken", "SECRET_KEY=plantedfive\nplantedsix\n='plantedtwo\n"),
    ]);
    tree.git(&["add", "."]);
    for words in [&["check"][..], &["check", "--json"], &["check", "-e", "dev"], &["check", ".env", "a"]] {
        let said = tree.says(words);
        assert!(said.starts_with('1'), "{said}");
        assert!(!planted.iter().any(|key| said.contains(key)), "{said}");
    }
}

#[test]
fn no_report_on_deploy_files_shows_a_key() {
    let key = |number: usize| format!("planted{number}{}", &STRONG[..56]);
    let tree = Tree::of(&[
        (
            "compose.yaml",
            &format!(
                "services:\n  web:\n    build: {{args: {{SECRET_KEY: {}}}}}\n    environment: [SECRET_KEY={}]\n    secrets: [secret_key]\n",
                key(1),
                key(2)
            ),
        ),
        ("broken/compose.yaml", &format!("SECRET_KEY: [{}\n", key(3))),
        ("Dockerfile", &format!("FROM python\nENV SECRET_KEY={}\n", key(4))),
        ("shop.service", &format!("[Service]\nEnvironment='SECRET_KEY={}'\n", key(5))),
        (
            ".github/workflows/deploy.yml",
            &format!(
                "jobs:\n  deploy:\n    env: {{SECRET_KEY: {0}}}\n    steps:\n      - run: docker inspect {0} && echo $SECRET_KEY {0}\n",
                key(6)
            ),
        ),
        ("chart/values.yaml", &format!("djangoSecretKey: {}\n", key(7))),
        ("main.tf", &format!("variable \"secret_key\" {{ default = \"{}\" }}\n", key(8))),
        (".env", &format!("SECRET_KEY={}\n", key(2))),
    ]);
    for words in [&["check"][..], &["check", "--json"]] {
        let said = tree.says(words);
        assert!(
            said.starts_with('1') && said.contains("shared-key") && said.contains("printed-environment"),
            "{said}"
        );
        assert!(!said.contains("planted") && !said.contains(&STRONG[..8]), "{said}");
    }
}

/// What the snippets that go round about SECRET_KEY look like.
#[test]
fn snippets_that_many_copy_are_told_what_is_wrong_with_them() {
    let tree = Tree::of(&[
        ("shop.service", "[Service]\nEnvironment=\"SECRET_KEY=your-secret-here\"\n"),
        (
            "docker-compose.yml",
            "services:\n  web:\n    image: myapp:latest\n    environment:\n      - SECRET_KEY=${SECRET_KEY}\n    secrets:\n      - secret_key\nsecrets:\n  secret_key:\n    file: ./secrets/secret_key.txt\n",
        ),
        (".github/workflows/test.yml", "env:\n  SECRET_KEY: ${{ secrets.SECRET_KEY }}\n"),
    ]);
    assert_snapshot!(tree.says(&["check"]), @r"
    1
    docker-compose.yml:5:9: warning: the same program gets this key as a secret too, and a rotation of the one leaves the other behind [key-given-twice]
        mend: take the variable out, and let KEYBATON_DIR name the folder of the secret
    docker-compose.yml:10:11: warning: a single file that is mounted stays the one that it was: a replacement of it never arrives [frozen-mount]
        mend: mount the folder that it stands in, as `keybaton recipe compose` writes it
    shop.service:2:25: error: the key stands in this file, so everybody who has the file can sign with it; it has fewer than 50 characters [key-in-deploy-file]
        mend: take it out: `keybaton recipe systemd` takes it from a store; then `keybaton rotate --new -e NAME` for the environment that signs with it
    shop.service:2:25: warning: every user of the machine reads this key with `systemctl show` [key-in-unit]
        mend: LoadCredentialEncrypted= and KEYBATON_DIR=%d, as `keybaton recipe systemd` writes them, or EnvironmentFile= with a file of mode 0600
    4 findings: 3 files and 0 rings looked at
    warning: not looked at: the key: no Python source here sets it, no .env file holds one, and no ring was read
    ");
}

/// As a generator draws it; made up.
const STRONG: &str = "kQ3vT9xZ2mLp7RwY4nHs8JdF6gBc1VaE5tUoKiXyPzMqWrNeGhSbDjCfAlOu0I2k";

#[cfg(feature = "vault")]
#[test]
fn a_store_on_a_network_is_asked_only_when_that_is_wanted() {
    let tree = Tree::of(&[(
        "keybaton.toml",
        "[environments.production]\nstore = \"vault://secret/shop\"\npropagation = \"15m\"\n",
    )]);
    assert_snapshot!(tree.says(&["check"]), @"
    0
    nothing found: 0 files and 0 rings looked at
    not asked: SECRET_KEY in vault://secret/shop (production); --remote reads them too
    ");
    assert_snapshot!(tree.says(&["load", "--local-only"]), @r#"
    0
    {"texts":{},"store":"vault://secret/shop","local":false,"warnings":[]}
    "#);
    assert!(tree.says(&["check", "--remote"]).contains("not looked at: SECRET_KEY in vault://secret/shop"));
}
