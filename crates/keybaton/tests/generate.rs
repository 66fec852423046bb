//! Keys as the program prints them.
#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::process::Command;

use keybaton_core::generate::Format;

#[test]
fn a_key_stands_alone_on_its_line_and_is_another_each_time() {
    for (format, _) in Format::ALL {
        let (first, second) = (generated(format), generated(format));
        assert_ne!(first, second);
        assert_eq!(first.len(), first.trim().len());
    }
}

#[test]
fn base64_looks_as_openssl_writes_it() {
    let theirs = printed(Command::new("openssl").args(["rand", "-base64", "48"]));
    let ours = printed(Command::new(PROGRAM).args(["generate", "--format", "base64"]));
    assert_eq!(theirs.len(), ours.len());
    for text in [theirs, ours] {
        let key = text.strip_suffix('\n').unwrap();
        assert!(key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/'), "{}", key.len());
    }
}

#[test]
fn neither_a_home_folder_nor_a_terminal_nor_an_environment_is_needed() {
    let key = printed(Command::new(PROGRAM).arg("generate").env_clear().current_dir("/"));
    assert_eq!(key.len(), 65);
}

fn generated(format: &str) -> String {
    let text = printed(Command::new(PROGRAM).args(["generate", "--format", format]));
    text.strip_suffix('\n').unwrap().to_owned()
}

fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_keybaton");
