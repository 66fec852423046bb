//! What is asked, and of whom.

use std::fs::File;
use std::io::{Read, Write};

use insta::assert_snapshot;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::ground::Ground;

#[test]
fn without_a_terminal_the_settings_are_not_changed_unless_that_was_said() {
    let ground = Ground::startproject();
    let before = ground.everything();
    let said = ground.says(&["init"]);
    assert_snapshot!(said.lines().rev().take(2).collect::<Vec<_>>().join("\n"), @r"
    hint: say --write to answer it beforehand
    error: this needs a yes: Change shop/settings.py as shown?
    ");
    assert_eq!(ground.says(&["init", "--no-input"]), said);
    assert_eq!(ground.everything(), before);
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let ground = Ground::startproject();
    let before = ground.everything();
    assert_snapshot!(ground.says(&["init", "--dry-run"]), @r"
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

    would     leave /.env and .keybaton-*.tmp out of git: .gitignore
    would     take in the key of the settings, and stage its successor: SECRET_KEY in dotenv:.env (dev)
    would     say where the ring lives: keybaton.toml
    would     let the settings read the ring: shop/settings.py
    ");
    assert_eq!(ground.everything(), before);
}

#[test]
fn a_yes_changes_the_settings() {
    let ground = Ground::startproject();
    let said = answered(&ground, "y\n");
    assert!(said.contains("Change shop/settings.py as shown? [y/N]"), "{said}");
    assert!(ground.read("shop/settings.py").contains("keybaton.load()"));
}

#[test]
fn a_no_leaves_them_and_gives_the_lines() {
    let ground = Ground::startproject();
    let before = ground.read("shop/settings.py");
    let said = answered(&ground, "n\n");
    let from = said.find("done").unwrap();
    assert_snapshot!(said[from..].replace('\r', "").trim_end(), @r"
    done      leave /.env and .keybaton-*.tmp out of git: .gitignore
    done      take in the key of the settings, and stage its successor: SECRET_KEY in dotenv:.env (dev)
    done      say where the ring lives: keybaton.toml
    by hand   the settings stay as they are; what belongs into them:

        import keybaton

        SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()

    next      put the lines in, then restart the server. The settings import keybaton, so name it in your requirements
              The old key is in source control: once every server is restarted, `keybaton rotate`
              moves on to its successor, step by step
    ");
    assert_eq!(ground.read("shop/settings.py"), before);
    assert!(ground.exists(".env"));
}

/// Runs it on a terminal where the user types an answer.
pub(crate) fn answered(ground: &Ground, answer: &str) -> String {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap().into_string().unwrap();
    let terminal = || File::options().read(true).write(true).open(&name).unwrap();
    let mut command = ground.command(&["init"]);
    command.stdin(terminal()).stdout(terminal()).stderr(terminal()).env("NO_COLOR", "1");
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut screen = File::from(screen);
    screen.write_all(answer.as_bytes()).unwrap();
    let mut said = Vec::new();
    // When the last terminal is closed, reading the screen fails.
    let _ = screen.read_to_end(&mut said);
    assert!(child.wait().unwrap().success());
    String::from_utf8(said).unwrap()
}
