//! The commands, one file each. This is the one list of them.

mod check;
mod completions;
mod copy;
mod diff;
mod export;
mod generate;
mod init;
mod load;
mod recipe;
mod revoke;
mod rotate;
mod run;
mod status;
mod steps;
mod stores;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use keybaton_core::RingName;

use crate::arguments::{Arguments, Choices};
use crate::configuration::{Configuration, Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Print;

/// A command and its own arguments, in the order in which help shows them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Generate(generate::Generate),
    Init(init::Init),
    Run(run::Run),
    Check(check::Check),
    Status(status::Status),
    Rotate(rotate::Rotate),
    Stage(steps::Stage),
    Promote(steps::Promote),
    Retire(steps::Retire),
    Abort(steps::Abort),
    Revoke(revoke::Revoke),
    Copy(copy::Copy),
    Diff(diff::Diff),
    Export(export::Export),
    Recipe(recipe::Recipe),
    Stores(stores::Stores),
    Completions(completions::Completions),
    #[command(hide = true)]
    Complete(completions::Complete),
    #[command(hide = true)]
    Load(load::Load),
}

impl Command {
    fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        match self {
            Self::Generate(command) => command.carry_out(world),
            Self::Init(command) => command.carry_out(world),
            Self::Run(command) => command.carry_out(world),
            Self::Check(command) => command.carry_out(world),
            Self::Status(command) => command.carry_out(world),
            Self::Rotate(command) => command.carry_out(world),
            Self::Stage(command) => command.carry_out(world),
            Self::Promote(command) => command.carry_out(world),
            Self::Retire(command) => command.carry_out(world),
            Self::Abort(command) => command.carry_out(world),
            Self::Revoke(command) => command.carry_out(world),
            Self::Copy(command) => command.carry_out(world),
            Self::Diff(command) => command.carry_out(world),
            Self::Export(command) => command.carry_out(world),
            Self::Recipe(command) => command.carry_out(world),
            Self::Stores(command) => command.carry_out(world),
            Self::Completions(command) => command.carry_out(world),
            Self::Complete(command) => command.carry_out(world),
            Self::Load(command) => command.carry_out(world),
        }
    }
}

/// What a command works with besides its own arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    pub(crate) choices: &'a Choices,
    pub(crate) print: &'a Print,
}

impl World<'_> {
    /// The ring that is meant, by the configuration that holds in a folder and the user's choices.
    pub(crate) fn place(&self, from: &Path) -> Result<Place, Failure> {
        let here = here()?;
        let configuration = Configuration::find(from)?;
        Place::choose(&Wishes::new(self.choices)?, configuration.as_ref(), &here)
    }

    /// The same, and the other rings that its environment names.
    pub(crate) fn places(&self, from: &Path) -> Result<(Place, Vec<Place>), Failure> {
        let configuration = Configuration::find(from)?;
        Place::choose_all(&Wishes::new(self.choices)?, configuration.as_ref(), &here()?)
    }

    /// The ring that is meant, for a command that is told where, and what has to be named for it to be meant again.
    pub(crate) fn ring(&self) -> Result<(RingName, Wishes), Failure> {
        let configuration = Configuration::find(Path::new("."))?;
        let wishes = Wishes::new(self.choices)?;
        let ring = Place::ring(&wishes, configuration.as_ref())?;
        Ok((ring, wishes.beyond(configuration.as_ref())))
    }
}

/// The working folder.
pub(crate) fn here() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::new(Exit::Configuration, "cannot tell the working folder").because(error))
}

/// Carries the command out and tells of its failure.
pub(crate) fn carry_out(arguments: &Arguments, print: &Print) -> Exit {
    let world = World { choices: &arguments.choices, print };
    arguments.command.carry_out(&world).unwrap_or_else(|failure| {
        print.failure(&failure);
        failure.exit
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    #[test]
    fn every_file_of_the_folder_is_a_command() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands");
        let names =
            fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        for name in names.filter(|name| name != "mod.rs") {
            let module = name.trim_end_matches(".rs");
            let [mod_line, variant] = [format!("\nmod {module};\n"), format!("({module}::")];
            let list = include_str!("mod.rs");
            assert!(list.contains(&mod_line) && list.contains(&variant), "{name} is not in the list");
        }
    }
}
