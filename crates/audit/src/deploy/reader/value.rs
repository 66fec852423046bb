//! What a text in the place of a key is: the key itself, or where it comes from.

use keybaton_core::SecretText;

use crate::deploy::Value;

/// A text as nearly every platform means it: `${…}`, `$(NAME)`, `{{ … }}` and a lone `$NAME` are filled later.
pub(in crate::deploy) fn value(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Empty;
    }
    if let Some(default) = default(text) {
        return Value::Default(SecretText::new(default));
    }
    match is_reference(text) {
        true => Value::Reference,
        false => Value::Literal(SecretText::new(text)),
    }
}

/// The same where a `$` or `%` that is meant stands twice.
pub(in crate::deploy) fn doubled(text: &str, sign: char) -> Value {
    match value(text) {
        Value::Literal(key) => {
            Value::Literal(SecretText::new(key.expose().replace(&format!("{sign}{sign}"), &sign.to_string())))
        }
        other => other,
    }
}

fn is_reference(text: &str) -> bool {
    let filled = ["{{", "${", "$[[", "<%", "<path:", "ENC[", "%(", "keyvault", "@Microsoft.KeyVault"];
    filled.iter().any(|mark| text.contains(mark))
        || is_name(text)
        || has_call(text)
        || is_address(text)
        || is_token(text)
}

/// `op://vault/shop/SECRET_KEY`, `vault:secret/data/shop#SECRET_KEY`: where another program finds the key.
fn is_address(text: &str) -> bool {
    let named = ["vault:", "secretref:", "arn:", "ref+"];
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
    };
    named.iter().any(|begin| text.starts_with(begin))
        || text.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
}

/// `__SECRET_KEY__`, `#{SECRET_KEY}#`: what a step of the deployment replaces. `__CHANGE_ME__` is for people.
fn is_token(text: &str) -> bool {
    let within = |(begin, end): &(&str, &str)| text.strip_prefix(begin)?.strip_suffix(end);
    TOKENS.iter().filter_map(within).any(|name| {
        let is_upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        name.chars().all(is_upper) && (name.contains("SECRET") || name.contains("KEY"))
    })
}

const TOKENS: [(&str, &str); 4] = [("__", "__"), ("@@", "@@"), ("#{", "}#"), ("#{", "}")];

/// `$SECRET_KEY`, and nothing around it: keys may hold a `$`.
fn is_name(text: &str) -> bool {
    let names =
        text.strip_prefix('$').or_else(|| text.strip_prefix("%").and_then(|name| name.strip_suffix('%')));
    names.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(is_word)
    })
}

/// `$(SECRET_KEY)`, anywhere; a command too, which has a space.
fn has_call(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("$(") {
        let Some((name, _)) = after.split_once(')') else { return false };
        if name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| is_word(c) || " -/.".contains(c))
        {
            return true;
        }
        rest = after;
    }
    false
}

/// What a whole `${NAME:-default}` or `${{ secrets.NAME || 'default' }}` gives where the variable is not set.
fn default(text: &str) -> Option<&str> {
    let default = if let Some(expression) = text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}"))
    {
        let (_, default) = expression.rsplit_once("||")?;
        default.trim().strip_prefix('\'')?.strip_suffix('\'')?
    } else {
        let (name, default) = text.strip_prefix("${")?.strip_suffix('}')?.split_once('-')?;
        if !name.trim_end_matches(':').chars().all(is_word) {
            return None;
        }
        default.trim_matches(['"', '\''])
    };
    (!default.is_empty() && !is_reference(default)).then_some(default)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match value(text) {
            Value::Empty => "empty".to_owned(),
            Value::Reference => "reference".to_owned(),
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
        assert_eq!(told("${SECRET_KEY:-}"), "reference");
    }

    #[test]
    fn a_sign_that_is_doubled_is_meant_once() {
        let Value::Literal(key) = doubled("made$$up", '$') else { panic!("no key") };
        assert_eq!(key.expose(), "made$up");
    }
}
