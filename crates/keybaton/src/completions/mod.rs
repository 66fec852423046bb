//! What may stand where the cursor is: the shells' scripts ask, and show it.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Command, ValueEnum};
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter, complete,
};
use keybaton_stores::{STORES, StoreKind};

use crate::configuration::Configuration;

/// A shell that has a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

impl Shell {
    /// What the shell has to read. Each script asks for one line a candidate: its text, a tab, what it is.
    pub(crate) fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("keybaton.bash"),
            Self::Zsh => include_str!("keybaton.zsh"),
            Self::Fish => include_str!("keybaton.fish"),
            Self::Powershell => include_str!("keybaton.ps1"),
        }
    }
}

/// The lines for the word under the cursor, behind the words before it.
pub(crate) fn candidates(program: &mut Command, before: &[OsString], word: &OsStr) -> Vec<String> {
    let words = [before, &[word.to_owned()]].concat();
    let here = std::env::current_dir().ok();
    let found = complete(program, words, before.len(), here.as_deref()).unwrap_or_default();
    let texts: Vec<(String, String)> = found.iter().filter_map(line).collect();
    let is_flag = |text: &str| text.starts_with('-') && text != STDIN;
    let only_flags = word.as_encoded_bytes().starts_with(b"-") || texts.iter().all(|(text, _)| is_flag(text));
    let wanted = texts.into_iter().filter(|(text, _)| only_flags || !is_flag(text));
    wanted.map(|(text, help)| format!("{text}\t{help}")).collect()
}

/// The text and what it is; nothing for what would break the line.
fn line(candidate: &CompletionCandidate) -> Option<(String, String)> {
    let text = candidate.get_value().to_str()?;
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.lines().next().unwrap_or_default().replace('\t', " ");
    (!text.contains(char::is_control)).then(|| (text.to_owned(), help))
}

/// The environments of the configuration that holds here.
pub(crate) fn environments() -> ArgValueCompleter {
    ArgValueCompleter::new(|word: &OsStr| {
        let configuration = configuration();
        let names = configuration.iter().flat_map(|found| found.environments.keys());
        matching(word, names.map(CompletionCandidate::new))
    })
}

/// The rings of all its environments.
pub(crate) fn rings() -> ArgValueCompleter {
    ArgValueCompleter::new(|word: &OsStr| {
        let configuration = configuration();
        let mut names: Vec<_> = configuration.iter().flat_map(Configuration::ring_names).collect();
        names.sort();
        names.dedup();
        matching(word, names.iter().map(|name| CompletionCandidate::new(name.as_str())))
    })
}

/// The beginnings of stores' URLs, and the files behind a scheme that names one.
pub(crate) fn stores() -> ArgValueCompleter {
    ArgValueCompleter::new(store)
}

/// The same, and `-` for standard input.
pub(crate) fn stores_or_stdin() -> ArgValueCompleter {
    ArgValueCompleter::new(|word: &OsStr| {
        let stdin = CompletionCandidate::new(STDIN).help(Some("standard input".into()));
        matching(word, [stdin].into_iter()).into_iter().chain(store(word)).collect()
    })
}

fn store(word: &OsStr) -> Vec<CompletionCandidate> {
    let typed = word.to_str().and_then(|word| word.split_once(':'));
    let kind = typed.and_then(|(scheme, _)| STORES.iter().find(|kind| kind.scheme == scheme));
    match (typed, kind) {
        (Some((scheme, path)), Some(kind)) if names_a_path(kind) => {
            let files = PathCompleter::any().complete(OsStr::new(path)).into_iter();
            let named = files.filter(|file| file.get_value() != ".");
            // The engine hides dot files, and most keys live in one.
            named.map(|file| file.hide(false).add_prefix(format!("{scheme}:"))).collect()
        }
        _ => matching(word, STORES.iter().map(beginning)),
    }
}

fn beginning(kind: &StoreKind) -> CompletionCandidate {
    let slashes = if kind.local { "" } else { "//" };
    CompletionCandidate::new(format!("{}:{slashes}", kind.scheme)).help(Some(kind.summary.into()))
}

fn names_a_path(kind: &StoreKind) -> bool {
    kind.is_of_files() || kind.local && kind.example.contains(":/")
}

fn matching(word: &OsStr, candidates: impl Iterator<Item = CompletionCandidate>) -> Vec<CompletionCandidate> {
    let begins = |candidate: &CompletionCandidate| {
        candidate.get_value().as_encoded_bytes().starts_with(word.as_encoded_bytes())
    };
    candidates.filter(begins).collect()
}

/// While a command is being typed is no time to say what is wrong with the file.
fn configuration() -> Option<Configuration> {
    Configuration::find(Path::new(".")).ok().flatten()
}

const STDIN: &str = "-";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::arguments::Arguments;

    fn offered(before: &[&str], word: &str) -> Vec<String> {
        let before: Vec<OsString> = before.iter().map(OsString::from).collect();
        let lines = candidates(&mut Arguments::command(), &before, OsStr::new(word));
        lines.iter().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_store_can_be_begun() {
        for kind in STORES {
            let [only] = &offered(&["keybaton", "status", "--store"], &format!("{}:", kind.scheme)[..])[..]
            else {
                assert!(names_a_path(kind), "{}", kind.scheme);
                continue;
            };
            assert!(kind.example.starts_with(only) || names_a_path(kind), "{only}");
        }
    }

    #[test]
    fn flags_are_offered_where_nothing_else_can_stand() {
        assert!(!offered(&["keybaton"], "").iter().any(|text| text.starts_with('-')));
        assert!(offered(&["keybaton", "status"], "").contains(&"--json".to_owned()));
        assert_eq!(offered(&["keybaton", "diff"], "-")[0], "-");
    }

    #[test]
    fn what_would_break_a_line_is_left_out() {
        let bad = CompletionCandidate::new("two\nlines");
        assert_eq!(line(&bad), None);
        let good = CompletionCandidate::new("one").help(Some("a\tb\nc".into()));
        assert_eq!(line(&good), Some(("one".to_owned(), "a b".to_owned())));
    }

    #[test]
    fn each_script_asks_the_program() {
        for shell in Shell::value_variants() {
            assert!(shell.script().contains("keybaton complete "), "{shell:?}");
        }
    }
}
