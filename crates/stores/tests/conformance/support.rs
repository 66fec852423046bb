//! Writes made by hand, and this test program run again as somebody else.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use keybaton_core::{Field, FieldWrite, SecretText, Texts, Writes};

/// All three texts, as a write with the final record in the last step.
pub(crate) fn writes(texts: &Texts) -> Writes {
    let step = |field, text: &str| FieldWrite { field, text: SecretText::new(text) };
    let mut whole = Texts::default();
    let mut steps = vec![step(Field::Record, INTENT)];
    for field in [Field::Fallbacks, Field::Signing, Field::Record] {
        let Some(text) = texts.get(field) else { continue };
        steps.push(step(field, text));
        whole.set(field, SecretText::new(text));
    }
    Writes { whole, steps }
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether tests may change owners. Only root can; somebody else must say that these tests shall be left out.
pub(crate) fn may_change_owners() -> bool {
    let left_out = env::var_os("KEYBATON_TESTS_WITHOUT_ROOT").is_some();
    assert!(
        is_root() || left_out,
        "this test changes owners: run it as root, or set KEYBATON_TESTS_WITHOUT_ROOT=1 to leave it out"
    );
    is_root()
}

/// Runs one ignored case of this test program as another user, who can enter `folder`.
pub(crate) fn as_nobody(case: &str, folder: &Path) {
    set_mode(folder, 0o755);
    let program = folder.join(".the-test-program");
    // Not by ourselves: a test beside this one may fork while we have the program open, which then counts as busy.
    assert!(Command::new("cp").arg(env::current_exe().unwrap()).arg(&program).status().unwrap().success());
    set_mode(&program, 0o755);
    let mut command = Command::new(&program);
    command.uid(NOBODY).gid(NOBODY);
    must_pass(start(command, case, folder, ""));
    fs::remove_file(program).unwrap();
}

/// Runs one ignored case of this test program with other variables in its environment.
pub(crate) fn as_whoever_has(variables: &[(String, String)], case: &str, folder: &Path) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    must_pass(start(command, case, folder, ""));
}

/// Starts one ignored case of this test program.
pub(crate) fn start_case(case: &str, folder: &Path, argument: &str) -> Child {
    start(Command::new(env::current_exe().unwrap()), case, folder, argument)
}

pub(crate) fn start(mut command: Command, case: &str, folder: &Path, argument: &str) -> Child {
    command
        .args(["--exact", case, "--ignored", "--nocapture"])
        .current_dir(folder)
        .env(FOLDER, folder)
        .env(ARGUMENT, argument)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a case and gives what it printed.
pub(crate) fn must_pass(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{complaints}");
    format!("{said}{complaints}")
}

/// The folder and the argument that a case was given by its test.
pub(crate) fn given() -> (PathBuf, String) {
    let folder = env::var_os(FOLDER).expect("this case is run by another test");
    (folder.into(), env::var(ARGUMENT).unwrap_or_default())
}

/// The record with which a write in steps begins.
pub(crate) const INTENT: &str = "aW50ZW50";
pub(crate) const NOBODY: u32 = 65_534;
const FOLDER: &str = "KEYBATON_TEST_FOLDER";
const ARGUMENT: &str = "KEYBATON_TEST_ARGUMENT";
