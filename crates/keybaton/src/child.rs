//! The program that takes this one's place or runs under it, and its environment.

#[cfg(unix)]
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::Path;
#[cfg(unix)]
use std::process::Child;
use std::process::Command;

#[cfg(unix)]
use keybaton_core::SecretText;
use keybaton_core::{Field, RingName};
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
    /// The inherited environment without rings of former times: neither their texts nor `KEYBATON_DIR`, which
    /// `keybaton.load()` would prefer, nor the guard by which `load()` sees that it was called by itself.
    pub(crate) fn without<'a>(rings: impl IntoIterator<Item = &'a RingName>) -> Self {
        let texts = rings.into_iter().flat_map(|ring| Field::ALL.map(|field| ring.of(field)));
        let removed = texts.chain([FOLDER, "KEYBATON_LOADING"].map(str::to_owned)).collect();
        Self { removed, set: Vec::new(), warnings: Vec::new() }
    }

    /// What is inherited under a name.
    pub(crate) fn inherited(&self, name: &str) -> Option<OsString> {
        if self.is_removed(name) { None } else { std::env::var_os(name) }
    }

    pub(crate) fn set_ring(&mut self, ring: &RingName, served: Served) -> Result<(), Failure> {
        let Served { signing, fallbacks, record, .. } = served;
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

    /// Where the rings stand that are not in the environment.
    #[cfg(unix)]
    pub(crate) fn set_folder(&mut self, folder: &Path) {
        self.set(FOLDER, &folder.display().to_string());
    }

    /// Says which variables hold one of these keys all the same: there a rotation does not change it.
    #[cfg(unix)]
    pub(crate) fn tell_copies(&mut self, keys: &[SecretText]) {
        let is_copy = |value: &str| keys.iter().any(|key| !is_short(key) && value.contains(key.expose()));
        let inherited = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let inherited = inherited.filter(|(name, value)| !self.is_removed(name) && is_copy(value));
        let set = self.set.iter().filter(|(_, value)| is_copy(value)).map(|(name, _)| name.clone());
        let names: BTreeSet<String> = inherited.map(|(name, _)| name).chain(set).collect();
        let told = names.into_iter().map(|name| {
            format!("the variable {name} holds a key of the ring too, which a rotation does not change there")
        });
        self.warnings.extend(told);
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
    match prepared(command, environment) {
        Ok((program, next)) => not_executed(program, system::become_program(next)),
        Err(failure) => failure,
    }
}

/// Starts the program beside this one.
#[cfg(unix)]
pub(crate) fn start(command: &[OsString], environment: &Environment) -> Result<Child, Failure> {
    let (program, mut next) = prepared(command, environment)?;
    next.spawn().map_err(|error| not_executed(program, error))
}

fn prepared<'a>(
    command: &'a [OsString],
    environment: &Environment,
) -> Result<(&'a OsString, Command), Failure> {
    let (program, arguments) =
        command.split_first().ok_or_else(|| Failure::new(Exit::NotStarted, "no program was named"))?;
    let mut next = system::command(program);
    next.args(arguments);
    for name in &environment.removed {
        next.env_remove(name);
    }
    for (name, value) in &environment.set {
        next.env(name, value.as_str());
    }
    Ok((program, next))
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

/// A key that is so short may stand anywhere by chance.
#[cfg(unix)]
fn is_short(key: &SecretText) -> bool {
    key.expose().len() < 16
}

/// Names the folder that `keybaton.load()` reads.
const FOLDER: &str = "KEYBATON_DIR";
