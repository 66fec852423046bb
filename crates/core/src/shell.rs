//! Commands as one would type them, for messages that say what to run: for PowerShell on Windows, else for a POSIX shell.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

/// A command as one would type it.
#[must_use]
pub fn typed(command: &[String]) -> String {
    HERE.typed(command)
}

/// One word of a command.
#[must_use]
pub fn quoted(word: &str) -> String {
    HERE.quoted(word)
}

/// One word of a command for a POSIX shell, wherever this program runs.
#[must_use]
pub fn posix(word: &str) -> String {
    Shell::Posix.quoted(word)
}

/// A command, and another one that follows where it succeeds.
#[must_use]
pub fn both(first: &str, second: &str) -> String {
    HERE.both(first, second)
}

/// A command that adds a line to a file; `is_ended` tells whether the last line there has an end.
#[must_use]
pub fn add_line(line: &str, file: &str, is_ended: bool) -> String {
    HERE.add_line(line, file, is_ended)
}

#[derive(Clone, Copy)]
enum Shell {
    Posix,
    PowerShell,
}

impl Shell {
    fn typed(self, command: &[String]) -> String {
        let Some((program, words)) = command.split_first() else { return String::new() };
        let words = words.iter().map(|word| self.quoted(word));
        iter::once(self.program(program)).chain(words).collect::<Vec<_>>().join(" ")
    }

    fn program(self, name: &str) -> String {
        match self {
            // A word with a = in front of a command is no command.
            Self::Posix if name.contains('=') => self.in_quotes(name),
            Self::Posix => self.quoted(name),
            // A text alone is a text there, not a program.
            Self::PowerShell if self.is_plain(name) => name.to_owned(),
            Self::PowerShell => format!("& {}", self.in_quotes(name)),
        }
    }

    fn quoted(self, word: &str) -> String {
        if self.is_plain(word) { word.to_owned() } else { self.in_quotes(word) }
    }

    /// Whether a word means itself without quotes.
    fn is_plain(self, word: &str) -> bool {
        let special = match self {
            Self::Posix => "-_./:=@%+,",
            // A comma makes a list there, and @ in front stands for one.
            Self::PowerShell => r"-_./\:=%+",
        };
        let is_split = matches!(self, Self::PowerShell) && word.starts_with('-') && word.contains(SPLIT);
        !word.is_empty() && !is_split && word.chars().all(|c| c.is_alphanumeric() || special.contains(c))
    }

    fn in_quotes(self, word: &str) -> String {
        let word = match self {
            Self::Posix => word.replace('\'', r"'\''"),
            Self::PowerShell => word.chars().fold(String::new(), |mut doubled, c| {
                doubled.extend(iter::repeat_n(c, if QUOTES.contains(&c) { 2 } else { 1 }));
                doubled
            }),
        };
        format!("'{word}'")
    }

    /// The PowerShell that comes with Windows has no `&&`.
    fn both(self, first: &str, second: &str) -> String {
        match self {
            Self::Posix => format!("{first} && {second}"),
            Self::PowerShell => format!("{first}; if ($?) {{ {second} }}"),
        }
    }

    /// `>>` of that PowerShell writes UTF-16.
    fn add_line(self, line: &str, file: &str, is_ended: bool) -> String {
        let [line, file] = [line, file].map(|word| self.quoted(word));
        match (self, is_ended) {
            (Self::Posix, true) => format!(r"printf '%s\n' {line} >> {file}"),
            (Self::Posix, false) => format!(r"printf '\n%s\n' {line} >> {file}"),
            (Self::PowerShell, true) => format!("Add-Content {file} {line}"),
            (Self::PowerShell, false) => format!("Add-Content {file} '', {line}"),
        }
    }
}

/// What PowerShell takes for a single quote: also those that a word processor makes of one.
const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
/// Where PowerShell takes a word apart that begins with a dash; `--%` ends its reading of a line.
const SPLIT: [char; 3] = ['.', ':', '%'];
const HERE: Shell = if cfg!(windows) { Shell::PowerShell } else { Shell::Posix };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let words = ["sh", "-c", "echo 'a' b", "", "deploy/web", "awssm://a?region=eu-west-1"];
        let shown = r"sh -c 'echo '\''a'\'' b' '' deploy/web 'awssm://a?region=eu-west-1'";
        assert_eq!(typed(&words.map(str::to_owned)), shown);
    }

    #[test]
    fn powershell_has_quotes_of_its_own() {
        let words = [r"dotenv:C:\shop\.env", r"dotenv:C:\My Shop\it's.env", "a,b", "@args", "", "$x"];
        let shown =
            [r"dotenv:C:\shop\.env", r"'dotenv:C:\My Shop\it''s.env'", "'a,b'", "'@args'", "''", "'$x'"];
        assert_eq!(words.map(|word| Shell::PowerShell.quoted(word)), shown);
    }

    #[test]
    fn powershell_takes_other_apostrophes_for_quotes_too() {
        let words = ["C:\\Ann\u{2019}s", "\u{2018}a\u{201a}\u{201b}'"];
        let shown = ["'C:\\Ann\u{2019}\u{2019}s'", "'\u{2018}\u{2018}a\u{201a}\u{201a}\u{201b}\u{201b}'''"];
        assert_eq!(words.map(|word| Shell::PowerShell.quoted(word)), shown);
    }

    #[test]
    fn powershell_takes_no_word_apart_that_begins_with_a_dash() {
        let words = ["-e", "--no-input", "-Dfile.encoding=UTF-8", "-p:x", "--%", "a.b:c"];
        let shown = ["-e", "--no-input", "'-Dfile.encoding=UTF-8'", "'-p:x'", "'--%'", "a.b:c"];
        assert_eq!(words.map(|word| Shell::PowerShell.quoted(word)), shown);
    }

    #[test]
    fn a_program_in_quotes_is_started_and_not_printed() {
        let typed = |shell: Shell, words: [&str; 2]| shell.typed(&words.map(str::to_owned));
        let words = [r"C:\Program Files\x.exe", "a b"];
        assert_eq!(typed(Shell::PowerShell, words), r"& 'C:\Program Files\x.exe' 'a b'");
        assert_eq!(typed(Shell::PowerShell, [r".\x.cmd", "a"]), r".\x.cmd a");
        assert_eq!(typed(Shell::Posix, ["A=b", "A=b"]), "'A=b' A=b");
    }

    #[test]
    fn powershell_does_one_thing_after_another_in_its_own_words() {
        assert_eq!(Shell::PowerShell.both("git add a", "git commit"), "git add a; if ($?) { git commit }");
        for (is_ended, line) in [(false, "'', '/it''s/.env'"), (true, "'/it''s/.env'")] {
            let shown = Shell::PowerShell.add_line("/it's/.env", ".gitignore", is_ended);
            assert_eq!(shown, format!("Add-Content .gitignore {line}"));
        }
    }
}
