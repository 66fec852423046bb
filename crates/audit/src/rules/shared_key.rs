//! One key in two environments, or in two rings of one.

mod elsewhere;

use std::path::Path;

use keybaton_core::SecretText;
use keybaton_core::strength::weaknesses;

use super::{Found, Rule};
use crate::finding::{At, Severity};
use crate::tree::{KnownKeys, Tree};

pub(super) const RULE: Rule = Rule {
    id: "shared-key",
    summary: "Two environments, or two rings of one, have the same key: what one signs, the other accepts",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    let holders = holders(tree);
    for (at, one) in holders.iter().enumerate() {
        let others = holders[at + 1..].iter();
        let mut sharing = others.filter(|other| one.shares_with(other));
        if let Some(other) = sharing.next() {
            found.add(one.at.clone(), what(one, other), mend(one, other));
        }
    }
    elsewhere::check(tree, found);
}

fn what(one: &Holder<'_>, other: &Holder<'_>) -> String {
    match one.is_beside(other) {
        Some((one, other)) => {
            let (environment, one, other) = (&one.environment, &one.ring, &other.ring);
            format!("{one} and {other} of the environment {environment} have this key in common")
        }
        None => format!("{} and {} have this key in common", one.name, other.name),
    }
}

fn mend(one: &Holder<'_>, other: &Holder<'_>) -> String {
    match one.is_beside(other) {
        Some((_, other)) => {
            let (ring, environment) = (&other.ring, &other.environment);
            format!("give each ring a key of its own: `keybaton rotate --ring {ring} -e {environment}`")
        }
        None => {
            let rotate =
                other.ring.or(one.ring).map_or(ANY.to_owned(), |ring| format!("`{}`", ring.rotate()));
            format!("give each environment a ring of its own: {rotate}")
        }
    }
}

const ANY: &str = "`keybaton rotate --new -e NAME` in one of them";

/// Something that holds a key: a ring, or a .env file that is no ring's store.
struct Holder<'a> {
    name: String,
    ring: Option<&'a KnownKeys>,
    /// The ring that its first keys come from in the end. Rings that began with the same keys may still have them.
    origin: &'a str,
    at: At,
    key: &'a SecretText,
    is_sample: bool,
}

impl<'a> Holder<'a> {
    /// A placeholder that was copied from a sample is weak, which another rule says; two samples protect nobody.
    fn shares_with(&self, other: &Self) -> bool {
        let is_placeholder = || !weaknesses(self.key.expose()).is_empty();
        let is_other = match self.is_beside(other) {
            Some((ring, beside)) => ring.ring != beside.ring && !self.may_share(other),
            None => self.name != other.name,
        };
        is_other
            && self.key == other.key
            && !(self.is_sample && other.is_sample)
            && !((self.is_sample || other.is_sample) && is_placeholder())
    }

    /// Whether the records say that both began with the same keys.
    fn may_share(&self, other: &Self) -> bool {
        let is_of = |one: &Self, other: &Self| match (one.ring, other.ring) {
            (Some(one), Some(other)) => one.begun_from.as_ref() == Some(&other.ring),
            _ => false,
        };
        self.origin == other.origin || is_of(self, other) || is_of(other, self)
    }

    /// Both, where they are rings of one environment.
    fn is_beside(&self, other: &Self) -> Option<(&'a KnownKeys, &'a KnownKeys)> {
        let (one, other) = (self.ring?, other.ring?);
        (one.environment == other.environment).then_some((one, other))
    }
}

fn holders(tree: &Tree) -> Vec<Holder<'_>> {
    let rings = tree.known.iter().flat_map(|known| {
        let origin = origin(known, &tree.known);
        let name = format!("the environment {}", known.environment);
        let at = At::Ring(known.name.clone());
        known.keys.iter().map(move |key| Holder {
            name: name.clone(),
            ring: Some(known),
            origin,
            at: at.clone(),
            key: &key.text,
            is_sample: false,
        })
    });
    let is_store = |file: &Path| tree.known.iter().any(|known| known.file.as_deref() == Some(file));
    let files = tree.env_files.iter().filter(|file| !is_store(&file.absolute)).flat_map(|file| {
        file.keys.iter().map(|key| Holder {
            name: file.path.display().to_string(),
            ring: None,
            origin: "",
            at: file.at(key.place),
            key: &key.text,
            is_sample: file.is_sample(),
        })
    });
    rings.chain(files).collect()
}

/// The ring that a ring's first keys come from, and that one's, and so on; the ring itself where it began by itself.
fn origin<'a>(ring: &'a KnownKeys, all: &'a [KnownKeys]) -> &'a str {
    let mut origin = ring.ring.as_str();
    let mut next = ring.begun_from.as_deref();
    // As many steps as there are rings: records may name each other in a circle.
    for _ in all {
        let Some(name) = next else { break };
        origin = name;
        let named = all.iter().find(|other| other.ring == name && other.environment == ring.environment);
        next = named.and_then(|other| other.begun_from.as_deref());
    }
    origin
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
        assert_eq!(
            world.all("shared-key")[0].mend,
            "give each environment a ring of its own: `keybaton rotate --new -e production`"
        );
        let world = World::new()
            .known("dev", STRONG)
            .file(".env.old", &format!("SECRET_KEY={STRONG_TOO}\nSECRET_KEY_FALLBACKS={STRONG}\n"));
        assert_eq!(world.finds("shared-key"), ["SECRET_KEY (dev)"]);
    }

    #[test]
    fn two_rings_of_one_environment_are_found_unless_one_began_with_the_others_keys() {
        let world = |from| World::new().known("dev", STRONG).ring("dev", "JWT_SIGNING_KEY", STRONG, from);
        assert_eq!(
            world(None).says("shared-key"),
            [
                "SECRET_KEY (dev): SECRET_KEY and JWT_SIGNING_KEY of the environment dev have this key in common"
            ]
        );
        assert_eq!(
            world(None).all("shared-key")[0].mend,
            "give each ring a key of its own: `keybaton rotate --ring JWT_SIGNING_KEY -e dev`"
        );
        assert!(world(Some("SECRET_KEY")).finds("shared-key").is_empty());
        assert_eq!(world(Some("OTHER_KEY")).finds("shared-key").len(), 1);
    }

    #[test]
    fn rings_that_began_with_the_keys_of_one_may_have_them_all() {
        let world = World::new()
            .known("dev", STRONG)
            .ring("dev", "JWT_SIGNING_KEY", STRONG, Some("SECRET_KEY"))
            .ring("dev", "COOKIE_SIGNING_KEY", STRONG, Some("SECRET_KEY"))
            .ring("dev", "LINK_SIGNING_KEY", STRONG, Some("COOKIE_SIGNING_KEY"));
        assert!(world.finds("shared-key").is_empty());
        let world = world.ring("dev", "FIELD_ENCRYPTION_KEY", STRONG, None);
        assert_eq!(world.finds("shared-key").len(), 4);
    }

    #[test]
    fn what_a_record_says_holds_for_its_own_environment_and_may_be_a_circle() {
        let world = World::new().known("dev", STRONG).ring(
            "production",
            "JWT_SIGNING_KEY",
            STRONG,
            Some("SECRET_KEY"),
        );
        assert_eq!(
            world.says("shared-key"),
            ["SECRET_KEY (dev): the environment dev and the environment production have this key in common"]
        );
        let circle = World::new().ring("dev", "A", STRONG, Some("B")).ring("dev", "B", STRONG, Some("A"));
        assert!(circle.finds("shared-key").is_empty());
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
