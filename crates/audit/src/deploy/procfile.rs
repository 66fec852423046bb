//! Procfiles, of Heroku, honcho and foreman.

use std::path::Path;

use super::reader::lines::lines;
use super::reader::value::value;
use super::reader::{Reader, shell};
use super::{Broken, How, Kind};

pub(super) const KIND: Kind =
    Kind { name: "a Procfile", recipe: Some("heroku"), is_named, says: |_, _| true, read };

fn is_named(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "Procfile" || name.starts_with("Procfile.")
}

fn read(reader: &mut Reader<'_>) -> Result<(), Broken> {
    for (start, line) in lines(reader.text).filter(|(_, line)| !line.starts_with('#')) {
        let Some((_, command)) = line.split_once(':') else { continue };
        let at = start + line.len() - command.len();
        for command in shell::commands(command) {
            for word in command.assigned.iter().chain(&command.words) {
                if let Some((name, text)) = word.assignment() {
                    let span = word.value_span();
                    reader.give(name, value(text), How::Environment, at + span.start..at + span.end);
                }
            }
        }
    }
    Ok(())
}
