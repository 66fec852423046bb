//! Versions of stores that keep none themselves.

use keybaton_core::{Field, Texts};
use sha2::{Digest, Sha256};

use crate::{Held, Version};

/// A digest of the three texts as they were read: what else changes in a file is no conflict.
pub(crate) fn version_of(texts: &Texts) -> Version {
    if texts.is_absent() {
        return Version::Absent;
    }
    let mut digest = Sha256::new();
    for field in Field::ALL {
        let text = texts.get(field);
        // The length first, so that no two sets of texts run together into the same bytes.
        digest.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
        digest.update(text.unwrap_or_default());
    }
    let bytes = digest.finalize();
    Version::Is(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Texts with their version.
pub(crate) fn held(texts: Texts) -> Held {
    match version_of(&texts) {
        Version::Absent => Held::Absent,
        version => Held::Texts(texts, version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keybaton_core::SecretText;

    #[test]
    fn texts_that_are_cut_elsewhere_have_another_version() {
        let of = |signing: Option<&str>, fallbacks: Option<&str>| {
            let [signing, fallbacks] = [signing, fallbacks].map(|text| text.map(SecretText::new));
            version_of(&Texts { signing, fallbacks, record: None })
        };
        let versions = [
            of(Some("ab"), Some("c")),
            of(Some("a"), Some("bc")),
            of(Some("abc"), None),
            of(None, Some("abc")),
        ];
        for (index, version) in versions.iter().enumerate() {
            assert!(!versions[..index].contains(version));
        }
        assert_eq!(of(None, None), Version::Absent);
        assert_ne!(of(Some(""), None), Version::Absent);
    }
}
