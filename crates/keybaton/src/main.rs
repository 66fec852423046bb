//! The program `keybaton`.

mod after_write;
mod allowed;
mod annotations;
mod arguments;
mod ask;
mod asked;
mod awaited;
mod child;
mod clock;
mod commands;
mod completions;
mod configuration;
mod copied;
mod difference;
mod encrypted;
mod env_file;
mod exit;
mod export;
mod failure;
mod fixes;
mod fleet;
mod follow;
mod given;
mod guard;
mod initial;
mod interrupt;
mod key_id;
mod kin;
mod known;
mod leftover;
mod lifetimes;
#[cfg(test)]
mod manual;
mod missed;
mod offline;
mod opened;
mod pause;
mod plain_files;
mod plan;
mod policy;
mod print;
mod random;
mod recipes;
mod refused;
mod report;
mod reported;
mod restart;
mod rotation;
mod serving;
mod source;
mod store;
mod system;
mod unified;
mod uses;
mod verdict;
#[cfg(unix)]
mod watch;
mod wording;

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::print::Print;

fn main() -> ExitCode {
    guard::protect_the_process();
    let print = Print::new();
    let exit = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => commands::carry_out(&arguments, &print),
        Err(stop) => stop.tell(&print),
    };
    exit.into()
}
