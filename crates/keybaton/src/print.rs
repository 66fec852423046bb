//! The one file that prints: results to stdout, talk to stderr.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, IsTerminal, Write};

use keybaton_core::SecretText;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::system;

/// Where results and talk go, and whether in colour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Print {
    coloured_results: bool,
    coloured_talk: bool,
}

/// How a piece of text stands out. Output reads the same without it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    Bold,
    Red,
    Green,
    Yellow,
    Cyan,
}

impl Print {
    /// Colour only on a terminal that has it, and not where NO_COLOR is set.
    pub(crate) fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
            && system::knows_colours();
        Self {
            coloured_results: wanted && io::stdout().is_terminal(),
            coloured_talk: wanted && io::stderr().is_terminal(),
        }
    }

    /// A result, on lines of its own.
    pub(crate) fn result(&self, text: &str) -> Result<(), Failure> {
        to_stdout(&[text.as_bytes(), b"\n"])
    }

    /// A result for programs: one JSON value and a newline. Wiped from memory afterwards, since `load` prints keys so.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = Zeroizing::new(Vec::with_capacity(16 * 1024));
        serde_json::to_writer(&mut *text, value).map_err(|error| cannot_print().because(error))?;
        to_stdout(&[&text, b"\n"])
    }

    /// A key, which is what the user asked to see.
    pub(crate) fn secret(&self, key: &SecretText) -> Result<(), Failure> {
        to_stdout(&[key.expose().as_bytes(), b"\n"])
    }

    /// A text with keys in it, which ends with a line end of its own.
    pub(crate) fn secret_text(&self, text: &str) -> Result<(), Failure> {
        to_stdout(&[text.as_bytes()])
    }

    /// Whether a person sees the results as they are printed.
    pub(crate) fn results_go_to_a_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether a person sees the talk.
    pub(crate) fn talk_goes_to_a_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// A part of a result that stands out.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        paint(self.coloured_results, style, text)
    }

    /// What is going on, for people.
    pub(crate) fn note(&self, text: &str) {
        to_stderr(&visible(text));
    }

    /// What the user should look at, though the command goes on.
    pub(crate) fn warning(&self, text: &str) {
        let label = paint(self.coloured_talk, Style::Yellow, "warning:");
        to_stderr(&format!("{label} {}", visible(text)));
    }

    /// Why the command stopped, and what now.
    pub(crate) fn failure(&self, failure: &Failure) {
        let mut text = paint(self.coloured_talk, Style::Red, "error:");
        let _ = write!(text, " {}", visible(&failure.in_full()));
        if let Some(hint) = failure.what_now() {
            let label = paint(self.coloured_talk, Style::Cyan, "hint:");
            let _ = write!(text, "\n{label} {}", visible(hint));
        }
        to_stderr(&text);
    }

    /// Help and usage, which clap has laid out already.
    pub(crate) fn help(&self, text: &clap::builder::StyledStr) -> Result<(), Failure> {
        let text = if self.coloured_results { text.ansi().to_string() } else { text.to_string() };
        to_stdout(&[text.trim_end().as_bytes(), b"\n"])
    }

    /// What is wrong with the arguments, which clap has laid out already.
    pub(crate) fn usage(&self, text: &clap::builder::StyledStr) {
        let text = if self.coloured_talk { text.ansi().to_string() } else { text.to_string() };
        to_stderr(text.trim_end());
    }

    /// A question, without a newline: the answer is typed behind it.
    pub(crate) fn question(&self, text: &str) {
        let _ = write!(io::stderr(), "{} ", visible(text));
    }
}

/// A reader that has gone away is no failure: the work is done, and its exit code still says how it went.
fn to_stdout(parts: &[&[u8]]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = parts.iter().try_for_each(|part| stdout.write_all(part)).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(cannot_print().because(error)),
        _ => Ok(()),
    }
}

/// Nobody can be told that telling failed.
fn to_stderr(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

fn cannot_print() -> Failure {
    Failure::new(Exit::Broken, "cannot write to standard output")
}

fn paint(coloured: bool, style: Style, text: &str) -> String {
    let code = match style {
        Style::Bold => 1,
        Style::Red => 31,
        Style::Green => 32,
        Style::Yellow => 33,
        Style::Cyan => 36,
    };
    if coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// Names of files and variables come from others: what would steer the terminal is shown, not sent.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_instead_of_sent() {
        assert_eq!(visible("a\x1b[2Jb\r\u{9b}c\n"), "a\\u{1b}[2Jb\\r\\u{9b}c\n");
    }

    #[test]
    fn without_colour_the_text_stands_as_it_is() {
        assert_eq!(paint(false, Style::Red, "error:"), "error:");
        assert_eq!(paint(true, Style::Red, "error:"), "\x1b[31merror:\x1b[0m");
    }
}
