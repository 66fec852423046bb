//! A program, started with the ring in its environment.

use std::ffi::OsString;
use std::path::Path;

use clap::Args;
use keybaton_core::Texts;
use zeroize::Zeroizing;

use crate::child::{Environment, become_program};
use crate::commands::World;
use crate::configuration::Place;
use crate::env_file::EnvFile;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::offline;
use crate::serving::Served;
use crate::store;

/// Start a program with the ring in its environment
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton run -- python manage.py runserver
  keybaton run -e production -- gunicorn shop.wsgi
  keybaton run --only-ring -- python manage.py migrate

The program takes keybaton's place: the process id stays, and signals reach it. On Windows keybaton
waits for it, and Ctrl-C reaches both. The exit code is its own, or 125 where keybaton failed, 126
where it cannot be executed, 127 where there is no such program.")]
pub(crate) struct Run {
    /// Set the ring's variables alone, and not the others of a .env file
    #[arg(long)]
    only_ring: bool,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Run {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let prepared = self.prepare(world);
        let environment = prepared.map_err(|failure| failure.exiting(Exit::NotStarted))?;
        for warning in &environment.warnings {
            world.print.warning(warning);
        }
        Err(become_program(&self.command, &environment))
    }

    fn prepare(&self, world: &World<'_>) -> Result<Environment, Failure> {
        let place = world.place(Path::new("."))?;
        let mut environment = Environment::without(&place.ring);
        let (texts, file) = self.read(&place, &mut environment)?;
        let served = Served::new(&place.ring, &place.wishes, texts).ok_or_else(|| store::no_key(&place))?;
        environment.set_ring(&place.ring, served)?;
        environment.set_choice(world.choices, &place)?;
        if let Some(file) = file {
            environment.set_others(&file);
        }
        Ok(environment)
    }

    fn read(
        &self,
        place: &Place,
        environment: &mut Environment,
    ) -> Result<(Texts, Option<EnvFile>), Failure> {
        let inherited = |name: &str| environment.inherited(name)?.into_string().ok().map(Zeroizing::new);
        let file = if self.only_ring { None } else { EnvFile::of(place, &inherited)? };
        if let Some(file) = file {
            return Ok((file.texts(&place.ring), Some(file)));
        }
        let (texts, warnings) = offline::read(place)?;
        environment.warnings.extend(warnings);
        Ok((texts, None))
    }
}
