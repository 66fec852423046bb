//! Commands as one would type them, for messages that say what to run: for PowerShell on Windows, else for a POSIX shell.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A command as one would type it.
#[must_use]
pub fn typed(command: &[String]) -> String {
    command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// One word of a command.
#[must_use]
pub fn quoted(word: &str) -> String {
    HERE.quoted(word)
}

/// A command, and another one that follows where it succeeds.
#[must_use]
pub fn both(first: &str, second: &str) -> String {
    HERE.both(first, second)
}

/// A command that adds a line to a file.
#[must_use]
pub fn add_line(line: &str, file: &str) -> String {
    HERE.add_line(line, file)
}

#[derive(Clone, Copy)]
enum Shell {
    Posix,
    PowerShell,
}

impl Shell {
    fn quoted(self, word: &str) -> String {
        let (special, quote) = match self {
            Self::Posix => ("-_./:=@%+,", r"'\''"),
            // A comma makes a list there, and @ in front stands for one.
            Self::PowerShell => (r"-_./\:=%+", "''"),
        };
        if !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || special.contains(c)) {
            return word.to_owned();
        }
        format!("'{}'", word.replace('\'', quote))
    }

    /// The PowerShell that comes with Windows has no `&&`.
    fn both(self, first: &str, second: &str) -> String {
        match self {
            Self::Posix => format!("{first} && {second}"),
            Self::PowerShell => format!("{first}; if ($?) {{ {second} }}"),
        }
    }

    /// `>>` of that PowerShell writes UTF-16.
    fn add_line(self, line: &str, file: &str) -> String {
        let [line, file] = [line, file].map(|word| self.quoted(word));
        match self {
            Self::Posix => format!("echo {line} >> {file}"),
            Self::PowerShell => format!("Add-Content {file} {line}"),
        }
    }
}

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
    fn powershell_does_one_thing_after_another_in_its_own_words() {
        assert_eq!(Shell::PowerShell.both("git add a", "git commit"), "git add a; if ($?) { git commit }");
        assert_eq!(
            Shell::PowerShell.add_line("/it's/.env", ".gitignore"),
            "Add-Content .gitignore '/it''s/.env'"
        );
    }
}
