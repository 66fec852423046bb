//! What a step gives to an action.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{At, How, Reader, Script, Surroundings, Value, Yaml, value};
use crate::deploy::reader::settings::in_word;
use crate::deploy::reader::version::Pin;

/// Reads `with`, as far as it is known what an action does with its inputs.
pub(super) fn read_inputs(
    reader: &mut Reader<'_>,
    step: At<'_>,
    uses: &str,
    around: Surroundings<'_>,
    written: &mut BTreeSet<String>,
) {
    for (name, _, input) in step.get("with").map(At::entries).unwrap_or_default() {
        let Some(script) = Script::of(input, reader.text) else { continue };
        match name {
            "build-args" | "build_args" => variables(reader, &script, How::Argument),
            "secrets" => {
                let pin = input.text().and_then(|text| Pin::in_list(reader.names, text));
                pin.into_iter().for_each(|pin| reader.pin(input, &pin));
            }
            // That of actions/github-script is JavaScript.
            "script" if uses.contains("github-script") => {}
            "script" | "inlineScript" | "args" => script.read(reader, around, written),
            "app-settings-json" => settings(reader, input, &script, around.how),
            _ if VARIABLES.contains(&name) => variables(reader, &script, around.how),
            _ => env_key(reader, step, name, input, around.how, written),
        }
    }
}

/// Inputs with variables, one a line or with commas between them.
const VARIABLES: [&str; 6] =
    ["env_vars", "env-vars", "environment-variables", "environment_variables", "env", "variables"];

fn variables(reader: &mut Reader<'_>, script: &Script<'_>, how: How) {
    let names = reader.names;
    for (start, line) in script.parts() {
        let indent = line.len() - line.trim_start().len();
        for setting in in_word(names, line.trim()) {
            let at = start + indent + setting.span.start;
            let text = setting.text.trim_matches(['"', '\'']);
            reader.give(setting.name, value(text), how, script.span(&(at..at + setting.span.len())));
        }
    }
}

/// `[{"name": "SECRET_KEY", "value": "…"}]`, which azure/appservice-settings takes.
fn settings(reader: &mut Reader<'_>, input: At<'_>, script: &Script<'_>, how: How) {
    let Some(json) = input.text().and_then(|text| Yaml::of(text).ok()) else { return };
    for setting in json.documents().flat_map(At::items) {
        if let (Some(name), Some(at)) = (setting.text_of("name"), setting.get("value")) {
            let Range { start, end } = at.span();
            reader.give(name, at.text().map_or(Value::Reference, value), how, script.span(&(start..end)));
        }
    }
}

/// `envkey_SECRET_KEY`, of which SpicyPizza/create-envfile writes a file.
fn env_key(
    reader: &mut Reader<'_>,
    step: At<'_>,
    input: &str,
    at: At<'_>,
    how: How,
    written: &mut BTreeSet<String>,
) {
    let Some(name) = input.strip_prefix("envkey_") else { return };
    let value = value(at.text().unwrap_or_default());
    if reader.names.ring(name).is_some() && value == Value::Reference {
        let file = step.get("with").and_then(|with| with.text_of("file_name")).unwrap_or(".env");
        written.insert(file.to_owned());
    }
    reader.give(name, value, how, at.span());
}
