//! The environment of a program that `run` starts.
#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use tempfile::TempDir;

#[test]
fn a_ring_of_former_times_does_not_reach_the_program() {
    let project = project("SECRET_KEY=made-up-key\n");
    let mut command = run(&project, &["env", "-0"]);
    for name in ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING", "KEYBATON_DIR"] {
        command.env(name, "stale");
    }
    let environment = environment(&mut command);
    assert_eq!(environment["SECRET_KEY"], "made-up-key");
    for name in ["SECRET_KEY_FALLBACKS", "SECRET_KEY_RING", "KEYBATON_DIR"] {
        assert!(!environment.contains_key(name), "{name}");
    }
}

#[test]
fn the_files_other_variables_are_set_where_they_are_not_set_already() {
    let project = project(
        "FIRST=one\nSECRET_KEY=made-up-key\nSECOND=\"${FIRST} and ${INHERITED}\"\nKEYED=${SECRET_KEY}\n\
        INHERITED=from the file\nEMPTY=from the file\nKEYBATON_DIR=/elsewhere\nNO_VALUE\n",
    );
    let mut command = run(&project, &["env", "-0"]);
    command.env("INHERITED", "from outside").env("EMPTY", "").env("SECRET_KEY", "stale");
    let environment = environment(&mut command);
    assert_eq!(environment["FIRST"], "one");
    assert_eq!(environment["SECOND"], "one and from outside");
    assert_eq!(environment["KEYED"], "made-up-key");
    assert_eq!(environment["INHERITED"], "from outside");
    assert_eq!(environment["EMPTY"], "");
    assert!(!environment.contains_key("KEYBATON_DIR") && !environment.contains_key("NO_VALUE"));
}

#[test]
fn only_the_ring_is_set_when_asked_for() {
    let project = project("SECRET_KEY=made-up-key\nOTHER=x\n");
    let mut command = program(&project);
    let environment = environment(command.args(["run", "--only-ring", "--", "env", "-0"]));
    assert_eq!(environment["SECRET_KEY"], "made-up-key");
    assert!(!environment.contains_key("OTHER"));
}

#[test]
fn the_program_takes_the_process_over() {
    let project = project("SECRET_KEY=made-up-key\n");
    let child = run(&project, &["sh", "-c", "echo $$"]).stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), id.to_string());
}

#[test]
fn the_program_can_be_dumped_again() {
    let project = project("SECRET_KEY=made-up-key\n");
    // A process that cannot be dumped owns nothing of its folder in /proc, which then is root's.
    let output = run(&project, &["sh", "-c", "cat /proc/self/environ > /dev/null"]).status().unwrap();
    assert!(output.success());
}

#[test]
fn what_no_environment_can_hold_is_left_out_with_a_warning() {
    let project = project("SECRET_KEY=made-up-key\n'A=B'=x\nNUL=a\0b\nLAST=z\n");
    let output = run(&project, &["env", "-0"]).output().unwrap();
    let talk = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        talk,
        "warning: left out A=B: no environment can hold it\nwarning: left out NUL: no environment can hold it\n"
    );
    assert!(String::from_utf8(output.stdout).unwrap().contains("\0LAST=z\0"));
}

#[test]
fn a_key_with_a_nul_starts_nothing() {
    let project = project("SECRET_KEY=made\0up\n");
    let output = run(&project, &["true"]).output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        talk,
        "error: SECRET_KEY holds a NUL, which no environment can\nhint: restore the copy you know to be good\n"
    );
}

#[test]
fn a_file_that_is_a_pipe_is_read_once() {
    let project = project("");
    let path = project.path().join("pipe.env");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let writer =
        std::thread::spawn(move || std::fs::write(path, "SECRET_KEY=made-up-key\nOTHER=x\n").unwrap());
    let mut command = program(&project);
    let environment = environment(command.args(["run", "--store", "dotenv:pipe.env", "--", "env", "-0"]));
    writer.join().unwrap();
    assert_eq!((&*environment["SECRET_KEY"], &*environment["OTHER"]), ("made-up-key", "x"));
}

#[test]
fn what_was_chosen_here_counts_in_the_program_too() {
    let project = project("SECRET_KEY=made-up-key\n");
    let mut command = program(&project);
    let chosen = environment(command.args(["run", "-e", "dev", "--", "env", "-0"]));
    assert_eq!(chosen["KEYBATON_ENV"], "dev");
    assert!(!chosen.contains_key("KEYBATON_STORE"));

    std::fs::write(project.path().join("other.env"), "SECRET_KEY=another-made-up-key\n").unwrap();
    let mut command = program(&project);
    let chosen = environment(command.args(["run", "--store", "dotenv:other.env", "--", "env", "-0"]));
    assert_eq!(chosen["SECRET_KEY"], "another-made-up-key");
    let whole = project.path().canonicalize().unwrap().join("other.env");
    assert_eq!(chosen["KEYBATON_STORE"], format!("dotenv:{}", whole.display()));
    assert!(!chosen.contains_key("KEYBATON_ENV"));
}

#[test]
fn a_script_without_its_interpreter_cannot_be_executed() {
    let project = project("SECRET_KEY=made-up-key\n");
    let script = project.path().join("script");
    std::fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&script).status().unwrap().success());
    let output = run(&project, &["./script"]).output().unwrap();
    assert_eq!(output.status.code(), Some(126));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert_eq!(talk, "error: cannot execute ./script: its interpreter is not there\n");
}

#[test]
fn neither_a_home_folder_nor_anything_else_is_needed_of_the_environment() {
    let project = project("SECRET_KEY=made-up-key\n");
    let mut command = run(&project, &["/usr/bin/env", "-0"]);
    let environment = environment(command.env_clear());
    assert_eq!(environment, BTreeMap::from([("SECRET_KEY".to_owned(), "made-up-key".to_owned())]));
}

fn project(file: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    std::fs::write(folder.path().join("keybaton.toml"), "[environments.dev]\nstore = \"dotenv:.env\"\n")
        .unwrap();
    std::fs::write(folder.path().join(".env"), file).unwrap();
    folder
}

fn program(project: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keybaton"));
    command.current_dir(project.path()).env_remove("KEYBATON_ENV").env_remove("KEYBATON_STORE");
    command
}

fn run(project: &TempDir, child: &[&str]) -> Command {
    let mut command = program(project);
    command.args(["run", "--"]).args(child);
    command
}

fn environment(command: &mut Command) -> BTreeMap<String, String> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let pairs = text.split_terminator('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
