//! The manual pages: `keybaton(1)`, and one for each command. What they say stands with the arguments.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::arguments::Arguments;
use crate::exit::Exit;

#[test]
fn the_manual_says_what_the_help_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wheel/data/share/man/man1");
    let pages = pages();
    let stale: Vec<&String> = pages
        .iter()
        .filter(|(name, page)| bring_up(&folder.join(name), page))
        .map(|(name, _)| name)
        .collect();
    let left: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| pages.iter().all(|(name, _)| !file.ends_with(name)))
        .collect();
    assert!(stale.is_empty(), "{stale:?} were out of date, and were written anew: commit them");
    assert!(left.is_empty(), "no command has these pages: {left:?}");
}

/// Behind Django's own middleware some are.
#[test]
fn where_the_manual_says_that_nobody_is_logged_out_it_says_behind_which_middleware() {
    for (name, page) in pages() {
        let page = String::from_utf8(page).unwrap().to_lowercase();
        let sentences = page.split(['.', '\n']);
        let mut promises = sentences.filter(|sentence| sentence.contains("nobody is logged out"));
        assert!(promises.all(|promise| promise.contains("middleware")), "{name}");
    }
}

/// Whether the file differed.
fn bring_up(path: &Path, page: &[u8]) -> bool {
    let differs = fs::read(path).ok().as_deref() != Some(page);
    if differs {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, page).unwrap();
    }
    differs
}

/// Each page under the name of its file.
fn pages() -> Vec<(String, Vec<u8>)> {
    let mut program = Arguments::command();
    program.build();
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set());
    let others = commands.map(|command| {
        page(command, |roff| {
            section(roff, "SEE ALSO", &[&format!("{}(1)", program.get_name())]);
        })
    });
    let main = page(&program, |roff| {
        exit_codes(roff);
        section(
            roff,
            "ENVIRONMENT",
            &["KEYBATON_ENV stands for --env, and KEYBATON_STORE for --store, where the flag is not given."],
        );
        section(
            roff,
            "FILES",
            &[
                "keybaton.toml, or the table [tool.keybaton] of pyproject.toml, in the working folder or above, says where \
             the rings of a project live.",
            ],
        );
    });
    [main].into_iter().chain(others).collect()
}

fn page(command: &Command, end: impl FnOnce(&mut Roff)) -> (String, Vec<u8>) {
    let named = command.clone().subcommand_value_name("COMMAND").subcommand_help_heading("COMMANDS");
    let man = Man::new(named);
    let title = command.get_display_name().unwrap_or("keybaton");
    // clap_mangen leaves an empty date out, and then the version is taken for it.
    let mut page =
        format!(".TH {title} 1 \"\" \"keybaton {}\" \"keybaton\"\n", env!("CARGO_PKG_VERSION")).into_bytes();
    written(&man, command, &mut page).unwrap();
    let mut roff = Roff::new();
    notes(&mut roff, &command.get_after_help().map(ToString::to_string).unwrap_or_default());
    end(&mut roff);
    roff.to_writer(&mut page).unwrap();
    (man.get_filename(), page)
}

fn written(man: &Man, command: &Command, page: &mut dyn Write) -> io::Result<()> {
    man.render_name_section(page)?;
    synopsis(command).to_writer(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() { man.render_subcommands_section(page) } else { Ok(()) }
}

/// Each argument with what it takes, which clap_mangen leaves out.
fn synopsis(command: &Command) -> Roff {
    let name = command.get_bin_name().unwrap_or("keybaton");
    let options = command.get_arguments().filter(|option| !option.is_positional() && !option.is_hide_set());
    let options = options.map(|option| format!(" [{option}]"));
    let words = command.get_positionals().map(|word| match word.is_last_set() {
        true => format!(" -- {word}"),
        false => format!(" {word}"),
    });
    let all = options.chain(words);
    let more = if command.has_subcommands() { " <COMMAND>" } else { "" };
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text([bold(name), roman(all.collect::<String>() + more)]);
    roff
}

/// The examples of a command's help as they are typed, and the paragraphs behind them.
fn notes(roff: &mut Roff, help: &str) {
    let (examples, rest) = help.split_once("\n\n").unwrap_or((help, ""));
    roff.control("SH", ["EXAMPLES"]).control("nf", []);
    for line in examples.lines().skip(1) {
        roff.text([roman(line.trim_start())]);
    }
    roff.control("fi", []);
    if !rest.is_empty() {
        section(roff, "NOTES", &rest.split("\n\n").collect::<Vec<_>>());
    }
}

fn section(roff: &mut Roff, title: &str, paragraphs: &[&str]) {
    roff.control("SH", [title]);
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(paragraph.replace('\n', " "))]);
    }
}

fn exit_codes(roff: &mut Roff) {
    roff.control("SH", ["EXIT STATUS"]);
    for exit in EXITS {
        roff.control("TP", []).text([bold((exit as u8).to_string())]).text([roman(meaning(exit))]);
    }
}

fn meaning(exit: Exit) -> &'static str {
    match exit {
        Exit::Done => "done; also where a step waits for a safe moment",
        Exit::Findings => "something was found, or two stores differ",
        Exit::Usage => "the arguments are wrong",
        Exit::Configuration => "the configuration is wrong",
        Exit::Store => "the store could not be used",
        Exit::Conflict => "somebody else wrote",
        Exit::Refused => "refused as unsafe",
        Exit::PartlyWritten => "partly written",
        Exit::Broken => "something that should not happen",
        Exit::TimedOut => "a wait took too long",
        Exit::NotStarted => "run: keybaton itself failed",
        Exit::CannotExecute => "run: the program cannot be executed",
        Exit::NotFound => "run: there is no such program",
        Exit::Interrupted => "interrupted",
    }
}

const EXITS: [Exit; 14] = [
    Exit::Done,
    Exit::Findings,
    Exit::Usage,
    Exit::Configuration,
    Exit::Store,
    Exit::Conflict,
    Exit::Refused,
    Exit::PartlyWritten,
    Exit::Broken,
    Exit::TimedOut,
    Exit::NotStarted,
    Exit::CannotExecute,
    Exit::NotFound,
    Exit::Interrupted,
];
