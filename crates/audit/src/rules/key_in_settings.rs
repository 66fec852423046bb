//! A key that stands in the settings.

use super::{Found, Rule};
use crate::finding::Severity;
use crate::settings::{LiteralRole, Sets};
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "key-in-settings",
    summary: "A key stands in the source, where source control keeps it for ever",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in tree.python.iter().filter(|file| !file.is_for_tests()) {
        for (entry, literal) in file.literals().filter(|(_, literal)| literal.role == LiteralRole::Value) {
            let what = match entry.sets {
                Sets::Fallbacks => {
                    "an accepted key stands in the source, so everybody who has the source has it"
                }
                _ => "the key stands in the source, so everybody who has the source can sign with it",
            };
            let mend = "`keybaton init` moves it into .env and stages its successor; with keybaton's middleware nobody is logged out";
            found.add(file.at(literal.range.start), what, mend);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::{STRONG, World};

    #[track_caller]
    fn finds(settings: &str, places: &[&str]) {
        assert_eq!(World::settings(settings).finds("key-in-settings"), places, "{settings}");
    }

    #[test]
    fn a_literal_key_is_found_where_it_stands() {
        finds("DEBUG = True\nSECRET_KEY = 'made-up'\n", &["shop/settings.py:2:14"]);
        finds("SECRET_KEY_FALLBACKS = ['one', 'two']\n", &["shop/settings.py:1:25", "shop/settings.py:1:32"]);
        finds("class Dev:\n    SECRET_KEY = 'made-up'\n", &["shop/settings.py:2:18"]);
        finds("settings.configure(SECRET_KEY='made-up')\n", &["shop/settings.py:1:31"]);
        finds("MY_KEY = 'made-up'\nSECRET_KEY = MY_KEY\n", &["shop/settings.py:1:10"]);
    }

    #[test]
    fn a_key_that_comes_from_elsewhere_is_not() {
        finds("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n", &[]);
        finds("SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n", &[]);
        finds("SECRET_KEY = ''\n", &[]);
        finds("AWS_SECRET_KEY_ID = 'made-up'\nSTRIPE_SECRET_KEY = 'made-up'\n", &[]);
        finds("# SECRET_KEY = 'made-up'\n'''SECRET_KEY = 1'''\n", &[]);
    }

    #[test]
    fn keys_of_tests_protect_nobody() {
        let text = format!("SECRET_KEY = '{STRONG}'\n");
        let world = World::new().file("shop/tests/settings.py", &text).file("config/settings/test.py", &text);
        assert!(world.finds("key-in-settings").is_empty());
    }

    #[test]
    fn a_key_under_another_name_in_another_file_is_followed() {
        let world = World::settings("from .keys import MINE\nSECRET_KEY = MINE\n")
            .file("shop/keys.py", "OTHER = 'x'\nMINE = 'made-up'\n");
        assert_eq!(world.finds("key-in-settings"), ["shop/keys.py:2:8"]);
    }

    #[test]
    fn a_comment_silences_it() {
        finds("SECRET_KEY = 'made-up'  # keybaton: ignore[key-in-settings]\n", &[]);
        finds("# keybaton: ignore[key-in-settings]\nSECRET_KEY = 'made-up'\n", &[]);
        finds("SECRET_KEY = 'made-up'  # keybaton: ignore[weak-key]\n", &["shop/settings.py:1:14"]);
    }
}
