//! A fallback that can be empty.

use super::{Found, Rule};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "empty-fallback",
    summary: "SECRET_KEY_FALLBACKS can hold an empty key, with which anybody signs cookies and messages",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in tree.python.iter().filter(|file| !file.is_for_tests()) {
        for trap in file.settings.fallbacks().filter_map(|entry| entry.trap.as_ref()) {
            let what = "an empty text splits into one empty key, and with an empty fallback anybody forges signatures";
            let mend = "leave out what is empty: [key for key in ….split(\",\") if key.strip()]";
            found.add(file.at(trap.start), what, mend);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[track_caller]
    fn finds(settings: &str, places: &[&str]) {
        assert_eq!(World::settings(settings).finds("empty-fallback"), places, "{settings}");
    }

    #[test]
    fn the_trap_is_found() {
        finds("SECRET_KEY_FALLBACKS = os.environ.get('X', '').split(',')\n", &["shop/settings.py:1:24"]);
        finds("SECRET_KEY_FALLBACKS = [os.environ.get('OLD_KEY', '')]\n", &["shop/settings.py:1:25"]);
    }

    #[test]
    fn what_leaves_empty_keys_out_is_not() {
        finds("SECRET_KEY_FALLBACKS = [k for k in os.environ.get('X', '').split(',') if k.strip()]\n", &[]);
        finds("SECRET_KEY_FALLBACKS = list(filter(None, os.environ.get('X', '').split(',')))\n", &[]);
        finds("SECRET_KEY_FALLBACKS = []\n", &[]);
        finds("SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n", &[]);
    }
}
