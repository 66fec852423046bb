//! A .env file that the next `git add .` takes in.

use std::path::Path;

use keybaton_core::shell::add_line;

use super::{Found, Rule};
use crate::finding::Severity;
use crate::fix::{Does, Fix, Remedy};
use crate::git::ignore_line;
use crate::tree::{IgnoreFile, Tree};

pub(super) const RULE: Rule = Rule {
    id: "env-not-ignored",
    summary: "Git does not leave a .env file with a key in it out",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    let seen = tree.env_files.iter().filter(|file| file.git.is_some_and(|git| !git.tracked && !git.ignored));
    for file in seen.filter(|file| !file.is_sample()) {
        let (mend, remedy) = match &tree.ignore_file {
            Some(ignore_file) => mended(ignore_file, &file.absolute),
            None => ("`keybaton init`".to_owned(), Remedy::ByHand),
        };
        found.add_with(file.at_key(), "the next `git add .` takes this file and its keys in", mend, remedy);
    }
}

fn mended(ignore_file: &IgnoreFile, secret: &Path) -> (String, Remedy) {
    let line = ignore_line(secret.strip_prefix(&ignore_file.folder).unwrap_or(secret));
    let command = add_line(&line, &ignore_file.path.display().to_string(), ignore_file.is_ended);
    let fix = Fix { file: ignore_file.folder.join(".gitignore"), does: Does::Line(line) };
    (format!("{command}, or `keybaton init`"), Remedy::Fix(fix))
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

    #[test]
    fn what_mends_it_leaves_no_empty_line_where_the_last_one_has_an_end() {
        for (stands, after) in
            [(None, "/.env\n"), (Some("*.pyc\n"), "*.pyc\n/.env\n"), (Some("a"), "a\n/.env\n")]
        {
            let mut world = World::new().file(".env", "SECRET_KEY=made-up\n");
            if let Some(text) = stands {
                world = world.file(".gitignore", text);
            }
            paste(&world, "");
            assert_eq!(fs::read_to_string(world.folder().join(".gitignore")).unwrap(), after);
        }
    }

    #[test]
    fn what_mends_it_is_for_the_work_tree_wherever_it_is_pasted() {
        let world = World::new().file("shop/.env", "SECRET_KEY=made-up\n").file("shop/app/x.py", "");
        for here in ["shop", "shop/app"] {
            let mend = world.all_from(here, "env-not-ignored").remove(0).mend;
            let top = world.folder().join(".gitignore");
            assert_eq!(mend, format!(r"printf '%s\n' /shop/.env >> {}, or `keybaton init`", top.display()));
        }
    }

    #[test]
    fn a_file_that_git_tracks_is_known_from_below_too() {
        let world = World::new().file(".env", "SECRET_KEY=made-up\n").file("shop/x.py", "");
        let world = world.git(&["add", ".env"]);
        assert_eq!(world.all_from("shop", "env-not-ignored").len(), 0);
        assert_eq!(world.all_from("shop", "env-tracked").len(), 1);
    }

    fn paste(world: &World, name: &str) {
        let mend = world.all("env-not-ignored").remove(0).mend;
        let command = mend.strip_suffix(", or `keybaton init`").unwrap();
        let mut shell = Command::new("bash");
        assert!(shell.args(["-c", command]).current_dir(world.folder()).status().unwrap().success());
        assert!(world.finds("env-not-ignored").is_empty(), "{name}: {command}");
    }

    /// The command as it is pasted, into a file whose last line has no end.
    #[test]
    fn what_mends_it_works_as_it_is_pasted_whatever_the_file_is_called() {
        for name in [".env", "it's/.env", "a shop/.env", "[old]/*/.env", r"back\slash/.env", "#shop/.env"] {
            let world = World::new().file(".gitignore", "*.pyc").file(name, "SECRET_KEY=made-up\n");
            paste(&world, name);
            let stands = fs::read_to_string(world.folder().join(".gitignore")).unwrap();
            assert!(stands.starts_with("*.pyc\n"), "{stands:?}");
        }
    }
}
