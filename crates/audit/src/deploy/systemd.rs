//! systemd's units and their drop-ins, and Quadlet's containers.

use std::ops::Range;
use std::path::Path;

use super::reader::Reader;
use super::reader::lines::{Logical, joined};
use super::reader::others::{belongs_to_access_key, has_access_key};
use super::reader::shell;
use super::reader::value::doubled;
use super::reader::words::words;
use super::{Broken, How, Kind};

pub(super) const KIND: Kind =
    Kind { name: "a unit", recipe: Some("systemd"), is_named, says: |_, _| true, read };

fn is_named(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_unit = |name: &str| UNITS.iter().any(|kind| name.ends_with(kind));
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let is_drop_in = folder.strip_suffix(".d").is_some_and(is_unit) && name.contains(".conf");
    is_drop_in || is_unit(name.trim_end_matches(".j2").trim_end_matches(".tmpl"))
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    let (mut mounted, mut plain) = (Vec::new(), Vec::new());
    let has_access_key = has_access_key(names(reader.text).iter().map(String::as_str));
    for line in joined(reader.text, &['#', ';']) {
        let Some((key, value)) = line.text.split_once('=') else { continue };
        let at = line.text.len() - value.len();
        match key.trim() {
            "Environment" => variables(reader, &line, at, value, has_access_key),
            "EnvironmentFile" => env_file(reader, value),
            key if key.starts_with("Exec") => command(reader, &line, at, value),
            "LoadCredential"
            | "LoadCredentialEncrypted"
            | "SetCredential"
            | "SetCredentialEncrypted"
            | "Secret" => {
                let name = value.trim().split([':', ',']).next().unwrap_or_default();
                mounted.extend(reader.names.ring_like(name).cloned());
                plain.extend((key.trim() == "SetCredential").then_some((line, at)));
            }
            _ => {}
        }
    }
    let twice = reader.facts.given.iter().filter(|given| mounted.contains(&given.ring));
    let twice: Vec<Range<usize>> = twice.map(|given| given.span.clone()).collect();
    reader.facts.twice = twice;
    plain.iter().for_each(|(line, at)| credential(reader, line, *at));
    Ok(())
}

/// `SetCredential=SECRET_KEY:…` stands in the unit as plainly, though `systemctl show` does not print it.
fn credential(reader: &mut Reader<'_>, line: &Logical, at: usize) {
    let Some((name, text)) = line.text[at..].split_once(':') else { return };
    if let Some(ring) = reader.names.ring_like(name.trim()).cloned() {
        let span = line.span(line.text.len() - text.len()..line.text.len());
        reader.give_ring(ring, doubled(text, '%'), How::Values, span);
    }
}

/// The names of all variables that a unit sets.
fn names(text: &str) -> Vec<String> {
    let lines = joined(text, &['#', ';']);
    let lines = lines.filter_map(|line| Some(words(line.text.trim().strip_prefix("Environment=")?)));
    lines.flatten().filter_map(|word| Some(word.assignment()?.0.to_owned())).collect()
}

/// The words of `Environment=`.
fn variables(reader: &mut Reader<'_>, line: &Logical, at: usize, value: &str, has_access_key: bool) {
    for word in words(value) {
        let Some((name, text, span)) = word.assignment() else { continue };
        let value = doubled(text, '%');
        if !has_access_key || !belongs_to_access_key(name, &value) {
            reader.give(name, value, How::Unit, line.span(at + span.start..at + span.end));
        }
    }
}

/// What stands in front of a command, and in one for a shell. Where the key comes from elsewhere, `systemctl show` shows
/// only from where.
fn command(reader: &mut Reader<'_>, line: &Logical, at: usize, value: &str) {
    for command in shell::commands(value) {
        for word in command.assigned.iter().chain(&command.words) {
            if let Some((name, text)) = word.assignment() {
                let (span, value) = (word.value_span(), doubled(text, '%'));
                if value.key().is_some() {
                    reader.give(name, value, How::Unit, line.span(at + span.start..at + span.end));
                }
            }
        }
    }
}

fn env_file(reader: &mut Reader<'_>, value: &str) {
    let name = value.trim().trim_start_matches('-').trim_matches(['"', '\'']);
    if !name.is_empty() {
        reader.facts.env_files.push(name.to_owned());
    }
}

const UNITS: [&str; 3] = [".service", ".socket", ".container"];
