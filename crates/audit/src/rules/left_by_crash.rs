//! A file that a crashed write left.

use super::{Found, Rule};
use crate::finding::{At, Severity};
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "left-by-crash",
    summary: "A crash left a file of keybaton's, which may hold keys",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for leftover in &tree.leftovers {
        found.add(At::File(leftover.file.clone()), leftover.told(), leftover.mend());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::rules::world::World;

    #[test]
    fn a_file_that_a_crash_left_is_found_where_git_leaves_it_out_too() {
        let world = World::new().file(".gitignore", ".keybaton-*.tmp\n").file(NEW, "SECRET_KEY=made-up\n");
        assert_eq!(world.says("left-by-crash"), [format!("{NEW}: a crash left it, and it may hold keys")]);
        assert_eq!(world.all("left-by-crash")[0].mend, format!("rm {NEW}"));
    }

    #[test]
    fn a_file_that_stepped_aside_is_named_with_the_one_that_it_was() {
        let aside = NEW.replace(".tmp", "-.env.tmp");
        let world = World::new().file(NEW, "SECRET_KEY=two\n").file(&aside, "SECRET_KEY=one\n");
        assert_eq!(world.says("left-by-crash")[0], format!("{aside}: a crash left .env under this name"));
        assert_eq!(world.all("left-by-crash")[0].mend, format!("mv {aside} .env"));
    }

    #[test]
    fn one_beside_a_store_outside_of_the_folder_is_found_too() {
        let (outside, aside) = (tempfile::tempdir().unwrap(), World::new());
        fs::write(outside.path().join(NEW), "SECRET_KEY=made-up\n").unwrap();
        let found = aside.known_in(&outside.path().join(".env")).finds("left-by-crash");
        assert_eq!(found, [outside.path().join(NEW).display().to_string()]);
    }

    const NEW: &str = ".keybaton-0123456789abcdef.tmp";
}
