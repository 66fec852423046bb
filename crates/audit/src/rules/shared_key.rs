//! One key in two environments.

use std::path::Path;

use keybaton_core::SecretText;
use keybaton_core::strength::weaknesses;

use super::{Found, Rule};
use crate::finding::{At, Severity};
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "shared-key",
    summary: "Two environments have the same key: what one signs, the other accepts",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    let holders = holders(tree);
    for (at, one) in holders.iter().enumerate() {
        let others = holders[at + 1..].iter();
        let mut sharing = others.filter(|other| one.shares_with(other));
        if let Some(other) = sharing.next() {
            let what = format!("{} and {} have this key in common", one.name, other.name);
            let mend = "give each environment a ring of its own: `keybaton rotate --new` in one of them";
            found.add(one.at.clone(), what, mend);
        }
    }
}

/// Something that holds a key: a ring, or a .env file that is no ring's store.
struct Holder<'a> {
    name: String,
    at: At,
    key: &'a SecretText,
    is_sample: bool,
}

impl Holder<'_> {
    /// A placeholder that was copied from a sample is weak, which another rule says; two samples protect nobody.
    fn shares_with(&self, other: &Self) -> bool {
        let is_placeholder = || !weaknesses(self.key.expose()).is_empty();
        self.name != other.name
            && self.key == other.key
            && !(self.is_sample && other.is_sample)
            && !((self.is_sample || other.is_sample) && is_placeholder())
    }
}

fn holders(tree: &Tree) -> Vec<Holder<'_>> {
    let rings = tree.known.iter().flat_map(|known| {
        let name = format!("the environment {}", known.environment);
        let at = At::Ring(known.name.clone());
        known.keys.iter().map(move |key| Holder {
            name: name.clone(),
            at: at.clone(),
            key: &key.text,
            is_sample: false,
        })
    });
    let is_store = |file: &Path| tree.known.iter().any(|known| known.file.as_deref() == Some(file));
    let files = tree.env_files.iter().filter(|file| !is_store(&file.absolute)).flat_map(|file| {
        file.keys.iter().map(|key| Holder {
            name: file.path.display().to_string(),
            at: file.at(key.place),
            key: &key.text,
            is_sample: file.is_sample(),
        })
    });
    rings.chain(files).collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::world::{STRONG, STRONG_TOO, World};

    #[test]
    fn a_key_in_two_files_is_found() {
        let line = format!("SECRET_KEY={STRONG}\n");
        let world = World::new().file(".env", &line).file(".env.production", &line);
        assert_eq!(world.says("shared-key"), [".env:1:1: .env and .env.production have this key in common"]);
    }

    #[test]
    fn a_key_in_two_environments_is_found_also_among_the_fallbacks() {
        let world = World::new().known("dev", STRONG).known("production", STRONG);
        assert_eq!(
            world.says("shared-key"),
            ["SECRET_KEY (dev): the environment dev and the environment production have this key in common"]
        );
        let world = World::new()
            .known("dev", STRONG)
            .file(".env.old", &format!("SECRET_KEY={STRONG_TOO}\nSECRET_KEY_FALLBACKS={STRONG}\n"));
        assert_eq!(world.finds("shared-key"), ["SECRET_KEY (dev)"]);
    }

    #[test]
    fn a_real_key_in_a_sample_is_found_and_a_placeholder_is_not() {
        let world = |key| {
            let line = format!("SECRET_KEY={key}\n");
            World::new().file(".env", &line).file(".env.example", &line).file(".env.sample", &line)
        };
        assert_eq!(world(STRONG).finds("shared-key"), [".env:1:1"]);
        assert!(world("change-me").finds("shared-key").is_empty());
    }

    #[test]
    fn the_same_key_twice_in_one_file_is_one_ring() {
        let text = format!("SECRET_KEY={STRONG}\nSECRET_KEY_FALLBACKS={STRONG}\n");
        assert!(World::new().file(".env", &text).finds("shared-key").is_empty());
        let world = World::new().known("dev", STRONG).known("production", STRONG_TOO);
        assert!(world.finds("shared-key").is_empty());
    }
}
