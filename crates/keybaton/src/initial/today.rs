//! What signs before the ring does.

use keybaton_audit::project::{Accepted, Origin, Project};
use keybaton_audit::settings::{Literal, LiteralRole};
use keybaton_core::{Field, Reading, RingName, SecretText, Texts};

use super::refusals::{derived, elsewhere, fallbacks_elsewhere, several};
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
    /// Reads it off the settings and the environment. A key that signs and cannot be seen must not be missed: where the store
    /// has no ring yet, only a key that somebody put there stands in for it.
    pub(crate) fn of(project: &Project, ring: &RingName, reading: &Reading) -> Result<Self, Failure> {
        let begins = begins(reading);
        match project.origin() {
            Origin::Literal(literal) => Ok(standing(literal)),
            Origin::Lookup { variable, default } => {
                let default = || default.map_or(Self::Nothing, standing);
                Ok(environment(variable).map_or_else(default, Self::Environment))
            }
            Origin::Either { variable, lines, .. } if begins && environment(variable).is_some() => {
                Err(several(&lines))
            }
            Origin::Either { key, .. } => Ok(standing(key)),
            Origin::Several(lines) if begins => Err(several(&lines)),
            Origin::Unseen { line, variables } if begins && variables.contains(&ring.as_str()) => {
                Err(derived(&line, ring))
            }
            Origin::Unseen { line, .. } if matches!(reading, Reading::Absent) => Err(elsewhere(&line, ring)),
            _ => Ok(Self::Nothing),
        }
    }
}

/// The keys that are accepted besides, as the settings and the environment say.
pub(crate) fn fallbacks(
    project: &Project,
    ring: &RingName,
    reading: &Reading,
) -> Result<Vec<SecretText>, Failure> {
    let is_missed = match reading {
        Reading::Absent => true,
        Reading::Bare(bare) => bare.fallbacks.is_empty(),
        _ => false,
    };
    match project.accepted() {
        Accepted::Literals(literals) => {
            Ok(literals.into_iter().map(|literal| literal.text.duplicate()).collect())
        }
        Accepted::Environment(_, variables) if variables.iter().all(|name| *name == ring.fallbacks()) => {
            Ok(if begins(reading) { in_environment(ring) } else { Vec::new() })
        }
        // Keys that somebody put there stand in for those that cannot be seen. Another variable may be set on servers, where
        // the settings would read it no more.
        Accepted::Environment(line, _) | Accepted::Unseen(line) if is_missed => {
            Err(fallbacks_elsewhere(&line))
        }
        Accepted::Environment(..) | Accepted::Unseen(_) => Ok(Vec::new()),
    }
}

/// Whether the store has no ring yet.
fn begins(reading: &Reading) -> bool {
    matches!(reading, Reading::Absent | Reading::Bare(_))
}

fn standing(literal: &Literal) -> Today {
    match literal.role {
        LiteralRole::Value => Today::Literal(literal.text.duplicate()),
        LiteralRole::Default => Today::Default(literal.text.duplicate()),
    }
}

fn environment(variable: &str) -> Option<SecretText> {
    std::env::var(variable).ok().filter(|key| !key.trim().is_empty()).map(SecretText::new)
}

/// The fallbacks that the environment holds under the ring's own name.
fn in_environment(ring: &RingName) -> Vec<SecretText> {
    let mut texts = Texts::default();
    for field in [Field::Signing, Field::Fallbacks] {
        if let Some(text) = environment(&ring.of(field)) {
            texts.set(field, text);
        }
    }
    let keys = texts.keys().into_iter();
    keys.filter(|key| Some(key) != texts.signing.as_ref()).collect()
}
