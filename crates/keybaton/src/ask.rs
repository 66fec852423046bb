//! Questions.

use std::io::{self, BufRead, IsTerminal};

use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;

/// Asks a question that a flag can answer beforehand.
///
/// Without a terminal, or with `--no-input`, nobody can be asked: what would have been asked is refused, and the hint
/// names the flag.
pub(crate) fn confirm(world: &World<'_>, question: &str, flag: &str) -> Result<Answer, Failure> {
    if !can_ask(world) {
        return Err(Failure::new(Exit::Refused, format!("this needs a yes: {question}"))
            .hint(format!("say {flag} to answer it beforehand")));
    }
    world.print.question(&format!("{question} [y/N]"));
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    let yes = read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    Ok(if yes { Answer::Yes } else { Answer::No })
}

/// Whether there is somebody to ask.
pub(crate) fn can_ask(world: &World<'_>) -> bool {
    !world.choices.no_input && io::stdin().is_terminal()
}

/// What the user said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
}
