//! What a text in the place of a key is: the key itself, or where it comes from.

use keybaton_core::SecretText;

use super::reference::{is_path, is_reference, is_word};
use crate::deploy::Value;

/// A text as nearly every platform means it: `${…}`, `$(NAME)`, `{{ … }}` and a lone `$NAME` are filled later.
pub(crate) fn value(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Empty;
    }
    if let Some(default) = default(text, DEEPEST) {
        return Value::Default(SecretText::new(default));
    }
    match text {
        text if is_path(text) => Value::Path,
        text if is_reference(text) => Value::Reference,
        text => Value::Literal(SecretText::new(text)),
    }
}

/// The same where a `$` or `%` that is meant stands twice. A key may hold one in front of a bracket: only once it stands
/// there as it is meant can it be told from a reference.
pub(in crate::deploy) fn doubled(text: &str, sign: char) -> Value {
    value(&text.replace(&format!("{sign}{sign}"), &sign.to_string()))
}

/// What a whole `${NAME:-default}` or `${{ secrets.NAME || 'default' }}` gives where the variable is not set, however
/// deep it stands: `${A:-${B:-default}}`.
fn default(text: &str, deepest: usize) -> Option<&str> {
    let otherwise =
        if let Some(expression) = text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}")) {
            let (_, otherwise) = expression.rsplit_once("||")?;
            otherwise.trim().strip_prefix('\'')?.strip_suffix('\'')?
        } else {
            let (name, otherwise) = text.strip_prefix("${")?.strip_suffix('}')?.split_once('-')?;
            if !name.trim_end_matches(':').chars().all(is_word) {
                return None;
            }
            otherwise.trim_matches(['"', '\''])
        };
    let is_key = !otherwise.is_empty() && !is_reference(otherwise) && !is_path(otherwise);
    let inner = deepest.checked_sub(1).and_then(|deepest| default(otherwise, deepest));
    inner.or_else(|| is_key.then_some(otherwise))
}

/// How many defaults may stand in one another.
const DEEPEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match value(text) {
            Value::Empty => "empty".to_owned(),
            Value::Reference => "reference".to_owned(),
            Value::Path => "path".to_owned(),
            Value::Literal(key) => format!("literal {}", key.expose()),
            Value::Default(key) => format!("default {}", key.expose()),
        }
    }

    #[test]
    fn what_is_filled_later_is_a_reference() {
        for text in [
            "${SECRET_KEY}",
            "${SECRET_KEY:?say one}",
            "$SECRET_KEY",
            "$(SECRET_KEY)",
            "$(openssl rand -base64 48)",
            "${{ secrets.SECRET_KEY }}",
            "{{ vault_secret_key }}",
            "$[[ inputs.key ]]",
            "%(ENV_SECRET_KEY)s",
            "%SECRET_KEY%",
            "ENC[AES256_GCM,data:abc]",
            "${SECRET_KEY:-${OTHER}}",
            "${{ secrets.A || secrets.B }}",
            "op://shop/production/SECRET_KEY",
            "ref+vault://shop/SECRET_KEY",
            "vault:secret/data/shop#SECRET_KEY",
            "secretref:secret-key",
            "<path:secret/data/shop#SECRET_KEY>",
            "__SECRET_KEY__",
            "@@DJANGO_SECRET_KEY@@",
            "#{SECRET_KEY}#",
            "!!!SET DJANGO_SECRET_KEY!!!",
            "encrypted:BNr24F4vW9CQ37LOXeRgOL6QlwtJfAoAVXtSdSfpicPDHtqo",
            "dev-$(SECRET_KEY)-%(here)s",
            "$(python -c 'import secrets; print(secrets.token_urlsafe(50))')",
            "`openssl rand -base64 48`",
        ] {
            assert_eq!(told(text), "reference", "{text}");
        }
    }

    #[test]
    fn a_key_may_hold_the_signs_of_references() {
        for text in [
            "made$up(-k%y",
            "a$(b",
            "$(-=+)x",
            "your-secret-here",
            "$1made",
            "%up",
            "__CHANGE_ME__",
            "A:b/c",
            "<key>",
            "!!!change_me!!!",
            "a%(b",
            "/short",
            "/Zm9v/YmFy",
            "/a+b/key",
        ] {
            assert_eq!(told(text), format!("literal {text}"));
        }
        assert_eq!(told(" "), "empty");
    }

    #[test]
    fn what_stands_in_for_a_missing_variable_is_a_key_too() {
        assert_eq!(told("${SECRET_KEY:-made-up}"), "default made-up");
        assert_eq!(told("${SECRET_KEY-made-up}"), "default made-up");
        assert_eq!(told("${{ secrets.SECRET_KEY || 'made-up' }}"), "default made-up");
        assert_eq!(told("${DJANGO_SECRET_KEY:-${SECRET_KEY:-made-up}}"), "default made-up");
        assert_eq!(told("${SECRET_KEY:-a%(b$(c}"), "default a%(b$(c");
        assert_eq!(told("${SECRET_KEY:-}"), "reference");
        assert_eq!(told("${SECRET_KEY:-/run/secrets/secret_key}"), "reference");
        assert_eq!(told("${A:-a}${B:-b}"), "reference");
    }

    #[test]
    fn a_sign_that_is_doubled_is_meant_once() {
        let told = |text, sign| doubled(text, sign).key().map(|key| key.expose().to_owned());
        assert_eq!(told("made$$up", '$').as_deref(), Some("made$up"));
        assert_eq!(told("a7%%(k9m", '%').as_deref(), Some("a7%(k9m"));
        assert_eq!(told("$${SECRET_KEY}", '$'), None);
    }

    #[test]
    fn the_path_of_a_key_is_none() {
        for text in [
            "/run/secrets/shop",
            "/vault/secrets/secret-key",
            "file:/etc/key",
            "file:///etc/shop/secret_key.txt",
            "/systems/prod/terra/django_secret_key",
            "/prod/shop/SECRET_KEY",
        ] {
            assert_eq!(told(text), "path", "{text}");
        }
    }

    #[test]
    fn no_key_that_django_draws_is_taken_for_a_reference() {
        for key in drawn(20_000) {
            assert_eq!(told(&key), format!("literal {key}"));
            assert_eq!(told(&format!("${{SECRET_KEY:-{key}}}")), format!("default {key}"));
            for sign in ['$', '%'] {
                let written = key.replace(sign, &format!("{sign}{sign}"));
                assert!(doubled(&written, sign).key().is_some_and(|read| read.expose() == key), "{key}");
            }
        }
    }

    /// Keys as `get_random_secret_key` draws them, the same ones each time.
    fn drawn(count: usize) -> impl Iterator<Item = String> {
        let alphabet: Vec<char> = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)".chars().collect();
        let mut state = 1_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            alphabet[(state >> 33) as usize % alphabet.len()]
        };
        std::iter::repeat_with(move || (0..50).map(|_| next()).collect()).take(count)
    }
}
