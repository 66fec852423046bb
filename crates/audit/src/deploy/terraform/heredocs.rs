//! Texts with lines of their own: the script that a machine begins with, the containers of a task.

use std::ops::Range;

use super::super::reader::settings::{Setting, in_line, quoted_in};
use super::super::reader::yaml::{At, Yaml};
use super::{How, Reader, Value, hcl, value};

/// Takes in the keys that stand in them.
pub(super) fn read(reader: &mut Reader<'_>) {
    let text = reader.text;
    for span in hcl::heredocs(text).into_iter().filter(|span| !is_description(&text[..span.start])) {
        let Some((first, body)) = text[span.clone()].split_once('\n') else { continue };
        let start = span.start + first.len() + 1;
        let end = body.rfind('\n').unwrap_or(0);
        match body.trim_start().starts_with(['[', '{']) {
            true => pairs(reader, &body[..end], start),
            false => lines(reader, &body[..end], start),
        }
    }
}

/// What people are told may show how a key is set.
fn is_description(before: &str) -> bool {
    let name = before.trim_end_matches([' ', '\t']).strip_suffix('=').map(str::trim_end);
    name.is_some_and(|name| name.ends_with("description"))
}

/// `{"name": "SECRET_KEY", "value": "…"}`: JSON is YAML too.
fn pairs(reader: &mut Reader<'_>, body: &str, start: usize) {
    let Ok(yaml) = Yaml::of(body) else { return };
    for pair in yaml.documents().flat_map(At::below) {
        if let (Some(name), Some(at)) = (pair.text_of("name"), pair.get("value")) {
            let value = at.text().map_or(Value::Reference, value);
            reader.give(name, value, How::Values, placed(&at.span(), start));
        }
    }
}

fn lines(reader: &mut Reader<'_>, body: &str, mut start: usize) {
    let names = reader.names;
    for line in body.split('\n') {
        let is_comment = line.trim_start().starts_with('#');
        let found = in_line(names, line, 0).or_else(|| quoted_in(names, line)).filter(|_| !is_comment);
        if let Some(Setting { name, text, span }) = found {
            // What a shell fills in, or Terraform.
            let value = if text.contains(['$', '`']) { Value::Reference } else { value(text) };
            reader.give(name, value, How::Values, placed(&span, start));
        }
        start += line.len() + 1;
    }
}

fn placed(span: &Range<usize>, start: usize) -> Range<usize> {
    span.start + start..span.end + start
}
