//! A key that `startproject` made for development.

use keybaton_core::strength::{Weakness, weaknesses};

use super::{Found, Rule};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "insecure-key",
    summary: "A key begins with django-insecure-, the mark of startproject's development keys",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for key in tree.keys() {
        if weaknesses(key.text.expose()).contains(&Weakness::InsecurePrefix) {
            found.add_key(key, Weakness::InsecurePrefix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[test]
    fn it_is_found_in_settings_and_in_env_files() {
        let key = "django-insecure-$^w#t1l7@q8s0x!v2n5z)m3p(k6j*h4g-f9d+c";
        let world = World::settings(&format!("SECRET_KEY = '{key}'\n"))
            .file(".env", &format!("A=1\nSECRET_KEY='{key}'\n"));
        assert_eq!(world.finds("insecure-key"), [".env:2:1", "shop/settings.py:1:14"]);
    }

    #[test]
    fn a_key_of_a_further_ring_is_replaced_there() {
        let key = "django-insecure-$^w#t1l7@q8s0x!v2n5z)m3p(k6j*h4g-f9d+c";
        let world = World::settings("").ring("dev", "JWT_SIGNING_KEY", key, None);
        let found = world.all("insecure-key").remove(0);
        assert_eq!(found.mend, "`keybaton rotate --ring JWT_SIGNING_KEY -e dev` replaces it");
    }
}
