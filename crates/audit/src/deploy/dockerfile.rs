//! Dockerfiles and Containerfiles.

use std::collections::BTreeSet;
use std::path::Path;

use super::reader::lines::{Logical, joined};
use super::reader::value::value;
use super::reader::words::{Word, words};
use super::reader::{Reader, shell};
use super::{Broken, How, Kind, Value};

pub(super) const KIND: Kind =
    Kind { name: "a Dockerfile", recipe: Some("dockerfile"), is_named, says: |_, _| true, read };

fn is_named(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
    let begins = |word: &str| {
        name == word || name.strip_prefix(word).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
    };
    let is_ignore_file = name.ends_with(".dockerignore") || name.ends_with(".containerignore");
    !is_ignore_file && (begins("dockerfile") || begins("containerfile") || name.ends_with(".dockerfile"))
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let lines: Vec<Logical> = joined(reader.text, &['#']).collect();
    let kept = kept(&lines);
    let mut stage = 0;
    for line in &lines {
        let (word, at) = instruction(line);
        let rest = &line.text[at..];
        match word.as_str() {
            "FROM" => stage += 1,
            "ARG" | "ENV" => {
                let how = if word == "ENV" { How::Image } else { How::Argument };
                declared(reader, line, at, rest, if kept.contains(&stage) { how } else { How::Step });
            }
            "RUN" | "CMD" | "ENTRYPOINT" => command(reader, line, at, rest),
            _ => {}
        }
    }
    Ok(())
}

/// The stages that the last one is built on: the others are thrown away with all that stands in them.
fn kept(lines: &[Logical]) -> BTreeSet<usize> {
    let stages: Vec<(String, Option<String>)> = lines.iter().filter_map(from).collect();
    let mut kept = BTreeSet::from([0]);
    let mut stage = stages.len();
    while stage > 0 && kept.insert(stage) {
        let base = &stages[stage - 1].0;
        let named = |name: &Option<String>| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(base));
        stage = stages[..stage - 1].iter().rposition(|(_, name)| named(name)).map_or(0, |at| at + 1);
    }
    kept
}

/// What a stage is built on, and its name.
fn from(line: &Logical) -> Option<(String, Option<String>)> {
    let (word, at) = instruction(line);
    let mut words = line.text[at..].split_whitespace().filter(|word| !word.starts_with("--"));
    let base = (word == "FROM").then(|| words.next()).flatten()?;
    Some((base.to_owned(), words.nth(1).map(str::to_owned)))
}

/// The first word, and where the rest begins.
fn instruction(line: &Logical) -> (String, usize) {
    let begin = line.text.len() - line.text.trim_start().len();
    let length = line.text[begin..].find(char::is_whitespace).unwrap_or(line.text.len() - begin);
    (line.text[begin..begin + length].to_ascii_uppercase(), begin + length)
}

/// `ARG NAME`, `ARG NAME=value`, `ENV NAME=value OTHER=value`, and `ENV NAME value` as it was once written.
fn declared(reader: &mut Reader<'_>, line: &Logical, at: usize, rest: &str, how: How) {
    // People write comments here, though Docker knows none.
    let words: Vec<Word> = words(rest).into_iter().take_while(|word| word.text != "#").collect();
    if let ([name, _, ..], true) = (words.as_slice(), how != How::Argument)
        && name.assignment().is_none()
    {
        let begin = at + name.span.end;
        let text = &line.text[begin..];
        let span = line.span(begin + text.len() - text.trim_start().len()..begin + text.trim_end().len());
        return reader.give(&name.text, value(text.trim().trim_matches(['"', '\''])), how, span);
    }
    for word in words {
        let (name, value, span) = match word.assignment() {
            Some((name, text, span)) => (name, value(text), span),
            None => (word.text.as_str(), Value::Reference, word.span.clone()),
        };
        reader.give(name, value, how, line.span(at + span.start..at + span.end));
    }
}

/// Variables that one command is given. Those in JSON, `["env", "A=b"]`, are words too.
fn command(reader: &mut Reader<'_>, line: &Logical, at: usize, rest: &str) {
    for command in shell::commands(rest) {
        for word in command.assigned.iter().chain(&command.words) {
            if let Some((name, text)) = word.assignment() {
                let span = word.value_span();
                reader.give(name, value(text), How::Step, line.span(at + span.start..at + span.end));
            }
        }
    }
}
