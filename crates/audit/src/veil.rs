//! Python source to be shown to people: what could be secret in it is veiled, line by line.

use ruff_python_ast::token::TokenKind;

use crate::python::tokens;
use crate::source::Source;
use crate::wire::OURS;
use crate::wire::middleware::DJANGOS;

/// The text with `…` in the place of what each string holds and each comment says, on the same lines. `names` are texts that
/// are no secrets.
#[must_use]
pub fn veil(source: &Source, names: &[&str]) -> String {
    let text = source.text();
    let (mut veiled, mut at) = (String::with_capacity(text.len()), 0);
    for (kind, range) in tokens(text) {
        let token = &text[range.clone()];
        let shown = match kind {
            TokenKind::String => string(token, names),
            TokenKind::Comment => comment(token),
            TokenKind::FStringMiddle | TokenKind::TStringMiddle | TokenKind::Unknown => lines(token),
            _ => continue,
        };
        veiled.push_str(&text[at..range.start]);
        veiled.push_str(&shown);
        at = range.end;
    }
    veiled.push_str(&text[at..]);
    veiled
}

fn string(token: &str, names: &[&str]) -> String {
    let Some(quote) = token.find(['"', '\'']) else { return lines(token) };
    let (prefix, rest) = token.split_at(quote);
    let mark = if rest.starts_with("\"\"\"") || rest.starts_with("'''") { &rest[..3] } else { &rest[..1] };
    match rest.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
        Some(held) if is_harmless(held, names) => token.to_owned(),
        Some(held) => format!("{prefix}{mark}{}{mark}", lines(held)),
        None => lines(token),
    }
}

/// An empty text and a comma, as lists of keys are split at, are no secrets, nor is middleware that everybody has.
fn is_harmless(held: &str, names: &[&str]) -> bool {
    matches!(held, "" | "," | OURS | DJANGOS) || MIDDLEWARE.contains(&held) || names.contains(&held)
}

fn comment(token: &str) -> String {
    if HARMLESS.contains(&token.trim_end()) { token.to_owned() } else { "# …".to_owned() }
}

/// As many lines as there were, with nothing of what they said.
fn lines(text: &str) -> String {
    let veiled = text.split_inclusive(['\n', '\r']).map(|line| {
        let said = line.trim_end_matches(['\n', '\r']);
        let end = &line[said.len()..];
        if said.trim().is_empty() { end.to_owned() } else { format!("…{end}") }
    });
    veiled.collect()
}

/// What `startproject` says around the key, and what linters are told there.
const HARMLESS: [&str; 7] = [
    "# Build paths inside the project like this: BASE_DIR / 'subdir'.",
    "# SECURITY WARNING: keep the secret key used in production secret!",
    "# SECURITY WARNING: don't run with debug turned on in production!",
    "# noqa",
    "# noqa: F403",
    "# noqa: F405",
    "# noqa: S105",
];

/// What `startproject` lists around Django's AuthenticationMiddleware.
const MIDDLEWARE: [&str; 6] = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
];

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn veiled(text: &str) -> String {
        veil(&Source::decode(text.as_bytes()).unwrap(), &["SECRET_KEY"])
    }

    #[test]
    fn what_strings_hold_and_comments_say_is_veiled_where_it_stands() {
        assert_snapshot!(veiled(r#"
'''A LEAKone

of several lines: LEAKtwo
'''
SECRET_KEY = env("SECRET_KEY", default=rb'LEAKthree')  # LEAKfour
PASSWORD = (
    # LEAKfive
    f"LEAKsix{host!r:>{width}}LEAKseven" "LEAKeight{}"
    'LEAK\'nine'
)
SENTRY = init("https://LEAKten@example.com", ",", "")
# SECURITY WARNING: keep the secret key used in production secret!
"#), @r#"
        '''…

        …
        '''
        SECRET_KEY = env("SECRET_KEY", default=rb'…')  # …
        PASSWORD = (
            # …
            f"…{host!r:…{width}}…" "…"
            '…'
        )
        SENTRY = init("…", ",", "")
        # SECURITY WARNING: keep the secret key used in production secret!
        "#);
    }

    #[test]
    fn as_many_lines_are_left_as_there_were() {
        for text in [
            "X = '''\r\nLEAK\r\n\r\nLEAK'''\r\n",
            "X = '''\rLEAK\r'''",
            "X = 'LEAK\\\nLEAK'\n",
            "X = f'''\nLEAK{\n1}\n'''",
        ] {
            let shown = veiled(text);
            let ends = |text: &str| text.matches(['\r', '\n']).count();
            assert_eq!((ends(&shown), shown.contains("LEAK")), (ends(text), false), "{shown}");
        }
    }

    #[test]
    fn what_is_no_python_is_veiled_too() {
        for text in ["X = 'LEAK", "X = '''LEAK\nLEAK", "= 'LEAK' # LEAK", "X = f'LEAK{", "X = $LEAK 'LEAK'"] {
            let shown = veiled(text);
            assert!(!shown.contains("'LEAK") && !shown.contains("# LEAK"), "{shown}");
        }
    }
}
