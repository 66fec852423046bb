//! Standard streams that are closed, full or a terminal.
#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::fs::{File, OpenOptions};
use std::process::{Command, Output, Stdio};

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tempfile::TempDir;

#[test]
fn a_reader_that_went_away_is_no_failure() {
    for arguments in [&["generate"][..], &["--help"], &["load"]] {
        let output = program(&project(), arguments).stdout(closed_pipe()).output().unwrap();
        assert_eq!(told(&output), (Some(0), String::new()), "{arguments:?}");
    }
}

#[test]
fn a_failure_keeps_its_exit_code_when_nobody_listens() {
    let project = project();
    let mut command = program(&project, &["generate", "--length", "5"]);
    let status = command.stdout(closed_pipe()).stderr(closed_pipe()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_full_disk_behind_standard_output_is_a_failure() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program(&project(), &["generate"]).stdout(full).output().unwrap();
    let talk = "error: cannot write to standard output: No space left on device\n";
    assert_eq!(told(&output), (Some(70), talk.to_owned()));
}

#[test]
fn closed_standard_streams_are_borne() {
    let project = project();
    let key = program(&project, &["generate"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(key.stdout.len(), 65);
    for closed in ["<&-", "<&- 2>&-", "<&- >&- 2>&-"] {
        let line = format!("exec \"$0\" run -- sh -c 'exit 7' {closed}");
        let status =
            Command::new("sh").args(["-c", &line, PROGRAM]).current_dir(project.path()).status().unwrap();
        assert_eq!(status.code(), Some(7), "{closed}");
    }
}

#[test]
fn keys_are_not_loaded_onto_a_terminal() {
    let (terminal, screen) = terminal();
    let output = program(&project(), &["load"]).stdout(terminal).output().unwrap();
    let talk = "error: load prints keys for a program, not on a terminal\n\
        hint: `keybaton status` shows the ring without its keys\n";
    assert_eq!(told(&output), (Some(6), talk.to_owned()));
    drop(screen);
}

#[test]
fn keys_are_exported_onto_a_terminal_only_where_the_user_wants_to_see_them() {
    let (refused, screen) = terminal();
    let output = program(&project(), &["export", "--format", "shell"]).stdout(refused).output().unwrap();
    let talk = "error: export prints keys, and this is a terminal\n\
        hint: send it where it is to be read, as in the examples of --help, or add --reveal\n";
    assert_eq!(told(&output), (Some(6), talk.to_owned()));
    drop(screen);
    let (shown, screen) = terminal();
    let words = ["export", "--format", "shell", "--reveal"];
    assert_eq!(told(&program(&project(), &words).stdout(shown).output().unwrap()).0, Some(0));
    drop(screen);
}

#[test]
fn colour_is_for_terminals_and_for_those_who_want_it() {
    let project = project();
    let red = |no_color: &str| {
        let (terminal, screen) = terminal();
        let mut command = program(&project, &["generate", "--length", "5"]);
        command.env("NO_COLOR", no_color).env("TERM", "xterm").stderr(terminal).status().unwrap();
        drop(command);
        let mut shown = [0; 256];
        let length = rustix::io::read(&screen, &mut shown).unwrap();
        String::from_utf8_lossy(&shown[..length]).contains("\x1b[31merror:")
    };
    assert!(red(""));
    assert!(!red("1"));
    let plain = program(&project, &["generate", "--length", "5"]).output().unwrap();
    assert!(!plain.stderr.contains(&0x1b));
}

/// A project with a key in a .env file.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    std::fs::write(folder.path().join("keybaton.toml"), "[environments.dev]\nstore = \"dotenv:.env\"\n")
        .unwrap();
    std::fs::write(folder.path().join(".env"), "SECRET_KEY=made-up-key\n").unwrap();
    folder
}

fn program(project: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .current_dir(project.path())
        .env_remove("KEYBATON_ENV")
        .env_remove("KEYBATON_STORE");
    command
}

fn told(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr.clone()).unwrap())
}

fn closed_pipe() -> Stdio {
    let (_, writer) = pipe_with(PipeFlags::CLOEXEC).unwrap();
    Stdio::from(writer)
}

/// A terminal, and the screen on which what it was sent can be read.
fn terminal() -> (Stdio, rustix::fd::OwnedFd) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap().into_string().unwrap();
    (Stdio::from(File::options().read(true).write(true).open(name).unwrap()), screen)
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_keybaton");
