//! What signs before the ring does.

use keybaton_audit::project::{Project, SettingsFile};
use keybaton_audit::settings::{Entry, KeySource, LiteralRole};
use keybaton_core::{RingName, SecretText};

use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;

/// What signs today because of the settings.
#[derive(Debug)]
pub(crate) enum Today {
    /// Nothing that would be missed: there is no key, or it is drawn anew at each start, or the store's key is read.
    Nothing,
    /// A key that stands in the settings, and that source control therefore knows.
    Literal(SecretText),
    /// Such a key, used because the variable that the settings read is not set.
    Default(SecretText),
    /// The environment's variable holds it, and the store does not yet.
    Environment(SecretText),
}

impl Today {
    /// Reads it off the settings and the environment. `is_absent`: the store has no key, so one that only the settings know
    /// must not be missed.
    pub(crate) fn of(project: &Project, ring: &RingName, is_absent: bool) -> Result<Self, Failure> {
        let Some((file, entry)) = project.key() else { return Ok(Self::Nothing) };
        match (project.literal(), in_environment(entry)) {
            (Some(literal), _) if literal.role == LiteralRole::Value => {
                Ok(Self::Literal(literal.text.duplicate()))
            }
            (_, Some(key)) => Ok(Self::Environment(key)),
            (Some(literal), None) => Ok(Self::Default(literal.text.duplicate())),
            (None, None) if is_absent && project.is_key_elsewhere() => Err(elsewhere(file, entry, ring)),
            (None, None) => Ok(Self::Nothing),
        }
    }
}

fn in_environment(entry: &Entry) -> Option<SecretText> {
    let variables = entry.sources.iter().filter_map(|source| match source {
        KeySource::Environment { variable, .. } => Some(variable),
        _ => None,
    });
    variables
        .filter_map(|name| std::env::var(name).ok())
        .find(|key| !key.trim().is_empty())
        .map(SecretText::new)
}

fn elsewhere(file: &SettingsFile, entry: &Entry, ring: &RingName) -> Failure {
    let line = file.source.place(entry.statement.start).line;
    let sentence =
        format!("{}, line {line}: the key comes from where keybaton cannot see it", shown(&file.path));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "with another key everybody would be logged out: put this one into .env as {ring}=…, or take the line out to begin with a fresh key; then run `keybaton init` again"
    ))
}
