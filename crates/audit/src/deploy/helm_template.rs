//! Templates of Helm charts, which are no YAML before they are filled: what surely stands in a line counts, and nothing else.

use std::path::Path;

use super::facts::{Freeze, Frozen};
use super::reader::Reader;
use super::reader::lines::lines;
use super::reader::value::value;
use super::{Broken, How, Kind};

pub(super) const KIND: Kind =
    Kind { name: "a Helm template", recipe: Some("kubernetes"), is_named, says, read };

fn is_named(path: &Path) -> bool {
    let is_template = path.extension().is_some_and(|kind| kind == "yml" || kind == "yaml" || kind == "tpl");
    is_template && path.components().any(|part| part.as_os_str() == "templates")
}

fn says(_: &Path, text: &str) -> bool {
    text.contains("{{")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let mut named: Option<&str> = None;
    for (start, line) in lines(reader.text) {
        let Some((key, text)) = line.split_once(": ").filter(|_| !line.trim_start().starts_with('#')) else {
            continue;
        };
        let key = key.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
        let text = without_comment(text);
        let at = start + line.len() - line.split_once(": ").map_or("", |(_, rest)| rest).trim_start().len();
        pair(reader, key, named.take(), text, at);
        named = (key == "name").then_some(unquoted(text));
    }
    Ok(())
}

/// `SECRET_KEY: …` of a Secret, or `value: …` below `name: SECRET_KEY`.
fn pair(reader: &mut Reader<'_>, key: &str, named: Option<&str>, text: &str, at: usize) {
    let span = at..at + text.len();
    let ring = match key {
        "subPath" if reader.names.ring_like(unquoted(text)).is_some() => {
            return reader.facts.frozen.push(Frozen { span, why: Freeze::SubPath });
        }
        "value" => named.and_then(|name| reader.names.ring(name)),
        key => reader.names.ring_like(key),
    };
    if let Some(ring) = ring.cloned().filter(|_| !text.starts_with(['|', '>', '&', '*', '!', '{', '['])) {
        reader.give_ring(ring, value(unquoted(text)), How::Values, span);
    }
}

fn without_comment(text: &str) -> &str {
    text.split_once(" #").map_or(text, |(text, _)| text).trim()
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}
