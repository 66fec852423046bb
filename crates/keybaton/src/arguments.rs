//! What the user typed.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser};

use crate::commands::Command;
use crate::completions;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Print;

/// Look after the SECRET_KEY of a Django project for its whole life
#[derive(Debug, Parser)]
#[command(name = "keybaton", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "Examples:
  keybaton init                               A key in .env, and the settings wired
  keybaton run -- python manage.py runserver  Start a program with the key
  keybaton rotate                             The next safe step to a new key")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) choices: Choices,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command can be told.
#[derive(Args, Debug, Default)]
pub(crate) struct Choices {
    /// Use this environment of keybaton.toml, such as dev or production
    #[arg(short = 'e', long = "env", value_name = "NAME", global = true, help_heading = "Global options")]
    #[arg(add = completions::environments())]
    pub(crate) environment: Option<String>,
    /// Use this ring: the variable its key lives under
    #[arg(long, value_name = "NAME", global = true, help_heading = "Global options")]
    #[arg(add = completions::rings())]
    pub(crate) ring: Option<String>,
    /// Use this store instead of the configured one, such as dotenv:.env
    #[arg(long, value_name = "URL", global = true, help_heading = "Global options")]
    #[arg(add = completions::stores())]
    pub(crate) store: Option<String>,
    /// Never ask: refuse what would have been asked
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) no_input: bool,
}

/// The arguments name no command to carry out.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Help or the version was asked for.
    Help(clap::Error),
    /// The arguments are wrong, as clap says it best.
    Usage(clap::Error, Exit),
    /// The arguments are wrong in a way that clap cannot explain.
    Failure(Failure),
}

impl Arguments {
    pub(crate) fn read(words: impl Iterator<Item = OsString>) -> Result<Self, Stop> {
        let words: Vec<OsString> = words.collect();
        Self::try_parse_from(&words).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Help(error),
            _ if names_run(&words) => run_misused(error),
            _ => Stop::Usage(error, Exit::Usage),
        })
    }
}

impl Stop {
    pub(crate) fn tell(&self, print: &Print) -> Exit {
        match self {
            Self::Help(error) => match print.help(&error.render()) {
                Ok(()) => Exit::Done,
                Err(failure) => Self::Failure(failure).tell(print),
            },
            Self::Usage(error, exit) => {
                print.usage(&error.render());
                *exit
            }
            Self::Failure(failure) => {
                print.failure(failure);
                failure.exit
            }
        }
    }
}

/// Whether these words, wrong as they are, mean `run`: its exit codes 1 to 124 are the program's own.
fn names_run(words: &[OsString]) -> bool {
    let parsed = Arguments::command().ignore_errors(true).try_get_matches_from(words);
    parsed.is_ok_and(|found| found.subcommand_name() == Some("run"))
}

/// The usual mistake is a program without the `--` before it. Only its first word is shown: the others may be secret.
fn run_misused(error: clap::Error) -> Stop {
    let unexpected = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word)) if error.kind() == ErrorKind::UnknownArgument => word.clone(),
        _ => return Stop::Usage(error, Exit::NotStarted),
    };
    if unexpected.starts_with('-') {
        return Stop::Usage(error, Exit::NotStarted);
    }
    let failure = Failure::new(Exit::NotStarted, format!("`--` is missing before `{unexpected}`"))
        .hint(format!("what stands behind `--` is the program to run: keybaton run -- {unexpected} …"));
    Stop::Failure(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_of_the_arguments_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn each_command_has_help_with_examples_and_says_what_it_does_without_a_full_stop() {
        for command in Arguments::command().get_subcommands() {
            let about = command.get_about().expect("a command says what it does").to_string();
            assert!(!about.ends_with('.'), "{about}");
            let examples = command.get_after_help().expect("a command has examples").to_string();
            assert!(examples.starts_with("Examples:\n  keybaton "), "{}", command.get_name());
        }
    }
}
