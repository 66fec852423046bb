//! Heroku's app.json.

use std::path::Path;

use super::reader::Reader;
use super::reader::value::value;
use super::reader::yaml::{At, Yaml};
use super::{Broken, How, Kind};

pub(super) const KIND: Kind = Kind {
    name: "an app.json",
    recipe: Some("heroku"),
    is_named,
    says: |_, text| text.contains("\"env\""),
    read,
};

fn is_named(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "app.json")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text).map_err(|broken| Broken { what: "JSON", ..broken })?;
    for document in yaml.documents() {
        variables(reader, document, How::Environment);
        for (name, _, environment) in document.get("environments").map(At::entries).unwrap_or_default() {
            variables(
                reader,
                environment,
                if name == "test" { How::Job { deploys: false } } else { How::Environment },
            );
        }
    }
    Ok(())
}

/// `"SECRET_KEY": "…"`, or `{"value": "…"}`; `{"generator": "secret"}` is what should stand there.
fn variables(reader: &mut Reader<'_>, root: At<'_>, how: How) {
    for (name, _, at) in root.get("env").map(At::entries).unwrap_or_default() {
        let at = at.get("value").unwrap_or(at);
        if let Some(text) = at.text() {
            reader.give(name, value(text), how, at.span());
        }
    }
}
