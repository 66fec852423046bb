//! What the tests share: a folder to play in, one-line writes, and the same test program under other circumstances.

use std::env;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use keybaton_files::{Audience, Change, FileError, FileErrorKind, Limits, Place, read, replace};

pub(crate) const SOON: Duration = Duration::from_millis(50);

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Replaces the file's content as a store does it.
pub(crate) fn write(path: &Path, new: &str, over: Option<&str>) -> Result<(), FileError> {
    let place = Place::find(path)?;
    let lock = place.lock(SOON)?;
    let change = Change { new: new.as_bytes(), over: over.map(str::as_bytes), audience: Audience::Owner };
    replace(&place, &change, &lock)
}

pub(crate) fn text(path: &Path) -> String {
    String::from_utf8(read(path, Limits::default()).unwrap().expose().to_vec()).unwrap()
}

pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The names in a folder, without the test program that may have been copied into it.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != PROGRAM)
        .collect();
    names.sort();
    names
}

/// Kind, sentence and hint: all that a user and a caller see.
pub(crate) fn told(error: &FileError) -> (FileErrorKind, String, String) {
    (error.kind(), error.to_string(), error.hint().unwrap_or_default().to_owned())
}

/// Runs a program that a test needs, and says so when it is missing.
pub(crate) fn tool(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(name)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("this test needs the program {name}: {error}"));
    assert!(output.status.success(), "{name} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether tests may change owners. Only root can; somebody else must say that these tests shall be left out.
pub(crate) fn may_change_owners() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    let left_out = env::var_os("KEYBATON_TESTS_WITHOUT_ROOT").is_some();
    assert!(
        is_root || left_out,
        "this test changes owners: run it as root, or set KEYBATON_TESTS_WITHOUT_ROOT=1 to leave it out"
    );
    is_root
}

/// Runs one ignored case of this test program as another user, who can enter `folder`.
pub(crate) fn as_nobody(case: &str, folder: &Path) {
    set_mode(folder, 0o755);
    let program = folder.join(PROGRAM);
    // Not by ourselves: a test beside this one may fork while we have the program open, which then counts as busy.
    tool("cp", &[env::current_exe().unwrap().to_str().unwrap(), program.to_str().unwrap()]);
    set_mode(&program, 0o755);
    let mut command = Command::new(program);
    run_case(command.args(["--exact", case, "--ignored"]).uid(NOBODY).gid(NOBODY), folder);
}

/// Runs one ignored case of this test program after `mounts`, shell commands that no one else sees the effect of.
pub(crate) fn with_mounts(mounts: &str, case: &str, folder: &Path) {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !rustix::process::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let script = format!("set -e; {mounts}; exec \"$0\" --exact {case} --ignored");
    run_case(command.args(["sh", "-c", &script]).arg(env::current_exe().unwrap()), folder);
}

/// Runs one ignored case of this test program and tells which of the given system calls it made.
pub(crate) fn traced(calls: &str, case: &str, folder: &Path) -> String {
    let log = folder.join("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-s", "4096", "-e", &format!("trace={calls}"), "-o"]).arg(&log);
    run_case(command.arg(env::current_exe().unwrap()).args(["--exact", case, "--ignored"]), folder);
    fs::read_to_string(log).unwrap()
}

/// The folder that a case was given by its test.
pub(crate) fn given_folder() -> PathBuf {
    env::var_os(FOLDER).expect("this case is run by another test").into()
}

fn run_case(command: &mut Command, folder: &Path) {
    let output = command
        .current_dir(folder)
        .env(FOLDER, folder)
        .output()
        .unwrap_or_else(|error| panic!("cannot run the case: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

pub(crate) const NOBODY: u32 = 65_534;
const PROGRAM: &str = "the-test-program";
const FOLDER: &str = "KEYBATON_TEST_FOLDER";
