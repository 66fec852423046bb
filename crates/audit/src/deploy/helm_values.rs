//! The values of Helm charts.

use std::path::Path;

use super::reader::Reader;
use super::reader::pairs::read_pairs;
use super::reader::yaml::Yaml;
use super::{Broken, Kind};

pub(super) const KIND: Kind =
    Kind { name: "a file of Helm values", recipe: Some("kubernetes"), is_named, says, read };

fn is_named(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    (name.ends_with(".yml") || name.ends_with(".yaml")) && name.contains("values")
}

fn says(_: &Path, text: &str) -> bool {
    !text.contains("apiVersion:")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text)?;
    yaml.documents().for_each(|document| read_pairs(reader, document));
    Ok(())
}
