//! `keybaton recipe` in the words that a user sees, whatever the platform.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use insta::assert_snapshot;

#[path = "recipe/clouds.rs"]
mod clouds;
#[path = "recipe/compose.rs"]
mod compose;
#[path = "recipe/dockerfile.rs"]
mod dockerfile;
#[path = "recipe/heroku.rs"]
mod heroku;
#[path = "recipe/hosts.rs"]
mod hosts;
#[path = "recipe/layouts.rs"]
mod layouts;
#[path = "recipe/rings.rs"]
mod rings;
#[path = "recipe/shells.rs"]
mod shells;
#[path = "recipe/systemd.rs"]
mod systemd;
#[path = "recipe/tables.rs"]
mod tables;

/// A project whose configuration knows of development alone.
struct Ground {
    folder: PathBuf,
    /// Gone with the test.
    _made: Option<tempfile::TempDir>,
}

impl Ground {
    fn new() -> Self {
        Self::of(&[("keybaton.toml", CONFIGURATION)])
    }

    fn of(files: &[(&str, &str)]) -> Self {
        let made = tempfile::tempdir().unwrap();
        let ground = Self::at(made.path(), files);
        Self { _made: Some(made), ..ground }
    }

    /// In a folder that somebody else made.
    fn at(folder: &Path, files: &[(&str, &str)]) -> Self {
        let ground = Self { folder: folder.to_owned(), _made: None };
        let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n";
        for (name, text) in
            [("manage.py", manage), ("shop/settings.py", ""), ("shop/wsgi.py", "")].iter().chain(files)
        {
            ground.write(name, text);
        }
        ground
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The exit code, then what was said.
    fn says(&self, words: &[&str]) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
        program.arg("recipe").args(words).current_dir(&self.folder).stdin(Stdio::null());
        let output = program.env_remove("KEYBATON_ENV").env_remove("KEYBATON_STORE").output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        format!("{}\n{}", output.status.code().unwrap(), said.trim_end())
    }
}

const CONFIGURATION: &str = "[environments.dev]\nstore = \"dotenv:.env\"\npropagation = \"0s\"\n";

#[test]
fn without_write_nothing_is_written() {
    let ground = Ground::new();
    assert!(ground.says(&["systemd"]).starts_with("0\n--- keybaton.toml\n"));
    assert_eq!(ground.read("keybaton.toml"), CONFIGURATION);
    assert!(!ground.path("deploy").exists());
}

#[test]
fn written_once_it_is_as_it_should_be() {
    let ground = Ground::new();
    ground.says(&["systemd", "--write"]);
    let again = ground.says(&["systemd", "--write"]);
    assert!(again.starts_with("0\nas it is  deploy/systemd/shop.service: the site\n"), "{again}");
    assert!(!again.contains("wrote"), "{again}");
}

#[test]
fn what_somebody_changed_is_shown_before_it_is_written_over() {
    let ground = Ground::new();
    ground.says(&["systemd", "--write"]);
    let socket = "deploy/systemd/shop.socket";
    let made = ground.read(socket);
    ground.write(socket, &made.replace("127.0.0.1:8000", "/run/shop.sock"));
    let said = ground.says(&["systemd"]);
    assert!(said.contains("-ListenStream=/run/shop.sock\n+ListenStream=127.0.0.1:8000\n"), "{said}");
    assert_ne!(ground.read(socket), made);
    let said = ground.says(&["systemd", "--write"]);
    assert!(said.contains("-ListenStream=/run/shop.sock\n+ListenStream=127.0.0.1:8000\n"), "{said}");
    assert_eq!(ground.read(socket), made);
}

#[test]
fn windows_line_ends_are_no_change() {
    let ground = Ground::new();
    ground.says(&["systemd", "--write"]);
    let socket = "deploy/systemd/shop.socket";
    let made = ground.read(socket).replace('\n', "\r\n");
    ground.write(socket, &made);
    assert!(ground.says(&["systemd", "--write"]).contains("as it is  deploy/systemd/shop.socket"));
    assert_eq!(ground.read(socket), made);
}

#[test]
fn a_file_that_is_no_text_is_left_and_nothing_else_is_written() {
    let ground = Ground::new();
    fs::create_dir_all(ground.path("deploy/systemd")).unwrap();
    fs::write(ground.path("deploy/systemd/shop-rotate.timer"), b"\xff\xfe").unwrap();
    let said = ground.says(&["systemd", "--write"]);
    assert_eq!(said, "3\nerror: deploy/systemd/shop-rotate.timer is not UTF-8 text");
    assert!(!ground.path("deploy/systemd/shop.service").exists());
}

#[test]
fn an_environment_that_is_configured_is_taken_as_it_is() {
    let ground = Ground::of(&[(
        "keybaton.toml",
        "[environments.live]\nstore = \"systemd:/etc/credstore.encrypted\"\n",
    )]);
    let said = ground.says(&["systemd", "-e", "live"]);
    assert!(said.starts_with("0\n==> deploy/systemd/shop.service"), "{said}");
    assert!(said.contains(" rotate -e live "), "{said}");
}

#[test]
fn what_cannot_be_is_said_in_a_sentence() {
    let ground = Ground::new();
    assert_snapshot!(ground.says(&["systemd", "--variant", "magic"]), @"
    2
    error: systemd has no variant of this name
    hint: it has credentials, watch, run, environment-file, environment
    ");
    assert_snapshot!(ground.says(&["systemd", "--set", "user=a b"]), @"
    2
    error: --set user=… is not a name of lower case letters, digits and hyphens
    hint: it asks for folder (where the project lies on the server), venv (its virtual environment there), user (the user whose processes serve), listen (where the socket listens), age (how old a key may be), unit (a service that is there and gets a drop-in, or new)
    ");
    assert_snapshot!(ground.says(&["systemd", "--name", "Shop;id"]), @"
    2
    error: the project has no name that units and containers can have
    hint: name it: lower case letters, digits and hyphens, such as --name shop
    ");
    assert_snapshot!(ground.says(&["systemd", "--server", "apache"]), @"
    2
    error: --server names no server that is known here
    hint: name one of gunicorn, uvicorn, daphne, hypercorn, uwsgi
    ");
    assert_snapshot!(Ground::of(&[]).says(&["systemd"]), @"
    3
    error: there is no keybaton.toml here or above, so nothing says where the key lives
    hint: run `keybaton init` first, which makes a key and says so
    ");
    assert_snapshot!(Ground::of(&[("keybaton.toml", "[environments.production]\npropagation = \"0s\"\n")]).says(&["systemd"]), @"
    3
    error: the environment production has no store for SECRET_KEY
    hint: write store = … into its table in keybaton.toml; `keybaton stores` lists what can stand there
    ");
}

#[test]
fn programs_are_told_every_file() {
    let ground = Ground::new();
    let said = ground.says(&["systemd", "--json"]);
    let told: serde_json::Value = serde_json::from_str(said.strip_prefix("0\n").unwrap()).unwrap();
    assert_eq!(told["target"], "systemd");
    assert_eq!(told["environment"], "production");
    let states: Vec<&str> =
        told["files"].as_array().unwrap().iter().map(|file| file["state"].as_str().unwrap()).collect();
    assert_eq!(states[..2], ["other", "new"]);
    let list: serde_json::Value =
        serde_json::from_str(ground.says(&["--json"]).strip_prefix("0\n").unwrap()).unwrap();
    assert!(list.as_array().unwrap().iter().any(|recipe| recipe["target"] == "systemd"));
}

#[test]
fn a_release_command_runs_where_manage_py_is() {
    let production = "[environments.production]\nstore = \"heroku://shop\"\n";
    let says = |procfile: &str| {
        let ground = Ground::of(&[("keybaton.toml", production), ("Procfile", procfile)]);
        fs::create_dir(ground.path("our site")).unwrap();
        for name in ["manage.py", "shop"] {
            fs::rename(ground.path(name), ground.path("our site").join(name)).unwrap();
        }
        if procfile.is_empty() {
            fs::remove_file(ground.path("Procfile")).unwrap();
        }
        let said = ground.says(&["heroku"]);
        said.lines().map(str::trim).filter(|line| line.contains("cd ")).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(says("web: x\n"), @"
    release: cd 'our site' && python manage.py check --deploy --fail-level ERROR
    ");
    assert_snapshot!(says("release: python manage.py migrate\n"), @"
    (cd 'our site' && python manage.py check --deploy --fail-level ERROR) &&
    ");
    assert_snapshot!(says(""), @"
    web: cd 'our site' && gunicorn --bind 0.0.0.0:$PORT shop.wsgi
    release: cd 'our site' && python manage.py check --deploy --fail-level ERROR
    ");
}

#[test]
fn no_file_with_keys_gets_into_the_build_of_an_image() {
    let configuration = "\
[environments.production]
store = \"file:./keys/key.txt\"
mirrors = [\"dir:mirror\"]
[environments.production.rings.JWT_KEY]
store = \"dotenv:config/production.txt\"
[environments.dev]
store = \"dotenv:.env\"
[environments.test]
store = \"dir:rings/test\"
";
    let ground = Ground::of(&[("keybaton.toml", configuration), ("Dockerfile", "FROM scratch\n")]);
    ground.says(&["dockerfile", "--write"]);
    assert_snapshot!(ground.read(".dockerignore"), @"
    .git
    **/.env
    **/.env.*
    **/.keybaton-*.tmp
    secrets
    config/production.txt
    keys/key.txt*
    mirror
    rings/test
    ");
}
