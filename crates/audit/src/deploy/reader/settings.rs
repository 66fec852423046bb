//! `SECRET_KEY=…` wherever it stands: in the words of a command, in a line that is written into a file.

use std::ops::Range;

use super::value::value;
use crate::deploy::{Names, Value};

/// A variable that a text sets.
pub(in crate::deploy) struct Setting<'t> {
    pub(in crate::deploy) name: &'t str,
    /// What it is set to.
    pub(in crate::deploy) text: &'t str,
    /// Where that stands in the text.
    pub(in crate::deploy) span: Range<usize>,
}

/// The keys in a word: `SECRET_KEY=…`, also behind a flag or among others: `--set-env-vars=DEBUG=0,SECRET_KEY=…`.
pub(in crate::deploy) fn in_word<'t>(names: &Names, word: &'t str) -> Vec<Setting<'t>> {
    let mut found = Vec::new();
    for (at, _) in word.match_indices('=') {
        let start = word[..at].rfind(|c: char| !is_name(c)).map_or(0, |before| before + 1);
        let (before, name) = (&word[..start], &word[start..at]);
        let name = name.strip_prefix('e').filter(|_| before == "-").unwrap_or(name);
        let begins = before.is_empty()
            || before == "-"
            || before.ends_with([',', '=', '.'])
            || before.ends_with(char::is_whitespace);
        if begins && names.ring(name).is_some() {
            let end = at + 1 + ends(&word[at + 1..]);
            found.push(Setting { name, text: &word[at + 1..end], span: at + 1..end });
        }
    }
    found
}

/// How long a value is, before the next `,NAME=`.
fn ends(rest: &str) -> usize {
    let next = rest.match_indices(',').find(|(at, _)| {
        rest[at + 1..].split_once('=').is_some_and(|(name, _)| {
            name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(is_name)
        })
    });
    next.map_or(rest.len(), |(at, _)| at)
}

/// The keys in lines of a file: `SECRET_KEY=…`, `export SECRET_KEY="…"`, `SECRET_KEY: …`, `SECRET_KEY = "…"`.
pub(in crate::deploy) fn in_lines<'t>(names: &Names, text: &'t str) -> Vec<Setting<'t>> {
    let mut start = 0;
    let lines = text.split('\n').filter_map(|line| {
        let at = start;
        start += line.len() + 1;
        in_line(names, line, at)
    });
    lines.collect()
}

/// The key in one line of a file that begins at `start`.
pub(in crate::deploy) fn in_line<'t>(names: &Names, line: &'t str, start: usize) -> Option<Setting<'t>> {
    let sign = line.find(['=', ':'])?;
    let rest = line[sign + 1..].trim();
    let name = line[..sign].trim_start_matches(['-', ' ', '\t']).trim_start_matches("export ");
    let is_quoted =
        rest.len() > 1 && rest.starts_with(['"', '\'']) && rest.ends_with([rest.as_bytes()[0] as char, ',']);
    // `SECRET_KEY = config(…)` is a program.
    let is_spaced = line[sign..].starts_with('=') && name.ends_with(' ');
    let text = if is_quoted { rest.trim_end_matches(',').trim_matches(['"', '\'']) } else { rest };
    let name = name.trim_end();
    if names.ring(name).is_none() || (is_spaced && !is_quoted) || reads(rest) {
        return None;
    }
    let at = start + sign + 1 + line[sign + 1..].find(text)?;
    Some(Setting { name, text, span: at..at + text.len() })
}

/// The first key within a line: `docker run -e SECRET_KEY="…"`, `Environment="SECRET_KEY=…"`.
pub(in crate::deploy) fn quoted_in<'t>(names: &Names, line: &'t str) -> Option<Setting<'t>> {
    line.match_indices('=').find_map(|(at, _)| {
        let start = line[..at].rfind(|c: char| !is_name(c)).map_or(0, |before| before + 1);
        let is_apart = line[..start].ends_with(|c: char| c.is_whitespace() || "\"',".contains(c));
        let name = &line[start..at];
        names.ring(name).filter(|_| is_apart)?;
        let rest = &line[at + 1..];
        let quote = rest.starts_with(['"', '\'']).then_some(&rest[..1]);
        let text = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let end = match quote {
            Some(quote) => text.find(quote),
            None => text.find(|c: char| c.is_whitespace() || c == '"' || c == '\''),
        };
        let text = &text[..end.unwrap_or(text.len())];
        let begin = at + 1 + rest.len().min(usize::from(quote.is_some()));
        Some(Setting { name, text, span: begin..begin + text.len() })
    })
}

/// Whether a text is the call of a program that reads the key elsewhere.
fn reads(text: &str) -> bool {
    ["environ", "getenv(", "config(", "env("].iter().any(|call| text.contains(call))
}

/// What a variable is set to in a script, where `filled` is what the shell fills in.
pub(in crate::deploy) fn value_in(text: &str, filled: &str) -> Value {
    let is_filled =
        (text.contains('$') && filled.contains('$')) || (text.contains('`') && filled.contains('`'));
    match value(text) {
        // `printf 'SECRET_KEY=%s' …` takes it from another word.
        Value::Literal(_) if is_filled || text.starts_with("%s") => Value::Reference,
        other => other,
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(settings: Vec<Setting<'_>>, text: &str) -> Vec<String> {
        let tell = |setting: Setting<'_>| {
            assert_eq!(&text[setting.span], setting.text);
            format!("{} is {}", setting.name, setting.text)
        };
        settings.into_iter().map(tell).collect()
    }

    fn names() -> Names {
        Names::new(&["SECRET_KEY".parse().unwrap()], &[])
    }

    #[test]
    fn a_key_is_found_in_a_word_behind_flags_and_among_others() {
        for word in [
            "SECRET_KEY=K",
            "-eSECRET_KEY=K",
            "--from-literal=SECRET_KEY=K",
            "--set-env-vars=DEBUG=0,SECRET_KEY=K",
            "SECRET_KEY=K,DEBUG=0",
            "DEBUG=0, SECRET_KEY=K,A=1",
            "app.env.SECRET_KEY=K",
        ] {
            assert_eq!(told(in_word(&names(), word), word), ["SECRET_KEY is K"], "{word}");
        }
        for word in [
            "AWS_SECRET_KEY=K",
            "MY-SECRET_KEY=K",
            "s/SECRET_KEY=.*/x/",
            "^SECRET_KEY=",
            "SECRET_KEY",
            "$SECRET_KEY=x",
        ] {
            assert!(in_word(&names(), word).is_empty(), "{word}");
        }
        assert_eq!(told(in_word(&names(), "SECRET_KEY=a=b,c"), "SECRET_KEY=a=b,c"), ["SECRET_KEY is a=b,c"]);
    }

    #[test]
    fn a_key_is_found_within_a_line() {
        for line in [
            "docker run -e SECRET_KEY=K x",
            "docker run -e SECRET_KEY='K' x",
            "Environment=\"SECRET_KEY=K\"",
            "echo 'SECRET_KEY=K' >> .env",
            "export A=1 SECRET_KEY=\"K\"",
        ] {
            assert_eq!(
                told(quoted_in(&names(), line).into_iter().collect(), line),
                ["SECRET_KEY is K"],
                "{line}"
            );
        }
        for line in ["s/SECRET_KEY=.*/x/", "AWS_SECRET_KEY=K", "A=B"] {
            assert!(quoted_in(&names(), line).is_none(), "{line}");
        }
    }

    #[test]
    fn a_key_is_found_in_the_lines_of_a_file() {
        let text = "DEBUG=0\n  export SECRET_KEY=K\nSECRET_KEY: \"K\"\r\nSECRET_KEY = 'K'\n";
        assert_eq!(told(in_lines(&names(), text), text), ["SECRET_KEY is K"; 3]);
        let text = "# SECRET_KEY=K\nSECRET_KEY = config('SECRET_KEY')\nSECRET_KEY=os.environ['A']\nA: SECRET_KEY=K\nSECRET_KEY = x\n";
        assert!(in_lines(&names(), text).is_empty());
    }
}
