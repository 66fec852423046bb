//! A program, started with the ring in its environment, or in a folder that follows the store.

use std::ffi::OsString;
use std::iter::once;
use std::path::Path;

use clap::Args;
use keybaton_core::time::{BadSpan, Span};

use crate::child::{Environment, become_program};
use crate::commands::World;
use crate::configuration::Place;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::source::Source;
#[cfg(unix)]
use crate::watch::{self, Tracked};

/// Start a program with the rings in its environment, or in a folder that follows the store
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton run -- python manage.py runserver
  keybaton run -e production -- gunicorn shop.wsgi
  keybaton run --only-ring -- python manage.py migrate
  keybaton run --watch -- gunicorn shop.wsgi
  keybaton run --watch --every 5m -e production -- celery -A shop worker

The program takes keybaton's place: the process id stays, and signals reach it. On Windows keybaton
waits for it, and Ctrl-C reaches both. The exit code is its own, or 125 where keybaton failed, 126
where it cannot be executed, 127 where there is no such program.

With --watch keybaton stays. The ring stands in a private folder, which KEYBATON_DIR names, and
follows the store. TERM, INT, HUP, QUIT, USR1, USR2 and WINCH are passed on; the exit code of a
program that a signal ended is 128 and its number. Windows has no --watch.")]
pub(crate) struct Run {
    /// Set the rings' variables alone, and not the others of a .env file
    #[arg(long)]
    only_ring: bool,
    /// Keep the ring in a folder that follows the store while the program runs
    #[arg(long)]
    watch: bool,
    /// How often to look at the store
    #[arg(long, value_name = "TIME", requires = "watch", default_value = "30s", value_parser = interval)]
    every: Span,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Run {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        if self.watch {
            return Err(self.watch(world));
        }
        let prepared = self.prepare(world);
        let environment = prepared.map_err(|failure| failure.exiting(Exit::NotStarted))?;
        tell(world, &environment);
        Err(become_program(&self.command, &environment))
    }

    fn prepare(&self, world: &World<'_>) -> Result<Environment, Failure> {
        let (first, others) = world.places(Path::new("."))?;
        let mut environment = Environment::without(once(&first).chain(&others).map(|place| &place.ring));
        let source = self.source(first);
        let place = &source.place;
        let found = source.first()?;
        environment.warnings.extend(found.warnings);
        environment.set_ring(&place.ring, found.served)?;
        environment.set_choice(world.choices, place)?;
        for place in others {
            self.set_other(&mut environment, place)?;
        }
        if let Some(file) = found.file {
            environment.set_others(&file);
        }
        Ok(environment)
    }

    /// A second ring has its own life: where it cannot be read now, the program starts without it.
    fn set_other(&self, environment: &mut Environment, place: Place) -> Result<(), Failure> {
        let source = self.source(place);
        match source.first() {
            Err(failure) => environment.warnings.push(failure.in_full()),
            Ok(found) => {
                environment.warnings.extend(found.warnings);
                environment.set_ring(&source.place.ring, found.served)?;
            }
        }
        Ok(())
    }

    fn source(&self, place: Place) -> Source {
        Source { place, only_ring: self.only_ring }
    }
}

#[cfg(unix)]
impl Run {
    /// Ends with the program's exit code. Returns only where it could not be started.
    fn watch(&self, world: &World<'_>) -> Failure {
        match self.prepare_to_watch(world) {
            Ok((environment, rings)) => {
                tell(world, &environment);
                watch::run(&self.command, environment, rings, self.every)
            }
            Err(failure) => failure.exiting(Exit::NotStarted),
        }
    }

    /// A second ring has its own life: where it cannot be read now, the program starts without it.
    fn prepare_to_watch(&self, world: &World<'_>) -> Result<(Environment, Vec<Tracked>), Failure> {
        let (first, others) = world.places(Path::new("."))?;
        let mut environment = Environment::without(once(&first).chain(&others).map(|place| &place.ring));
        environment.set_choice(world.choices, &first)?;
        let (needed, file, warnings) = Tracked::needed(self.source(first))?;
        environment.warnings.extend(warnings);
        if let Some(file) = file {
            environment.set_others(&file);
        }
        let mut tracked = vec![needed];
        for place in others {
            let (wanted, warnings) = Tracked::wanted(self.source(place));
            environment.warnings.extend(warnings);
            tracked.push(wanted);
        }
        let keys: Vec<_> = tracked.iter().flat_map(Tracked::keys).collect();
        environment.tell_copies(&keys);
        Ok((environment, tracked))
    }
}

#[cfg(windows)]
impl Run {
    fn watch(&self, _world: &World<'_>) -> Failure {
        Failure::new(
            Exit::NotStarted,
            "Windows has no `run --watch`: a folder cannot be replaced there while it is read",
        )
        .hint("leave --watch out, and restart the program after each step of a rotation")
    }
}

fn tell(world: &World<'_>, environment: &Environment) {
    for warning in &environment.warnings {
        world.print.warning(warning);
    }
}

fn interval(text: &str) -> Result<Span, String> {
    match text.parse().map_err(|error: BadSpan| error.to_string())? {
        Span(0) => Err("the shortest is 1s".to_owned()),
        span => Ok(span),
    }
}
