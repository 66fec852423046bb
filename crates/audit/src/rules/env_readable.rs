//! A .env file that other users of the machine can read.

use keybaton_core::shell::quoted;

use super::{Found, Rule};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "env-readable",
    summary: "Every user of the machine can read or write a .env file with a key in it",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in tree.env_files.iter().filter(|file| file.mode & OTHERS != 0 && !file.is_sample()) {
        let what = format!("every user of this machine can use this file: its mode is {:o}", file.mode);
        let mend =
            format!("chmod {:o} {}", file.mode & !OTHERS & 0o666, quoted(&file.path.display().to_string()));
        found.add(file.at_key(), what, mend);
    }
}

/// What the mode grants to everybody. A group may be meant: 0640 for root and www-data is usual.
const OTHERS: u32 = 0o007;

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[test]
    fn a_mode_that_lets_others_in_is_found() {
        let world = |mode| World::new().file(".env", "SECRET_KEY=made-up\n").mode(".env", mode);
        assert_eq!(
            world(0o644).says("env-readable"),
            [".env:1:1: every user of this machine can use this file: its mode is 644"]
        );
        assert!(world(0o640).finds("env-readable").is_empty());
        assert!(world(0o600).finds("env-readable").is_empty());
    }

    #[test]
    fn a_name_with_spaces_is_quoted_in_what_mends_it() {
        let world = World::new().file("my conf/.env", "SECRET_KEY=made-up\n").mode("my conf/.env", 0o644);
        assert_eq!(world.all("env-readable")[0].mend, "chmod 640 'my conf/.env'");
    }
}
