//! `docs/keybaton.schema.json`, by which editors complete and check a configuration: the keys are those of the reader,
//! the descriptions those of `docs/configuration.md`.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::Configuration;
use super::documented::rows;
use super::keys::*;

const TOP: [Key; 3] = [DEFAULT_ENVIRONMENT, RING, ENVIRONMENTS];
const OF_ENVIRONMENT: [Key; 10] = [
    STORE,
    MIRRORS,
    PROPAGATION,
    LONGEST_SIGNATURE,
    OFFLINE,
    AFTER_WRITE,
    AFTER_WRITE_TIMEOUT,
    MANAGE,
    FLEET,
    RINGS,
];
const OF_RING: [Key; 3] = [STORE, LONGEST_SIGNATURE, ENCRYPTS];

#[test]
fn the_schema_says_what_the_reader_and_the_page_say() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/keybaton.schema.json");
    let schema = schema();
    let written = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    if written.as_ref() != Some(&schema) {
        fs::write(&path, format!("{schema:#}\n")).unwrap();
        panic!("docs/keybaton.schema.json was out of date, and was written anew: commit it");
    }
}

#[test]
fn the_reader_refuses_what_the_schema_refuses_and_nothing_else() {
    for (folder, is_good) in [("good", true), ("bad", false)] {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/schema").join(folder);
        let mut count = 0;
        for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(Configuration::of(&file, &text).is_ok(), is_good, "{}", file.display());
            count += 1;
        }
        assert!(count > 2);
    }
}

fn schema() -> Value {
    let Value::Object(mut top) = table("Keys", &TOP, &[]) else { unreachable!("a table is an object") };
    let of_ring = table("Keys of a further ring", &OF_RING, &["store"]);
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "keybaton.toml",
        "description": "Where the rings of a project live, and how long a rotation waits.",
        "definitions": {
            "environment": table("Keys of an environment", &OF_ENVIRONMENT, &[]),
            "ring": of_ring,
        },
    });
    top.extend(head.as_object().unwrap().clone());
    Value::Object(top)
}

fn table(heading: &str, keys: &[Key], required: &[&str]) -> Value {
    let rows = rows(heading);
    let properties: Map<String, Value> = keys.iter().map(|key| property(*key, &rows)).collect();
    assert_eq!(rows.len(), properties.len(), "{heading}");
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(key: Key, rows: &[[String; 3]]) -> (String, Value) {
    let [_, what, missing] = rows.iter().find(|[name, ..]| name == key.name).unwrap();
    let Value::Object(mut shape) = shape(key.holds) else { unreachable!("a shape is an object") };
    let description = plain(&format!("{what}. Where it is missing: {missing}"));
    shape.insert("description".to_owned(), description.into());
    (key.name.to_owned(), shape.into())
}

fn shape(holds: Holds) -> Value {
    let text = json!({ "type": "string" });
    match holds {
        Holds::Text => text,
        Holds::Texts => json!({ "type": "array", "items": text }),
        Holds::Command => json!({ "type": "array", "minItems": 1, "items": text }),
        Holds::Fleet => json!({ "enum": FLEETS.map(|(name, _)| name) }),
        Holds::Commands => {
            json!({ "type": "array", "items": { "type": "array", "minItems": 1, "items": text } })
        }
        Holds::Truth => json!({ "type": "boolean" }),
        Holds::Span => json!({ "type": "string", "pattern": "^[0-9]{1,13}[smhdw]$" }),
        Holds::RingName => json!({ "type": "string", "pattern": RING_NAME }),
        Holds::Environments => {
            json!({ "type": "object", "additionalProperties": { "$ref": "#/definitions/environment" } })
        }
        Holds::Rings => json!({
            "type": "object",
            "propertyNames": { "pattern": RING_NAME },
            "additionalProperties": { "$ref": "#/definitions/ring" },
        }),
    }
}

/// Without the targets of links.
fn plain(text: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest: String = parts.map(|part| part.split_once(')').map_or(part, |(_, behind)| behind)).collect();
    (first + &rest).replace('[', "")
}

const RING_NAME: &str = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";
