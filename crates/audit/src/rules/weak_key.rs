//! A key that can be guessed.

use keybaton_core::strength::{Weakness, weaknesses};

use super::{Found, Rule};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "weak-key",
    summary: "A key is too short, repeats itself, is a phrase, or is published",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for key in tree.keys() {
        let weaknesses = weaknesses(key.text.expose());
        let mut others = weaknesses.iter().filter(|weakness| **weakness != Weakness::InsecurePrefix);
        if let Some(weakness) = others.next() {
            found.add_key(key, *weakness);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::{STRONG, World};
    use crate::tree::Leaves;

    #[track_caller]
    fn says(key: &str, what: &[&str]) {
        let world = World::settings(&format!("SECRET_KEY = '{key}'\n"));
        let what: Vec<String> = what.iter().map(|what| format!("shop/settings.py:1:14: {what}")).collect();
        assert_eq!(world.says("weak-key"), what);
    }

    #[test]
    fn each_weak_key_is_found_with_its_reason() {
        says("short", &["the key has fewer than 50 characters"]);
        says(&"ab".repeat(30), &["the key has fewer than 5 different characters"]);
        says(&"abcXYZ189".repeat(8), &["the key repeats itself"]);
        says(STRONG, &[]);
    }

    #[test]
    fn keys_of_env_files_and_of_stores_are_judged_too() {
        let world = World::new().file(".env", "SECRET_KEY=short\nSECRET_KEY_FALLBACKS=short,shorter\n");
        assert_eq!(world.finds("weak-key"), [".env:1:1", ".env:2:1"]);
        let world = World::new().known("production", "short");
        assert_eq!(world.finds("weak-key"), ["SECRET_KEY (production)"]);
    }

    #[test]
    fn a_key_that_leaves_its_ring_is_a_note_until_it_is_time() {
        let says = |leaves| {
            let text = format!("SECRET_KEY={STRONG}\nSECRET_KEY_FALLBACKS={STRONG},short\n");
            let world = World::new().file(".env", &text).leaving("short", leaves);
            let found = world.all("weak-key");
            found
                .iter()
                .map(|found| format!("{}: {}: {}", found.severity, found.what, found.mend))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            says(Leaves::Later("from tomorrow".into())),
            [
                "note: the key has fewer than 50 characters; it signs no more, and is accepted until it retires: `keybaton rotate -e dev` retires it from tomorrow"
            ]
        );
        assert_eq!(
            says(Leaves::Now),
            ["error: the key has fewer than 50 characters: `keybaton rotate -e dev` retires it now"]
        );
    }

    #[test]
    fn a_sample_file_may_hold_a_placeholder_and_settings_of_tests_anything() {
        let world = World::new()
            .file(".env.example", "SECRET_KEY=change-me\n")
            .file("tests/settings.py", "SECRET_KEY = 'short'\n");
        assert!(world.finds("weak-key").is_empty());
    }
}
