//! Keeping keys out of core files, other processes' sight and panic messages.

use std::panic::Location;
use std::process;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Print;

/// Makes the process one that nobody can dump, and a panic one that shows nothing of what was being worked on.
///
/// A program that `run` starts is dumpable again: the kernel resets the mark at exec.
pub(crate) fn protect_the_process() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Refused only where the kernel knows no such mark, and then nothing else could be done.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    std::panic::set_hook(Box::new(|panic| {
        Print::new().failure(&broken(panic.location()));
        process::exit(Exit::Broken as i32);
    }));
}

/// The panic's own message is withheld, since it may quote a key.
fn broken(place: Option<&Location<'_>>) -> Failure {
    let place = place.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    Failure::new(Exit::Broken, format!("keybaton stopped at {place}, which should never happen"))
        .hint("this is a bug in keybaton: please report it with this line and the command")
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use super::*;

    #[test]
    #[ignore = "run by the test below, in a process of its own"]
    fn panic_with_a_key_at_hand() {
        protect_the_process();
        panic!("made-up-key");
    }

    #[test]
    fn a_panic_says_where_and_not_what() {
        let output = in_a_process_of_its_own("guard::tests::panic_with_a_key_at_hand");
        let talk = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(70));
        assert!(talk.starts_with("error: keybaton stopped at crates/keybaton/src/guard.rs:"), "{talk}");
        assert!(!talk.contains("made-up-key"), "{talk}");
    }

    #[test]
    #[ignore = "run by the test below, in a process of its own"]
    fn look_at_the_mark() {
        use rustix::process::{DumpableBehavior, dumpable_behavior};
        protect_the_process();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_process_cannot_be_dumped() {
        assert!(in_a_process_of_its_own("guard::tests::look_at_the_mark").status.success());
    }

    fn in_a_process_of_its_own(test: &str) -> Output {
        let this = std::env::current_exe().unwrap();
        let arguments = [test, "--exact", "--ignored", "--nocapture"];
        Command::new(this).args(arguments).env("RUST_BACKTRACE", "full").output().unwrap()
    }
}
