//! What a variable is like that keybaton makes, and what GitLab can mask.

use keybaton_core::{Field, SecretText};

use super::variable::Variable;

/// What is said of a new variable.
pub(super) struct Traits {
    pub(super) is_masked: bool,
    pub(super) is_protected: bool,
}

/// A variable beside the signing key reaches the same jobs.
pub(super) fn traits(field: Field, text: &SecretText, signing: Option<&Variable>) -> Traits {
    Traits {
        is_masked: field != Field::Record && can_be_masked(text.expose(), true),
        is_protected: signing.is_none_or(|signing| signing.is_protected),
    }
}

/// Whether GitLab takes a text for a masked variable: eight characters or more, none of them white; where a `$` is
/// expanded, letters, digits and some signs alone.
pub(super) fn can_be_masked(text: &str, is_raw: bool) -> bool {
    let fits = |char: char| {
        let is_plain = char.is_ascii_alphanumeric() || "_+=/@:.~-".contains(char);
        is_plain || is_raw && !" \t\r\n\u{c}\u{b}".contains(char)
    };
    text.chars().count() >= SHORTEST && text.chars().all(fits)
}

/// What GitLab still finds in a log.
pub(super) const SHORTEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_or_white_cannot_be_masked_nor_a_comma_where_dollars_are_expanded() {
        for (text, raw, expanded) in [
            ("made-up-key", true, true),
            ("made-up", false, false),
            ("žluťoučk", true, false),
            ("made up key", false, false),
            ("made-up-key\n", false, false),
            ("made-up-a,made-up-b", true, false),
            ("made$up$key", true, false),
            ("", false, false),
        ] {
            assert_eq!((can_be_masked(text, true), can_be_masked(text, false)), (raw, expanded), "{text:?}");
        }
    }
}
