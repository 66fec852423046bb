//! The names that the key goes by in deploy files, and whether a file is about it at all.

use keybaton_core::{Field, RingName};
use memchr::memmem::Finder;

use crate::deploy::occurrences::searched;
use crate::tree::KnownKeys;

/// The names of keys.
#[derive(Debug)]
pub struct Names {
    rings: Vec<RingName>,
    about: Vec<Finder<'static>>,
}

impl Names {
    /// The names of some rings; a file that holds one of the known keys is about it too.
    #[must_use]
    pub fn new(rings: &[RingName], known: &[KnownKeys]) -> Self {
        let written = rings.iter().flat_map(|ring| {
            let [name, small] = [ring.as_str().to_owned(), ring.as_str().to_ascii_lowercase()];
            [name, small.replace('_', "-"), camel(&small), small]
        });
        let others = ENV_FILES.map(str::to_owned);
        let about = written.chain(others).map(|text| Finder::new(text.as_bytes()).into_owned());
        let known = searched(known).map(|text| Finder::new(text.as_bytes()).into_owned());
        Self { rings: rings.to_vec(), about: about.chain(known).collect() }
    }

    /// Whether a file says anything about the key.
    #[must_use]
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        // `secretKeyRef` stands in most manifests, whatever it names.
        let is_name =
            |at: usize, finder: &Finder<'_>| !bytes[at + finder.needle().len()..].starts_with(b"Ref");
        self.about.iter().any(|finder| finder.find_iter(bytes).any(|at| is_name(at, finder)))
    }

    /// The ring whose keys a variable holds.
    pub(super) fn ring(&self, variable: &str) -> Option<&RingName> {
        let is_of = |ring: &&RingName| {
            [Field::Signing, Field::Fallbacks].iter().any(|field| ring.of(*field) == variable)
        };
        self.rings.iter().find(is_of)
    }

    /// The ring that a file, a secret or a variable in small letters is called after: `secret-key`, `django_secret_key.txt`.
    pub(super) fn ring_like(&self, name: &str) -> Option<&RingName> {
        let name = name.trim_end_matches(".txt").replace(['-', '.'], "_").to_ascii_uppercase();
        let unversioned = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let unversioned = if unversioned == name { &name } else { unversioned.trim_end_matches(['V', '_']) };
        self.ring(unversioned).or_else(|| self.ring(unversioned.strip_prefix("DJANGO_")?))
    }

    /// Every name as it stands in the environment.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.rings.iter().map(RingName::as_str)
    }
}

fn camel(small: &str) -> String {
    let mut words = small.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (begin, rest) = word.split_at(word.len().min(1));
        name + &begin.to_ascii_uppercase() + rest
    })
}

/// What names further files of variables.
const ENV_FILES: [&str; 4] = ["env_file", "EnvironmentFile", "secretGenerator", "configMapGenerator"];

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(&["SECRET_KEY".parse().unwrap(), "JWT_SIGNING_KEY".parse().unwrap()], &[])
    }

    #[test]
    fn names_of_secrets_and_files_are_known_and_those_of_others_are_not() {
        let names = names();
        for name in [
            "secret_key",
            "secret-key.txt",
            "django-secret-key",
            "SECRET_KEY",
            "secret_key_v3",
            "jwt_signing_key",
        ] {
            assert!(names.ring_like(name).is_some(), "{name}");
        }
        for name in ["aws_secret_key", "stripe_secret_key", "secret", "key", "secret_key_base", "shop"] {
            assert!(names.ring_like(name).is_none(), "{name}");
        }
        assert!(names.ring("SECRET_KEY_FALLBACKS").is_some() && names.ring("secret_key").is_none());
    }

    #[test]
    fn a_file_is_about_the_key_where_it_names_it_in_any_way() {
        let is_about = |text: &str| names().are_in(text.as_bytes());
        for text in [
            "SECRET_KEY: x",
            "- secret-key",
            "secretKey: x",
            "jwtSigningKey: 1",
            "env_file: x",
            "secretGenerator: x",
        ] {
            assert!(is_about(text), "{text}");
        }
        assert!(!is_about("POSTGRES_PASSWORD: {secretKeyRef: {name: shop, key: password}}\n"));
    }
}
