//! A .env file that the next `git add .` takes in.

use std::path::MAIN_SEPARATOR;

use keybaton_core::shell::add_line;

use super::{Found, Rule};
use crate::finding::Severity;
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
        let line = format!("/{}", file.path.display()).replace(MAIN_SEPARATOR, "/");
        let mend = format!("{}, or `keybaton init`", add_line(&line, ".gitignore"));
        found.add(file.at_key(), "the next `git add .` takes this file and its keys in", mend);
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_name_with_a_quote_is_quoted_in_what_mends_it() {
        let world = World::new().file("it's/.env", "SECRET_KEY=made-up\n");
        assert_eq!(
            world.all("env-not-ignored")[0].mend,
            r"echo '/it'\''s/.env' >> .gitignore, or `keybaton init`"
        );
    }
}
