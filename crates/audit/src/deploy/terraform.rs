//! Terraform and OpenTofu.

mod hcl;

use std::path::Path;

use super::facts::Pinned;
use super::reader::Reader;
use super::reader::value::value;
use super::reader::version::{is_number, pinned};
use super::{Broken, How, Kind, Value};
use hcl::{Block, Text};

pub(super) const KIND: Kind =
    Kind { name: "a file of Terraform", recipe: None, is_named, says: |_, _| true, read };

fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "tf" || kind == "tfvars")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let blocks = hcl::blocks(reader.text);
    for (number, block) in blocks.iter().enumerate() {
        let is_elsewhere =
            block.texts.iter().any(|(name, _)| name.contains("access_key")) || is_provider(block);
        for (name, text) in &block.texts {
            attribute(reader, name, text, is_elsewhere);
        }
        variable(reader, block);
        pins(reader, &blocks, number);
    }
    Ok(())
}

/// What `secret_key` means there is the cloud's business.
fn is_provider(block: &Block) -> bool {
    matches!(block.kind.as_str(), "provider" | "backend")
}

fn attribute(reader: &mut Reader<'_>, name: &str, text: &Text, is_elsewhere: bool) {
    let ring = reader.names.ring(name).or_else(|| reader.names.ring_like(name).filter(|_| !is_elsewhere));
    if let Some(ring) = ring.cloned() {
        reader.facts.pinned.extend(pinned(&text.text, text.span.clone()));
        reader.give_ring(ring, value(&text.text), How::Values, text.span.clone());
    }
}

/// `variable "secret_key" { default = "…" }`, and `name = "SECRET_KEY"` beside `value = "…"`.
fn variable(reader: &mut Reader<'_>, block: &Block) {
    let label = block.labels.first().filter(|_| block.kind == "variable");
    if let (Some(ring), Some(default)) =
        (label.and_then(|label| reader.names.ring_like(label)).cloned(), block.text("default"))
    {
        let value = match value(&default.text) {
            Value::Literal(key) => Value::Default(key),
            other => other,
        };
        reader.give_ring(ring, value, How::Values, default.span.clone());
    }
    if let (Some(name), Some(text)) = (block.text("name"), block.text("value")) {
        reader.give(&name.text, value(&text.text), How::Values, text.span.clone());
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
    let version = block.text("version").filter(|version| is_secret && is_number(&version.text));
    let plain = version.map(|version| Pinned {
        span: version.span.clone(),
        what: "the secret of Secret Manager",
        mend: "version = \"latest\"",
    });
    let named = block
        .text("valueFrom")
        .or(block.text("value"))
        .and_then(|text| pinned(&text.text, text.span.clone()));
    reader.facts.pinned.extend(plain.into_iter().chain(named));
}
