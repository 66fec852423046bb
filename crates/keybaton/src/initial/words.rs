//! What `keybaton init` says of each part of its work.

use std::path::Path;

use keybaton_audit::wire::{Style, lines};
use keybaton_core::RingName;

use super::keys::With;
use super::refusals::untrack;
use super::settings::{ByHand, Why};
use crate::configuration::{Wishes, shown};
use crate::failure::Failure;
use crate::print::{Print, Style as Ink};

/// Tells part after part, and remembers whether anything was changed.
pub(crate) struct Words<'a> {
    print: &'a Print,
    dry_run: bool,
    changed: bool,
}

impl<'a> Words<'a> {
    pub(crate) fn new(print: &'a Print, dry_run: bool) -> Self {
        Self { print, dry_run, changed: false }
    }

    /// Whether anything was changed, or would be.
    pub(crate) fn is_changed(&self) -> bool {
        self.changed
    }

    /// Something was done, or would be.
    pub(crate) fn done(&mut self, text: &str) -> Result<(), Failure> {
        self.changed = true;
        if self.dry_run { self.line("would", text) } else { self.line("done", text) }
    }

    /// Something was well already.
    pub(crate) fn already(&self, text: &str) -> Result<(), Failure> {
        self.line("as it is", text)
    }

    /// A settings file that a person has to change.
    pub(crate) fn by_hand(&self, by_hand: &ByHand, ring: &RingName, style: Style) -> Result<(), Failure> {
        let numbers: Vec<String> = by_hand.lines.iter().map(usize::to_string).collect();
        let (lines, its_place) = match numbers.as_slice() {
            [others @ .., last] if !others.is_empty() => (
                format!("lines {} and {last}", others.join(", ")),
                "the place of all of them, so that one assignment is left:",
            ),
            _ => (format!("line {}", numbers.join(", ")), "its place:"),
        };
        let (why, first) = match by_hand.why {
            Why::Form => ("keybaton does not change a key that is set so", "put these lines in"),
            Why::OtherKey => (
                "another key stands here, which the ring does not have",
                "give it a ring in an environment of its own; then put these lines in",
            ),
        };
        self.stands_out(Ink::Yellow, "by hand", &format!("{}, {lines}: {why}", shown(&by_hand.file)))?;
        self.behind(&format!("{first} {its_place}"))?;
        self.lines(ring, style)
    }

    /// The user did not want the settings changed.
    pub(crate) fn left(&self, ring: &RingName, style: Style) -> Result<(), Failure> {
        self.stands_out(Ink::Yellow, "by hand", "the settings stay as they are; what belongs into them:")?;
        self.lines(ring, style)
    }

    /// Git has the file of keys.
    pub(crate) fn leaked(&self, file: &Path, wishes: &Wishes) -> Result<(), Failure> {
        let what = format!("git tracks {}: whoever has the repository has its keys", shown(file));
        self.stands_out(Ink::Red, "leaked", &what)?;
        self.behind(&untrack(file))?;
        let (new, revoke) = (wishes.again("rotate --new"), wishes.again("revoke --all"));
        self.behind(&format!("then `{new}`; where strangers may have seen it, `{revoke}`,"))?;
        self.behind("which logs everybody out at once")
    }

    fn lines(&self, ring: &RingName, style: Style) -> Result<(), Failure> {
        let lines: Vec<String> = lines(ring, style).iter().map(|line| format!("    {line}")).collect();
        let text: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        self.print.result(&format!("\n{}\n", text.join("\n")))
    }

    /// Lines of settings that a person has to put in.
    pub(crate) fn put_in(&self, lines: &[String]) -> Result<(), Failure> {
        self.stands_out(
            Ink::Yellow,
            "by hand",
            "put this below the line of the settings that reads the main ring:",
        )?;
        lines.iter().try_for_each(|line| self.behind(&format!("    {line}")))
    }

    pub(crate) fn next(&self, text: &str) -> Result<(), Failure> {
        self.stands_out(Ink::Bold, "next", text)
    }

    /// One more line under the last.
    pub(crate) fn behind(&self, text: &str) -> Result<(), Failure> {
        self.line("", text)
    }

    fn line(&self, label: &str, text: &str) -> Result<(), Failure> {
        self.print.result(&format!("{label:<10}{text}"))
    }

    fn stands_out(&self, ink: Ink, label: &str, text: &str) -> Result<(), Failure> {
        let label = self.print.paint(ink, &format!("{label:<10}"));
        self.print.result(&format!("{label}{text}"))
    }
}

/// How a ring began.
pub(crate) fn begun(name: &str, with: With) -> String {
    match with {
        With::Fresh => format!("make a key: {name}"),
        With::Store => format!("take in the key that is there: {name}"),
        With::SettingsStaged => format!("take in the key of the settings, and stage its successor: {name}"),
        With::Settings => format!("take in the key of the settings: {name}"),
        With::Environment => format!("take in the key of the environment: {name}"),
    }
}
