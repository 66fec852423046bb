//! A key that is used where the real one is missing.

use super::{Found, Rule};
use crate::finding::Severity;
use crate::settings::LiteralRole;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "default-key",
    summary: "A key in the source is used without a word where the real one is missing",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in tree.python.iter().filter(|file| !file.is_for_tests()) {
        for (_, literal) in file.literals().filter(|(_, literal)| literal.role == LiteralRole::Default) {
            let what =
                "this key signs wherever the variable is not set, and everybody who has the source has it";
            let mend = "take the default out, so that a missing key stops the start; `keybaton init` does it";
            found.add(file.at(literal.range.start), what, mend);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[test]
    fn a_default_is_found_in_all_its_forms() {
        for lookup in [
            "os.environ.get('SECRET_KEY', 'made-up')",
            "os.getenv('SECRET_KEY', 'made-up')",
            "os.getenv('SECRET_KEY', default='made-up')",
            "env('SECRET_KEY', default='made-up')",
            "env.str('SECRET_KEY', 'made-up')",
            "config('SECRET_KEY', default='made-up')",
            "os.environ.get('SECRET_KEY') or 'made-up'",
            "'made-up' if DEBUG else os.environ['SECRET_KEY']",
        ] {
            let world = World::settings(&format!("SECRET_KEY = {lookup}\n"));
            let column = 14 + lookup.find("'made-up'").unwrap();
            assert_eq!(world.finds("default-key"), [format!("shop/settings.py:1:{column}")], "{lookup}");
        }
        let set = "os.environ.setdefault('SECRET_KEY', 'made-up')\nSECRET_KEY = os.environ['SECRET_KEY']\n";
        assert_eq!(World::settings(set).finds("default-key"), ["shop/settings.py:1:37"]);
        let env = "env = environ.Env(SECRET_KEY=(str, 'made-up'))\nSECRET_KEY = env('SECRET_KEY')\n";
        assert_eq!(World::settings(env).finds("default-key"), ["shop/settings.py:1:36"]);
    }

    #[test]
    fn a_lookup_without_one_is_not() {
        for lookup in [
            "os.environ['SECRET_KEY']",
            "env('SECRET_KEY')",
            "os.environ.get('SECRET_KEY', '')",
            "os.getenv('SECRET_KEY', None)",
        ] {
            let world = World::settings(&format!("SECRET_KEY = {lookup}\n"));
            assert!(world.finds("default-key").is_empty(), "{lookup}");
        }
    }
}
