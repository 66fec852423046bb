//! Manifests of Kubernetes, of Knative and Cloud Run, of External Secrets, and kustomizations.

mod pod;
mod secret;

use std::path::Path;

use super::reader::Reader;
use super::reader::lines::lines;
use super::reader::pairs::read_pairs;
use super::reader::script::Script;
use super::reader::value::value;
use super::reader::version::{Pin, is_number, pinned, secret_name};
use super::reader::yaml::{At, Yaml};
use super::{Broken, How, Kind};

pub(super) const KIND: Kind = Kind { name: "a manifest", recipe: Some("kubernetes"), is_named, says, read };

fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "yml" || kind == "yaml")
}

fn says(path: &Path, text: &str) -> bool {
    is_kustomization(path) || text.contains("apiVersion:") && text.contains("kind:")
}

fn is_kustomization(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "kustomization")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text)?;
    for document in yaml.documents() {
        match document.text_of("kind") {
            Some("List") => {
                document.get("items").into_iter().flat_map(At::items).for_each(|item| object(reader, item));
            }
            _ => object(reader, document),
        }
    }
    Ok(())
}

fn object(reader: &mut Reader<'_>, object: At<'_>) {
    match object.text_of("kind") {
        Some("Secret") => secret::read(reader, object),
        Some("ConfigMap") => secret::texts(reader, object, "data"),
        Some("ExternalSecret") => external(reader, object),
        Some("SecretProviderClass") => provider(reader, object),
        Some("HelmRelease") => {
            object.find(&["spec", "values"]).into_iter().for_each(|values| read_pairs(reader, values));
        }
        Some("Kustomization") => kustomization(reader, object),
        None if is_kustomization(reader.path) => kustomization(reader, object),
        _ => pod::read(reader, object),
    }
}

/// Where External Secrets is told which version to fetch.
fn external(reader: &mut Reader<'_>, object: At<'_>) {
    for data in object.find(&["spec", "data"]).into_iter().flat_map(At::items) {
        let is_key = data.text_of("secretKey").is_some_and(|name| reader.names.ring_like(name).is_some());
        let version = data.find(&["remoteRef", "version"]).filter(|_| is_key);
        let is_version = |text: &str| is_number(text) || text.starts_with("uuid/") || text.len() == 32;
        if let Some((version, text)) =
            version.and_then(|at| Some((at, at.text().filter(|text| is_version(text))?)))
        {
            // What leaves it out and what says nothing is the same there.
            let new = if version.is_plain() { "\"\"" } else { "" };
            let mend = "leave `version` out of `remoteRef`, or empty";
            reader.pin(version, &Pin::whole(text, "the remote secret", mend, new));
        }
    }
}

/// What the CSI drivers of the clouds mount is named in a text of their own.
fn provider(reader: &mut Reader<'_>, object: At<'_>) {
    for at in object.below() {
        let Some(script) = Script::of(at, reader.text) else { continue };
        for (start, line) in lines(at.text().unwrap_or_default()) {
            let is_key = secret_name(line).is_some_and(|name| reader.names.ring_like(name).is_some());
            if let Some(pin) = pinned(line).filter(|_| is_key) {
                reader.pin_line(at, &script, &pin, start);
            }
        }
    }
}

fn kustomization(reader: &mut Reader<'_>, object: At<'_>) {
    let generators =
        ["secretGenerator", "configMapGenerator"].into_iter().filter_map(|name| object.get(name));
    for generator in generators.flat_map(At::items) {
        for literal in generator.get("literals").into_iter().flat_map(At::items) {
            if let Some((name, text)) = literal.text().and_then(|text| text.split_once('=')) {
                reader.give(name, value(text), How::Values, literal.span());
            }
        }
        let files = ["envs", "env"].into_iter().filter_map(|name| generator.get(name));
        let named = files.flat_map(|file| file.text().into_iter().chain(file.items().filter_map(At::text)));
        reader.facts.env_files.extend(named.map(str::to_owned));
    }
}
