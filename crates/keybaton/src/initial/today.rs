//! What signs before the ring does.

use keybaton_audit::project::{Accepted, Holder, Origin, Project};
use keybaton_audit::settings::{Literal, LiteralRole};
use keybaton_core::{Field, Reading, RingName, SecretText, Texts};
use keybaton_stores::must_be_no_path;

use super::refusals::{contradicting, derived, elsewhere, fallbacks_elsewhere, several};
use crate::configuration::shown;
use crate::failure::Failure;
use crate::opened::Opened;

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
    /// `held`: the file that the settings have it from.
    pub(crate) fn of(
        project: &Project,
        opened: &Opened,
        reading: &Reading,
        held: Option<&Holder>,
    ) -> Result<Self, Failure> {
        let ring = &opened.place.ring;
        let begins = begins(reading);
        match project.origin() {
            Origin::Literal(literal) => Ok(standing(literal)),
            Origin::Lookup { variable, default } => {
                let key = held.and_then(|holder| holder.keys.first());
                match (environment(variable)?, key, reading) {
                    (Some(key), ..) => Ok(Self::Environment(key)),
                    (None, Some(key), Reading::Absent) => Ok(Self::Environment(key.duplicate())),
                    (None, Some(key), Reading::Bare(bare)) if *key != bare.signing => {
                        let file = held.map(|holder| shown(&holder.path)).unwrap_or_default();
                        Err(contradicting(&[file, opened.place.store.url.clone()], ring))
                    }
                    _ => Ok(default.map_or(Self::Nothing, standing)),
                }
            }
            Origin::Either { variable, lines, .. } if begins && environment(variable)?.is_some() => {
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
    held: Option<&Holder>,
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
            let held = held.map_or(&[][..], |holder| &holder.keys[1..]);
            Ok(match reading {
                Reading::Absent | Reading::Bare(_) if environment(ring.as_str())?.is_some() => {
                    in_environment(ring)?
                }
                Reading::Absent => held.iter().map(SecretText::duplicate).collect(),
                _ => Vec::new(),
            })
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

/// What the environment holds for a variable. The path of a file is no key, though the settings may sign with it.
pub(crate) fn environment(variable: &str) -> Result<Option<SecretText>, Failure> {
    let key = std::env::var(variable).ok().filter(|key| !key.trim().is_empty()).map(SecretText::new);
    if let Some(key) = &key {
        must_be_no_path(variable, key.expose()).map_err(Failure::of_store)?;
    }
    Ok(key)
}

/// The fallbacks that the environment holds under the ring's own name.
fn in_environment(ring: &RingName) -> Result<Vec<SecretText>, Failure> {
    let mut texts = Texts::default();
    for field in [Field::Signing, Field::Fallbacks] {
        if let Some(text) = environment(&ring.of(field))? {
            texts.set(field, text);
        }
    }
    let keys = texts.keys().into_iter();
    Ok(keys.filter(|key| Some(key) != texts.signing.as_ref()).collect())
}
