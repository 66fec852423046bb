//! Secrets and ConfigMaps that hold a key.

use std::ops::Range;

use data_encoding::BASE64;
use keybaton_core::SecretText;

use crate::deploy::facts::{Freeze, Frozen};
use crate::deploy::reader::Reader;
use crate::deploy::reader::others::names_a_service;
use crate::deploy::reader::pairs::{is_of_another, read_lines};
use crate::deploy::reader::value::value;
use crate::deploy::reader::yaml::At;
use crate::deploy::{How, Value};

pub(super) fn read(reader: &mut Reader<'_>, object: At<'_>) {
    let before = reader.facts.given.len();
    texts(reader, object, "stringData");
    if let Some(data) = object.get("data") {
        for (name, _, at) in data.entries() {
            let value = at.text().map_or(Value::Reference, decoded);
            let text = value.key().map(|key| key.expose().to_owned()).unwrap_or_default();
            if !give(reader, data, name, value, at.span()) && !names_a_service(name) {
                read_lines(reader, &text, at.span());
            }
        }
    }
    let is_immutable = object.get("immutable").filter(|at| at.text() == Some("true"));
    if let Some(at) = is_immutable.filter(|_| reader.facts.given.len() > before) {
        reader.facts.frozen.push(Frozen { span: at.span(), why: Freeze::Immutable });
    }
}

/// Names with texts as they are.
pub(super) fn texts(reader: &mut Reader<'_>, object: At<'_>, part: &str) {
    let Some(data) = object.get(part) else { return };
    for (name, _, at) in data.entries() {
        // A name that is no key's may be that of a whole file: `.env`, `local_settings.py`.
        let is_key = give(reader, data, name, at.text().map_or(Value::Reference, value), at.span());
        if !is_key && !names_a_service(name) {
            read_lines(reader, at.text().unwrap_or_default(), at.span());
        }
    }
}

/// Takes a value in, and tells whether its name is that of a key.
fn give(reader: &mut Reader<'_>, data: At<'_>, name: &str, value: Value, span: Range<usize>) -> bool {
    let ring =
        reader.names.ring(name).or_else(|| reader.names.ring_like(name).filter(|_| !is_of_another(data)));
    let Some(ring) = ring.cloned() else { return false };
    reader.give_ring(ring, value, How::Values, span);
    true
}

/// What is no base64 is filled in by some program before it is applied.
fn decoded(text: &str) -> Value {
    let plain = value(text);
    let Value::Literal(_) = plain else { return plain };
    let bytes = BASE64.decode(text.split_whitespace().collect::<String>().as_bytes());
    match bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(key) if !key.trim().is_empty() => Value::Literal(SecretText::new(key.trim())),
        Some(_) => Value::Empty,
        None => Value::Reference,
    }
}
