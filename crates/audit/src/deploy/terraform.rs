//! Terraform and OpenTofu.

mod hcl;
mod heredocs;

use std::ops::Range;
use std::path::Path;

use keybaton_core::RingName;

use super::facts::Pinned;
use super::reader::Reader;
use super::reader::pairs::{names_a_secret, says_another, snake};
use super::reader::texts::Texts;
use super::reader::value::value;
use super::reader::version::{Pin, pinned};
use super::{Broken, How, Kind, Value};
use crate::fix::{Edit, Language, Left};
use hcl::{Block, Text};

pub(super) const KIND: Kind =
    Kind { name: "a file of Terraform", recipe: None, is_named, says: |_, _| true, read };

fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "tf" || kind == "tfvars")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let blocks = hcl::blocks(reader.text);
    let is_access = |block: &Block| block.labels.iter().any(|label| says_another(label));
    let has_access = blocks.iter().any(|block| block.kind == "variable" && is_access(block));
    for (number, block) in blocks.iter().enumerate() {
        let says_so = |name: &str| says_another(name) || names_a_secret(name);
        let is_elsewhere = block.texts.iter().any(|(name, _)| says_so(name)) || is_of_cloud(block);
        for (name, text) in block.texts.iter().filter(|(_, text)| !is_version(block, text)) {
            attribute(reader, name, text, is_elsewhere);
        }
        for (name, text) in &block.choices {
            choice(reader, name, text, is_elsewhere);
        }
        if !(has_access && block.labels.first().is_some_and(|label| label == "secret_key")) {
            variable(reader, block);
        }
        version(reader, block);
        pins(reader, &blocks, number);
    }
    heredocs::read(reader);
    Ok(())
}

/// What `secret_key` means there is the cloud's business.
fn is_of_cloud(block: &Block) -> bool {
    matches!(block.kind.as_str(), "provider" | "backend" | "secret_key_ref")
}

/// `secrets = { SECRET_KEY = "latest" }` names a version, not the key.
fn is_version(block: &Block, text: &Text) -> bool {
    block.kind.contains("secret") && (text.text == "latest" || text.text.parse::<u32>().is_ok())
}

fn attribute(reader: &mut Reader<'_>, name: &str, text: &Text, is_elsewhere: bool) {
    if let Some(ring) = ring(reader, name, is_elsewhere) {
        reader.facts.pinned.extend(pinned(&text.text).map(|pin| placed(reader.text, text, pin)));
        reader.give_ring(ring, value(&text.text), How::Values, text.span.clone());
    }
}

/// What an attribute is if a variable is not set.
fn choice(reader: &mut Reader<'_>, name: &str, text: &Text, is_elsewhere: bool) {
    if let Some(ring) = ring(reader, name, is_elsewhere) {
        reader.give_ring(ring, default(text), How::Values, text.span.clone());
    }
}

fn ring(reader: &Reader<'_>, name: &str, is_elsewhere: bool) -> Option<RingName> {
    let names = reader.names;
    names.ring(name).or_else(|| names.ring_like(name).filter(|_| !is_elsewhere)).cloned()
}

fn default(text: &Text) -> Value {
    match value(&text.text) {
        Value::Literal(key) => Value::Default(key),
        other => other,
    }
}

/// `variable "secret_key" { default = "…" }`, and `name = "SECRET_KEY"`, or `key`, beside `value = "…"`.
fn variable(reader: &mut Reader<'_>, block: &Block) {
    let label = block.labels.first().filter(|_| block.kind == "variable");
    if let (Some(ring), Some(default)) =
        (label.and_then(|label| reader.names.ring_like(label)).cloned(), block.text("default"))
    {
        reader.give_ring(ring, self::default(default), How::Values, default.span.clone());
    }
    if let (Some(name), Some(text)) = (block.text("name").or(block.text("key")), block.text("value")) {
        let last = name.text.rsplit(['/', '.']).next().unwrap_or_default();
        if let Some(ring) = reader.names.ring_like(&snake(last)).cloned() {
            reader.give_ring(ring, value(&text.text), How::Values, text.span.clone());
        }
    }
}

/// The version of a secret of AWS or Google: what it is called after stands in its label.
fn version(reader: &mut Reader<'_>, block: &Block) {
    let [kind, name] = block.labels.as_slice() else { return };
    let text = block.text("secret_string").or(block.text("secret_data"));
    let ring = reader.names.ring_like(name).filter(|_| kind.ends_with("secret_version")).cloned();
    if let (Some(ring), Some(text)) = (ring, text) {
        reader.give_ring(ring, value(&text.text), How::Values, text.span.clone());
    }
}

/// A version beside or below the name of the key.
fn pins(reader: &mut Reader<'_>, blocks: &[Block], number: usize) {
    let block = &blocks[number];
    let is_about = hcl::around(blocks, number).any(|block| {
        let named = ["name", "secret", "secret_id"].into_iter().filter_map(|name| block.text(name));
        let names = named.map(|text| text.text.as_str()).chain(block.labels.iter().map(String::as_str));
        names.filter(|name| reader.names.ring_like(name).is_some()).count() > 0
    });
    if !is_about {
        return;
    }
    let is_secret = block.kind == "secret_key_ref"
        || block.labels.first().is_some_and(|kind| kind.contains("secret_version"));
    let version = block.text("version").filter(|_| is_secret);
    let version = version.and_then(|text| Some((text, Pin::number(&text.text, "version = \"latest\"")?)));
    let named = block.text("valueFrom").or(block.text("value"));
    let named = named.and_then(|text| Some((text, pinned(&text.text)?)));
    let found = version.into_iter().chain(named).map(|(text, pin)| placed(reader.text, text, pin));
    reader.facts.pinned.extend(found);
}

/// A version in a text that stands in the file as it is read, but for its quotes.
fn placed(file: &str, text: &Text, pin: Pin) -> Pinned {
    let written = file.get(text.span.clone()).unwrap_or_default();
    let start = written.find(&text.text).map(|start| text.span.start + start).ok_or(Left::Wrapped);
    let edits = pin.places.and_then(|places| {
        let start = start?;
        let edit = |(range, new): (Range<usize>, &'static str)| Edit {
            old: text.text[range.clone()].to_owned(),
            range: range.start + start..range.end + start,
            new,
        };
        Ok(places.into_iter().map(edit).collect())
    });
    Pinned { span: text.span.clone(), what: pin.what, mend: pin.mend, language: Language::Hcl, edits }
}

/// Every text with its place, and the blocks that they stand in.
pub(super) fn texts(file: &str) -> Texts {
    let mut texts = Texts { shape: Vec::new(), texts: Vec::new() };
    for block in hcl::blocks(file) {
        texts.shape.push(format!("{} {:?} {:?}", block.kind, block.labels, block.above));
        for (name, text) in block.texts {
            texts.shape.push(name);
            texts.texts.push((text.text.into(), text.span));
        }
    }
    texts
}
