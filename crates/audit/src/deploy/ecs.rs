//! Task definitions of Amazon ECS.

use std::path::Path;

use super::reader::Reader;
use super::reader::value::value;
use super::reader::version::pinned;
use super::reader::yaml::{At, Yaml};
use super::{Broken, How, Kind};

pub(super) const KIND: Kind = Kind { name: "a task definition", recipe: Some("aws"), is_named, says, read };

fn is_named(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".json") && (name.contains("task") || name.contains("ecs") || name.contains("container"))
}

fn says(_: &Path, text: &str) -> bool {
    text.contains("containerDefinitions") || text.contains("valueFrom")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text).map_err(|broken| Broken { what: "JSON", ..broken })?;
    for at in yaml.documents().flat_map(At::below) {
        for variable in at.get("environment").into_iter().flat_map(At::items) {
            if let (Some(name), Some(at)) = (variable.text_of("name"), variable.get("value")) {
                reader.give(name, value(at.text().unwrap_or_default()), How::Environment, at.span());
            }
        }
        for secret in at.get("secrets").into_iter().flat_map(At::items) {
            let is_key = secret.text_of("name").is_some_and(|name| reader.names.ring(name).is_some());
            let from = secret.get("valueFrom").filter(|_| is_key);
            if let Some((from, pin)) = from.and_then(|from| Some((from, pinned(from.text()?)?))) {
                reader.pin(from, &pin);
            }
        }
    }
    Ok(())
}
