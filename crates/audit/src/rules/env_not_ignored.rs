//! A .env file that the next `git add .` takes in.

use keybaton_core::shell::add_line;

use super::{Found, Rule};
use crate::finding::Severity;
use crate::git::ignore_line;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "env-not-ignored",
    summary: "Git does not leave a .env file with a key in it out",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    let seen = tree.env_files.iter().filter(|file| file.git.is_some_and(|git| !git.tracked && !git.ignored));
    for file in seen.filter(|file| !file.is_sample()) {
        let mend = format!("{}, or `keybaton init`", add_line(&ignore_line(&file.path), ".gitignore"));
        found.add(file.at_key(), "the next `git add .` takes this file and its keys in", mend);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use crate::rules::world::World;

    #[test]
    fn a_file_that_git_sees_is_found() {
        let world = World::new().file("shop/.env.local", "SECRET_KEY=made-up\n");
        assert_eq!(world.finds("env-not-ignored"), ["shop/.env.local:1:1"]);
    }

    #[test]
    fn a_file_that_git_leaves_out_is_not_but_the_others_rules_look_at_it() {
        let world = World::new().file(".gitignore", ".env*\n").file(".env", "SECRET_KEY=made-up\n");
        assert!(world.finds("env-not-ignored").is_empty());
        assert_eq!(world.finds("weak-key"), [".env:1:1"]);
    }

    /// The command as it is pasted, into a file whose last line has no end.
    #[test]
    fn what_mends_it_works_as_it_is_pasted_whatever_the_file_is_called() {
        for name in [".env", "it's/.env", "a shop/.env", "[old]/*/.env", r"back\slash/.env", "#shop/.env"] {
            let world = World::new().file(".gitignore", "*.pyc").file(name, "SECRET_KEY=made-up\n");
            let mend = world.all("env-not-ignored").remove(0).mend;
            let command = mend.strip_suffix(", or `keybaton init`").unwrap();
            let mut shell = Command::new("bash");
            assert!(shell.args(["-c", command]).current_dir(world.folder()).status().unwrap().success());
            assert!(world.finds("env-not-ignored").is_empty(), "{name}: {command}");
            let stands = fs::read_to_string(world.folder().join(".gitignore")).unwrap();
            assert!(stands.starts_with("*.pyc\n"), "{stands:?}");
        }
    }
}
