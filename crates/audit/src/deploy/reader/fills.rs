//! What is filled into a word before a command gets it.

use std::collections::BTreeSet;

use super::print::printed;
use super::shell::{Word, commands};

/// The variable whose key a command that prints a word shows: filled in as it is, or printed by a command within.
pub(super) fn names<'n>(word: &Word, known: &'n [String]) -> Option<&'n String> {
    let (own, within) = substitutions(&word.filled);
    let (text, _) = substitutions(&word.text);
    known.iter().find(|name| {
        let names = std::slice::from_ref(*name);
        let shows = |script: &&str| !printed(&commands(script), &[], names, &mut BTreeSet::new()).is_empty();
        let mut within = within.iter().filter(|script| script.matches("$(").count() < DEPTH);
        has_variable(&own, name) || has_expression(&text, name) || within.any(shows)
    })
}

/// Whether a key is filled in anywhere in a word.
pub(super) fn fills(word: &Word, name: &str) -> bool {
    has_variable(&word.filled, name) || has_expression(&word.text, name)
}

/// A text without its commands, `$(…)`, and those.
fn substitutions(text: &str) -> (String, Vec<&str>) {
    let (mut own, mut within, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once("$(") {
        own.push_str(before);
        let length = closing(after);
        within.push(&after[..length]);
        rest = after.get(length + 1..).unwrap_or_default();
    }
    own.push_str(rest);
    (own, within)
}

/// Where the parenthesis that is open is closed.
fn closing(text: &str) -> usize {
    let mut depth = 1_usize;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// More commands within commands than anybody writes.
const DEPTH: usize = 4;

fn has_variable(text: &str, name: &str) -> bool {
    let plain = text.split(&format!("${name}")).skip(1).any(ends);
    // `${NAME:+set}` says only whether there is one.
    let braced = text
        .split(&format!("${{{name}"))
        .skip(1)
        .any(|rest| ends(rest) && !rest.starts_with(":+") && !rest.starts_with('+'));
    plain || braced
}

/// Whether an expression `${{ … }}` has the key in it. GitHub fills it in before a shell sees any quotes.
fn has_expression(text: &str, name: &str) -> bool {
    let mut expressions = text.split("${{").skip(1).map(|rest| rest.split("}}").next().unwrap_or(rest));
    let gives = |expression: &str, from: &str| {
        let named = format!("{from}.{name}");
        expression
            .match_indices(&named)
            .any(|(at, _)| is_given(&expression[..at], &expression[at + named.len()..]))
    };
    expressions.any(|expression| ["secrets", "env", "vars"].iter().any(|from| gives(expression, from)))
}

/// What only decides is not filled in: `secrets.KEY != '' && 'set' || 'missing'`.
fn is_given(before: &str, after: &str) -> bool {
    let (before, next) = (before.trim_end(), after.trim_start());
    let decides = ["!=", "==", "&&"].iter().any(|sign| next.starts_with(sign))
        || ["!", "!=", "==", "contains(", "startsWith(", "endsWith("]
            .iter()
            .any(|sign| before.ends_with(sign));
    ends(after) && !decides
}

fn ends(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}
