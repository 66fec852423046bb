//! Which keys a ring besides the main one begins with, and what lets the settings read it.

use std::path::Path;

use keybaton_audit::project::Project;
use keybaton_audit::wire::{Style, Wiring, is_loaded, wire_further};
use keybaton_core::{Adoption, Reading, Reporting, Ring, RingName, SecretText};

use super::refusals::{
    another_ring, begun_otherwise, in_another_ring, left_behind, no_origin, not_the_origins, set_elsewhere,
    under_way,
};
use super::settings::{Rewrite, Rewrites};
use crate::failure::Failure;
use crate::opened::Opened;

/// What becomes of its store.
#[derive(Debug)]
pub(crate) enum Start {
    /// The ring is there.
    AsItIs,
    /// A write of it was cut short.
    Finish,
    /// With a fresh key.
    Fresh(Adoption),
    /// With the key that stands in the store.
    Store(Adoption),
    /// With the keys of another ring.
    Like(RingName, Adoption),
    /// There is something that `init` begins nothing from.
    Unusable(Reading),
}

/// What is known where a start is decided.
pub(crate) struct Asked<'a> {
    /// The ring whose keys it is to begin with.
    pub(crate) from: Option<&'a RingName>,
    /// The other rings of the environment.
    pub(crate) others: &'a [(RingName, Ring)],
    /// Whether the user wants what is there as it is, edits by hand included.
    pub(crate) adopt: bool,
    /// What the environment holds under its name.
    pub(crate) variable: Option<SecretText>,
    /// Whether the configuration does not name it yet, so that nobody uses it.
    pub(crate) is_new: bool,
}

/// Decides.
pub(crate) fn start(opened: &Opened, reading: Reading, asked: Asked<'_>) -> Result<Start, Failure> {
    let Asked { from, others, adopt, variable, is_new } = asked;
    let origin = from.map(|name| origin(opened, name, others)).transpose()?;
    match (reading, origin) {
        (Reading::Whole(ring), _) if let Some(other) = same(&ring, others) => {
            Err(another_ring(opened, other))
        }
        (Reading::Whole(ring), Some((name, _))) if ring.head.from.as_ref() != Some(name) => {
            Err(begun_otherwise(opened, name))
        }
        (Reading::Whole(ring), Some((name, now))) if is_new && !accepts(&ring, &now.signing.secret) => {
            Err(left_behind(opened, name))
        }
        (Reading::Whole(_), _) => Ok(Start::AsItIs),
        (Reading::Torn(_), _) => Ok(Start::Finish),
        (Reading::Absent, origin) if is_other(variable.as_ref(), origin) => Err(set_elsewhere(opened)),
        (Reading::Absent, Some(origin)) => like(opened, origin),
        (Reading::Absent, None) => Ok(Start::Fresh(Adoption::nothing())),
        (Reading::Bare(bare), Some(origin)) if accepts(origin.1, &bare.signing) => like(opened, origin),
        (Reading::Bare(_), Some((name, _))) => Err(not_the_origins(opened, name)),
        (Reading::Bare(bare), None) => match holder(&bare.signing, others) {
            Some(other) => Err(in_another_ring(opened, other)),
            None => Ok(Start::Store(bare.into())),
        },
        (Reading::Edited(edited), _) if adopt => Ok(Start::Store(edited.found)),
        (other, _) => Ok(Start::Unusable(other)),
    }
}

/// Begins with the keys of the other ring, unless that may turn to another key before anybody has the new settings.
fn like(opened: &Opened, (name, ring): (&RingName, &Ring)) -> Result<Start, Failure> {
    // Where all report, its next step waits for those who do not read this ring yet.
    if ring.next.is_some() && opened.policy.fleet != Reporting::All {
        return Err(under_way(opened, name));
    }
    Ok(Start::Like(name.clone(), Adoption::like(name.clone(), ring)))
}

/// Whether a variable of its name has another text than its key will be: what was signed with that would be refused, and a
/// program that is given the ring would lose what is no key at all.
fn is_other(variable: Option<&SecretText>, origin: Option<(&RingName, &Ring)>) -> bool {
    variable.is_some_and(|text| origin.is_none_or(|(_, ring)| ring.signing.secret != *text))
}

/// The other ring that this one is: both names mean one store.
fn same<'a>(ring: &Ring, others: &'a [(RingName, Ring)]) -> Option<&'a RingName> {
    others.iter().find(|(_, other)| other.head.id == ring.head.id).map(|(name, _)| name)
}

fn origin<'a>(
    opened: &Opened,
    name: &'a RingName,
    others: &'a [(RingName, Ring)],
) -> Result<(&'a RingName, &'a Ring), Failure> {
    let found = others.iter().find(|(other, _)| other == name);
    found.map(|(name, ring)| (name, ring)).ok_or_else(|| no_origin(opened, name, others))
}

fn holder<'a>(key: &SecretText, others: &'a [(RingName, Ring)]) -> Option<&'a RingName> {
    others.iter().find(|(_, ring)| accepts(ring, key)).map(|(name, _)| name)
}

fn accepts(ring: &Ring, key: &SecretText) -> bool {
    ring.accepted().into_iter().any(|accepted| accepted.secret == *key)
}

impl<'a> Rewrites<'a> {
    /// The line that reads a further ring, in the file that reads the main one. Nothing is changed where no file does so in a
    /// way that a line can follow.
    pub(crate) fn further(project: &'a Project, main: &RingName, ring: &RingName) -> Further<'a> {
        let wired = project.files.iter().filter(|file| file.is_used).find_map(|file| {
            let wiring = wire_further(file.bytes(), &file.source, main, ring)?;
            let style = if is_loaded(&file.settings, main) { Style::Load } else { Style::Plain };
            Some((file, wiring, style))
        });
        match wired {
            Some((file, Wiring::Changed(new), style)) => {
                let rewrite = Rewrite { file, new, wires: true, keeps_users: false };
                Further {
                    settings: Self { rewrites: vec![rewrite], ..Self::default() },
                    is_known: true,
                    style,
                }
            }
            Some((_, _, style)) => Further { settings: Self::default(), is_known: true, style },
            None => Further::by_hand(),
        }
    }
}

/// What becomes of the settings.
pub(crate) struct Further<'a> {
    pub(crate) settings: Rewrites<'a>,
    /// Whether the settings read the ring when all is written.
    pub(crate) is_known: bool,
    pub(crate) style: Style,
}

impl Further<'_> {
    /// A person has to put the line in.
    pub(crate) fn by_hand() -> Self {
        Self { settings: Rewrites::default(), is_known: false, style: Style::Load }
    }
}

/// The project whose settings these are, where there is one: a machine that rotates has none.
pub(crate) fn project() -> Option<Project> {
    Project::find(Path::new(".")).ok()
}
