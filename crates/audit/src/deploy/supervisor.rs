//! supervisord's configuration.

use std::path::Path;

use super::reader::Reader;
use super::reader::value::doubled;
use super::{Broken, How, Kind};

pub(super) const KIND: Kind = Kind { name: "a file of supervisord", recipe: None, is_named, says, read };

fn is_named(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    [".conf", ".ini", ".conf.j2"].iter().any(|end| name.ends_with(end))
}

fn says(_: &Path, text: &str) -> bool {
    text.contains("[program:") || text.contains("[supervisord]")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let text = reader.text;
    let names: Vec<String> = reader.names.variables().map(str::to_owned).collect();
    for name in names {
        for (at, _) in text.match_indices(&format!("{name}=")) {
            let before = text[..at].trim_end_matches([' ', '\t', '\n', '\r']);
            if before.ends_with([',', '=']) && !is_comment(text, at) {
                let (start, value) = quoted(text, at + name.len() + 1);
                reader.give(&name, doubled(value, '%'), How::Environment, start..start + value.len());
            }
        }
    }
    Ok(())
}

fn is_comment(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[start..].trim_start().starts_with([';', '#'])
}

/// What stands in quotes, or up to the comma.
fn quoted(text: &str, at: usize) -> (usize, &str) {
    let rest = &text[at..];
    match rest.chars().next().filter(|c| "\"'".contains(*c)) {
        Some(quote) => {
            let inner = &rest[1..];
            (at + 1, &inner[..inner.find([quote, '\n']).unwrap_or(inner.len())])
        }
        None => (at, rest[..rest.find([',', '\n', '\r', ';']).unwrap_or(rest.len())].trim_end()),
    }
}
