//! The command that a container starts with: `["sh", "-c", "SECRET_KEY=… gunicorn"]`, `bash -c "export SECRET_KEY=…"`.

use super::Reader;
use super::shell::{Command, Word, commands};
use super::value::value;
use super::yaml::At;
use crate::deploy::{How, Value};

/// Takes in the variables that a command sets, written as one text or word by word.
pub(in crate::deploy) fn read_command(
    reader: &mut Reader<'_>,
    command: At<'_>,
    meant: impl Fn(&str) -> String,
) {
    for at in std::iter::once(command).chain(command.items()) {
        let Some(text) = at.text().map(&meant) else { continue };
        let Some(left) = reader.scripts_left.checked_sub(text.len()) else { return };
        reader.scripts_left = left;
        for (name, value) in set(&text, DEEPEST) {
            reader.give(&name, value, How::Environment, at.span());
        }
    }
}

/// The variables that a script sets, and those that it has another shell set.
fn set(script: &str, deepest: usize) -> Vec<(String, Value)> {
    // No shell reads a word of a list.
    if let (Some((name, text)), false) = (script.split_once('='), script.contains(char::is_whitespace)) {
        return vec![(name.to_owned(), value(text))];
    }
    commands(script).iter().flat_map(|command| set_by(command, deepest)).collect()
}

fn set_by(command: &Command, deepest: usize) -> Vec<(String, Value)> {
    let is_setting = matches!(command.name(), "export" | "env" | "exec" | "declare");
    let words = if is_setting { command.words.as_slice() } else { &[] };
    let mut set: Vec<(String, Value)> = command.assigned.iter().chain(words).filter_map(variable).collect();
    let is_script = |flag: &Word| flag.text.starts_with('-') && flag.text.ends_with('c');
    let scripts = command.words.windows(2).filter(|words| is_script(&words[0]));
    if let Some(deepest) = deepest.checked_sub(1) {
        set.extend(scripts.flat_map(|words| self::set(&words[1].text, deepest)));
    }
    set
}

fn variable(word: &Word) -> Option<(String, Value)> {
    let (name, text) = word.assignment()?;
    let value = match value(text) {
        Value::Literal(_) if is_filled(&word.filled) => Value::Reference,
        value => value,
    };
    Some((name.to_owned(), value))
}

fn is_filled(text: &str) -> bool {
    let begins = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_{(".contains(c));
    text.match_indices('$').any(|(at, sign)| begins(&text[at + sign.len()..]))
}

/// How many shells may start one another.
const DEEPEST: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_sets_is_seen_through_its_shells() {
        let keys = |script: &str| {
            let set = set(script, DEEPEST).into_iter();
            set.filter_map(|(name, value)| Some(format!("{name}={}", value.key()?.expose())))
                .collect::<Vec<_>>()
        };
        assert_eq!(keys("bash -c \"export A=1 && B='2;' gunicorn\""), ["A=1", "B=2;"]);
        assert_eq!(keys("exec env A=a sh -ec 'sh -c \"B=b c\"'"), ["A=a", "B=b"]);
        assert_eq!(keys("A=(a&b;c"), ["A=(a&b;c"]);
        assert_eq!(keys("sh -c 'A=${B:-b} c'"), ["A=b"]);
        for script in
            ["A=$B c", "sh -c 'A=\"x-$B\" c'", "echo 'say A=b'", "gunicorn --bind=x -c 'y z'", "A=$(b c) d"]
        {
            assert!(keys(script).is_empty(), "{script}");
        }
    }
}
