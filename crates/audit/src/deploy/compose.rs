//! Files of Docker Compose and Swarm.

use std::path::Path;

use keybaton_core::RingName;

use super::facts::{Freeze, Frozen};
use super::reader::Reader;
use super::reader::command::read_command;
use super::reader::others::{belongs_to_access_key, has_access_key, is_of_another_program};
use super::reader::value::doubled;
use super::reader::yaml::{At, Yaml};
use super::{Broken, Given, How, Kind, Value};

pub(super) const KIND: Kind = Kind { name: "a compose file", recipe: Some("compose"), is_named, says, read };

fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "yml" || kind == "yaml")
}

/// cookiecutter's `production.yml` is one too: what it says decides.
fn says(path: &Path, text: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_named = ["compose.", "compose-", "docker-compose", "docker-stack"]
        .iter()
        .any(|begin| name.starts_with(begin));
    let mut lines = text.lines();
    is_named
        || (lines.any(|line| line.trim_end() == "services:") && IMAGES.iter().any(|word| text.contains(word)))
            && !text.contains("runs-on:")
            && !text.contains("apiVersion:")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let yaml = Yaml::of(reader.text)?;
    for document in yaml.documents() {
        let services = services(document);
        for (_, _, service) in &services {
            read_service(reader, *service);
        }
        for (name, key, secret) in document.get("secrets").map(At::entries).unwrap_or_default() {
            let used = services.iter().any(|(_, _, service)| secrets(*service).any(|used| used == name));
            if used && is_key(reader, name, secret) {
                frozen(reader, key, secret);
            }
        }
    }
    Ok(())
}

/// In files of version 1 the services stand at the top.
fn services<'y>(document: At<'y>) -> Vec<(&'y str, At<'y>, At<'y>)> {
    match document.get("services") {
        Some(services) => services.entries(),
        None => {
            let is_service = |at: At<'_>| at.get("image").is_some() || at.get("build").is_some();
            document.entries().into_iter().filter(|(_, _, at)| is_service(*at)).collect()
        }
    }
}

fn read_service(reader: &mut Reader<'_>, service: At<'_>) {
    if service.get("build").is_none() && service.text_of("image").is_some_and(is_of_another_program) {
        return;
    }
    let before = reader.facts.given.len();
    variables(reader, service.get("environment"), How::Environment);
    let mounted: Vec<RingName> =
        secrets(service).filter_map(|name| reader.names.ring_like(name)).cloned().collect();
    let is_twice = |given: &&Given| mounted.contains(&given.ring) && given.value != Value::Path;
    let given = reader.facts.given[before..].iter().filter(is_twice);
    let twice: Vec<_> = given.map(|given| given.span.clone()).collect();
    reader.facts.twice.extend(twice);
    variables(reader, service.find(&["build", "args"]), How::Argument);
    for volume in service.get("volumes").into_iter().flat_map(At::items) {
        mount(reader, volume);
    }
    for part in ["command", "entrypoint"].into_iter().filter_map(|name| service.get(name)) {
        read_command(reader, part, |text| text.replace("$$", "$"));
    }
    env_files(reader, service);
}

/// `NAME: value`, or a list of `NAME=value` and of names alone, which are taken from where Compose runs.
fn variables(reader: &mut Reader<'_>, variables: Option<At<'_>>, how: How) {
    let Some(variables) = variables else { return };
    let pairs = variables.entries().into_iter().map(|(name, key, value)| match value.text() {
        Some(_) if value.is_null() => (name, Value::Reference, key.span()),
        Some(text) => (name, doubled(text, '$'), value.span()),
        None => (name, Value::Reference, value.span()),
    });
    let items = variables.items().filter_map(|item| {
        let text = item.text()?;
        let (name, value) =
            text.split_once('=').map_or((text, Value::Reference), |(name, text)| (name, doubled(text, '$')));
        Some((name, value, item.span()))
    });
    let all: Vec<_> = pairs.chain(items).collect();
    let has_access_key = has_access_key(all.iter().map(|(name, ..)| *name));
    for (name, value, span) in all {
        if !has_access_key || !belongs_to_access_key(name, &value) {
            reader.give(name, value, how, span);
        }
    }
}

/// The names of the secrets that a service gets.
fn secrets<'y>(service: At<'y>) -> impl Iterator<Item = &'y str> {
    let items = service.get("secrets").into_iter().flat_map(At::items);
    items.filter_map(|item| item.text().or_else(|| item.text_of("source")))
}

fn is_key(reader: &Reader<'_>, name: &str, secret: At<'_>) -> bool {
    reader.names.ring_like(name).is_some()
        || secret.text_of("file").is_some_and(|file| is_key_file(reader, file))
}

fn is_key_file(reader: &Reader<'_>, file: &str) -> bool {
    reader.names.ring_like(file.rsplit('/').next().unwrap_or(file)).is_some()
}

fn frozen(reader: &mut Reader<'_>, key: At<'_>, secret: At<'_>) {
    let is_external = secret.get("external").is_some();
    let name = secret.text_of("name").or(key.text()).unwrap_or_default();
    let has_version = name.ends_with(|c: char| c.is_ascii_digit()) || name.contains("${");
    let why = match (is_external, secret.get("file").is_some()) {
        (true, _) if !has_version => Freeze::Swarm,
        (false, true) => Freeze::SingleFile,
        _ => return,
    };
    let at = secret.get("file").unwrap_or(key);
    reader.facts.frozen.push(Frozen { span: at.span(), why });
}

/// `./secrets/secret_key.txt:/run/secrets/secret_key`, or the same as a mapping.
fn mount(reader: &mut Reader<'_>, volume: At<'_>) {
    let parts: Vec<&str> = match volume.text() {
        Some(text) => text.split(':').take(2).collect(),
        None if volume.text_of("type") == Some("bind") => {
            ["source", "target"].iter().filter_map(|name| volume.text_of(name)).collect()
        }
        None => return,
    };
    let [source, target] = parts[..] else { return };
    let is_surely_a_file =
        source.trim_start_matches(['.', '/']).rsplit('/').next().is_some_and(|name| name.contains('.'));
    let is_key = is_key_file(reader, source) || is_surely_a_file && is_key_file(reader, target);
    if source.contains('/') && is_key {
        reader.facts.frozen.push(Frozen { span: volume.span(), why: Freeze::SingleFile });
    }
}

fn env_files(reader: &mut Reader<'_>, service: At<'_>) {
    let Some(named) = service.get("env_file") else { return };
    let items = named.items().filter_map(|item| item.text().or_else(|| item.text_of("path")));
    reader.facts.env_files.extend(named.text().into_iter().chain(items).map(str::to_owned));
}

const IMAGES: [&str; 2] = ["image:", "build:"];
