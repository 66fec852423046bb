//! Environment scopes: a name, or a pattern in which `*` stands for anything.

/// Whether every environment of one scope is also one of a wider one. The same scope is not a wider one.
pub(super) fn is_within(scope: &str, wider: &str) -> bool {
    scope != wider && matches(scope.as_bytes(), wider.as_bytes())
}

/// Whether it stands for more environments than one.
pub(super) fn is_pattern(scope: &str) -> bool {
    scope.contains('*')
}

fn matches(text: &[u8], pattern: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|taken| matches(&text[taken..], rest)),
        Some((first, rest)) => {
            text.split_first().is_some_and(|(own, text)| own == first && matches(text, rest))
        }
    }
}

/// The scope of all environments.
pub(super) const EVERYWHERE: &str = "*";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_within_the_patterns_that_match_it() {
        for (scope, wider) in
            [("production", "*"), ("review/a", "review/*"), ("review/*", "*"), ("a/x/b", "a/*/b")]
        {
            assert!(is_within(scope, wider), "{scope} {wider}");
            assert!(!is_within(wider, scope), "{scope} {wider}");
        }
        for (scope, other) in
            [("*", "*"), ("production", "production"), ("staging", "production"), ("review", "review/*")]
        {
            assert!(!is_within(scope, other), "{scope} {other}");
        }
    }
}
