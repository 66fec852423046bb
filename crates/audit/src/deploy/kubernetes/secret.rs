//! Secrets and ConfigMaps that hold a key.

use data_encoding::BASE64;
use keybaton_core::SecretText;

use crate::deploy::facts::{Freeze, Frozen};
use crate::deploy::reader::Reader;
use crate::deploy::reader::value::value;
use crate::deploy::reader::yaml::At;
use crate::deploy::{How, Value};

pub(super) fn read(reader: &mut Reader<'_>, object: At<'_>) {
    let before = reader.facts.given.len();
    texts(reader, object, "stringData");
    for (name, _, at) in object.get("data").map(At::entries).unwrap_or_default() {
        give(reader, name, at, at.text().map_or(Value::Reference, decoded));
    }
    let is_immutable = object.get("immutable").filter(|at| at.text() == Some("true"));
    if let Some(at) = is_immutable.filter(|_| reader.facts.given.len() > before) {
        reader.facts.frozen.push(Frozen { span: at.span(), why: Freeze::Immutable });
    }
}

/// Names with texts as they are.
pub(super) fn texts(reader: &mut Reader<'_>, object: At<'_>, part: &str) {
    for (name, _, at) in object.get(part).map(At::entries).unwrap_or_default() {
        give(reader, name, at, at.text().map_or(Value::Reference, value));
    }
}

fn give(reader: &mut Reader<'_>, name: &str, at: At<'_>, value: Value) {
    if let Some(ring) = reader.names.ring_like(name).cloned() {
        reader.give_ring(ring, value, How::Values, at.span());
    }
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
