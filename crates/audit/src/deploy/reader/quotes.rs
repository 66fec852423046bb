//! How far quotes and brackets of a shell reach.

/// What stands in quotes, and how long it is with them.
pub(super) fn between(rest: &str, quote: char, has_escapes: bool) -> (usize, String, bool) {
    let (mut text, mut is_closed) = (String::new(), true);
    let mut at = 1;
    while let Some(c) = rest[at..].chars().next() {
        let here = &rest[at..];
        if c == quote {
            return (at + 1, text, has_escapes);
        }
        // A command that is filled in has quotes of its own.
        let length = match c {
            '\\' if has_escapes => 1 + here[1..].chars().next().map_or(0, char::len_utf8),
            '$' if has_escapes && is_closed && here[1..].starts_with(['(', '{']) => call(here)
                .unwrap_or_else(|| {
                    is_closed = false;
                    1
                }),
            c => c.len_utf8(),
        };
        let is_escape = c == '\\' && has_escapes && here[1..].starts_with(['$', '`', '"', '\\', '\n']);
        text.push_str(&here[usize::from(is_escape)..length]);
        at += length;
    }
    (rest.len(), text, has_escapes)
}

/// How long `$(…)` or `${…}` is, if it ends before long: what is never closed must not be searched to the end each time.
fn call(rest: &str) -> Option<usize> {
    let most = (0..=rest.len().min(512)).rev().find(|at| rest.is_char_boundary(*at))?;
    closed(&rest[1..most]).map(|length| length + 1)
}

/// How long `{…}` or `(…)` is; all that is left where it never ends.
pub(super) fn enclosed(rest: &str) -> usize {
    closed(rest).unwrap_or(rest.len())
}

fn closed(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}
