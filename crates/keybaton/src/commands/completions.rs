//! The words that a shell completes.

use std::ffi::OsString;

use clap::{Args, CommandFactory};

use crate::arguments::Arguments;
use crate::commands::World;
use crate::completions::{Shell, candidates};
use crate::exit::Exit;
use crate::failure::Failure;

/// Print the script that completes keybaton's words in a shell
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton completions zsh > ~/.zfunc/_keybaton
  keybaton completions fish > ~/.config/fish/completions/keybaton.fish
  keybaton completions powershell | Add-Content $PROFILE
  source <(keybaton completions bash)

zsh and fish want their folder to be there: mkdir -p ~/.zfunc ~/.config/fish/completions

The script asks keybaton for commands, flags, stores, and the environments and rings of keybaton.toml")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        world.print.result(self.shell.script().trim_end())?;
        Ok(Exit::Done)
    }
}

/// Print what may stand where the cursor is, for the scripts of `completions`
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton complete --word=ro -- keybaton")]
pub(crate) struct Complete {
    /// The word, as far as it is typed
    #[arg(long, allow_hyphen_values = true)]
    word: OsString,
    /// The words before it
    #[arg(last = true, required = true)]
    before: Vec<OsString>,
}

impl Complete {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let found = candidates(&mut Arguments::command(), &self.before, &self.word);
        if !found.is_empty() {
            world.print.result(&found.join("\n"))?;
        }
        Ok(Exit::Done)
    }
}
