//! The program that takes this one's place, and its environment.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::Path;

use keybaton_core::RingName;
use zeroize::Zeroizing;

use crate::arguments::Choices;
use crate::configuration::Place;
use crate::env_file::EnvFile;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::serving::Served;
use crate::store;
use crate::system::{self, BY_SHELL, is_same_variable};

/// How the inherited environment changes.
pub(crate) struct Environment {
    removed: Vec<String>,
    set: Vec<(String, Zeroizing<String>)>,
    pub(crate) warnings: Vec<String>,
}

impl Environment {
    /// The inherited environment without a ring of former times: neither its texts nor `KEYBATON_DIR`, which
    /// `keybaton.load()` would prefer, nor the guard by which `load()` sees that it was called by itself.
    pub(crate) fn without(ring: &RingName) -> Self {
        let removed = vec![
            ring.as_str().to_owned(),
            ring.fallbacks(),
            ring.record(),
            "KEYBATON_DIR".to_owned(),
            "KEYBATON_LOADING".to_owned(),
        ];
        Self { removed, set: Vec::new(), warnings: Vec::new() }
    }

    /// What is inherited under a name.
    pub(crate) fn inherited(&self, name: &str) -> Option<OsString> {
        if self.is_removed(name) { None } else { std::env::var_os(name) }
    }

    pub(crate) fn set_ring(&mut self, ring: &RingName, served: Served) -> Result<(), Failure> {
        let Served { signing, fallbacks, record, warnings } = served;
        self.warnings.extend(warnings);
        if signing.expose().contains('\0') {
            return Err(Failure::new(
                Exit::NotStarted,
                format!("{ring} holds a NUL, which no environment can"),
            )
            .hint("restore the copy you know to be good"));
        }
        self.set(ring.as_str(), signing.expose());
        if let Some(fallbacks) = fallbacks {
            self.set(&ring.fallbacks(), fallbacks.expose());
        }
        if let Some(record) = record {
            self.set(&ring.record(), &record);
        }
        Ok(())
    }

    /// What the user chose here counts in the program too: `keybaton.load()` asks there whether the key is the right one.
    pub(crate) fn set_choice(&mut self, choices: &Choices, place: &Place) -> Result<(), Failure> {
        if let Some(environment) = &choices.environment {
            self.set("KEYBATON_ENV", environment);
        }
        if choices.store.is_some() {
            self.set("KEYBATON_STORE", &store::from_anywhere(&place.store)?);
        }
        Ok(())
    }

    /// The other variables of a .env file, none of which overrides what is inherited.
    pub(crate) fn set_others(&mut self, file: &EnvFile) {
        for (name, value) in file.iter() {
            if !self.is_removed(name) && self.inherited(name).is_none() {
                self.set(name, value);
            }
        }
    }

    fn is_removed(&self, name: &str) -> bool {
        self.removed.iter().any(|removed| is_same_variable(removed, name))
    }

    fn set(&mut self, name: &str, value: &str) {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            self.warnings.push(format!("left out {name}: no environment can hold it"));
            return;
        }
        self.set.push((name.to_owned(), Zeroizing::new(value.to_owned())));
    }
}

/// Becomes the program, as far as the system lets us. Returns only where that failed.
pub(crate) fn become_program(command: &[OsString], environment: &Environment) -> Failure {
    let Some((program, arguments)) = command.split_first() else {
        return Failure::new(Exit::NotStarted, "no program was named");
    };
    let mut next = system::command(program);
    next.args(arguments);
    for name in &environment.removed {
        next.env_remove(name);
    }
    for (name, value) in &environment.set {
        next.env(name, value.as_str());
    }
    not_executed(program, system::become_program(next))
}

fn not_executed(program: &OsString, error: io::Error) -> Failure {
    let shown = program.display();
    let is_there = Path::new(program).components().count() > 1 && Path::new(program).exists();
    match error.kind() {
        // A script names its interpreter in its first line.
        ErrorKind::NotFound if is_there => {
            Failure::new(Exit::CannotExecute, format!("cannot execute {shown}: its interpreter is not there"))
        }
        ErrorKind::NotFound => Failure::new(Exit::NotFound, format!("there is no program {shown}"))
            .hint(format!("check the spelling and PATH; a shell's own commands need a shell: {BY_SHELL}")),
        _ => Failure::new(Exit::CannotExecute, format!("cannot execute {shown}")).because(error),
    }
}
