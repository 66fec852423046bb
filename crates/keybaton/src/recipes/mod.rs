//! Files and commands for each platform, one recipe in each file of `platforms`.
//!
//! A recipe takes what is known of the project and says which files belong into it and what a person does besides. It touches
//! nothing, and sees no key, so none can end up in a file.

mod answers;
mod change;
mod configured;
mod facts;
mod made;
mod platforms;
mod repository;
mod servers;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod yaml;

pub(crate) use answers::{Answers, Ask};
pub(crate) use change::change;
pub(crate) use configured::{Home, Proposal, Ring};
pub(crate) use facts::{Django, Facts, Said};
pub(crate) use made::{File, Made, Placed, State};
pub(crate) use platforms::RECIPES;
pub(crate) use repository::straight;

use crate::failure::Failure;

/// How a project is set up on one platform.
pub(crate) struct Recipe {
    /// As it is typed.
    pub(crate) target: &'static str,
    /// What it makes, in a few words.
    pub(crate) summary: &'static str,
    /// The ways in which it can be done; the first is the one that is meant where nobody says.
    pub(crate) variants: &'static [Variant],
    /// What `--set` can say.
    pub(crate) asks: &'static [Ask],
    /// Where the rings of a project live there, for one whose configuration does not say it yet. None for the machine that it is
    /// typed on, where the environment is the one that is meant there.
    pub(crate) proposal: Option<Propose>,
    make: fn(&Facts) -> Result<Made, Failure>,
}

/// What is proposed to a project, for a variant, where a table is not there: `[environments.production] in keybaton.toml`.
type Propose = fn(&Django, &'static str, &Answers, &str) -> Result<Proposal, Failure>;

/// One way in which a recipe can be done.
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
}

impl Recipe {
    pub(crate) fn named(target: &str) -> Option<&'static Self> {
        RECIPES.iter().find(|recipe| recipe.target == target)
    }

    /// The files and words; where a file names settings that manage.py does not, a person is told first.
    pub(crate) fn make(&self, facts: &Facts) -> Result<Made, Failure> {
        let made = (self.make)(facts)?;
        let named = made.files.iter().any(|file| file.text.contains(&facts.django.settings));
        let told = facts.django.told_apart().filter(|_| named);
        Ok(told.into_iter().fold(made, Made::first))
    }

    /// The one that is meant; nothing where there is none of this name.
    pub(crate) fn variant(&self, name: Option<&str>) -> Option<&'static Variant> {
        match name {
            None => self.variants.first(),
            Some(name) => self.variants.iter().find(|variant| variant.name == name),
        }
    }
}
