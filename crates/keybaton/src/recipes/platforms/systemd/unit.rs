//! Whether the site has a service already, which somebody else wrote.

use std::fs;
use std::path::Path;

use super::way::Way;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::servers::SERVERS;
use crate::recipes::{Answers, Django, Facts};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// One is made.
    New,
    /// One is there, and gets a drop-in. Its name, without its ending.
    Theirs(String),
}

impl Unit {
    pub(super) fn of(django: &Django, answers: &Answers) -> Result<Self, Failure> {
        match answers.get("unit") {
            NEW => Ok(Self::New),
            AUTO => found(django),
            said => {
                let name = said.trim_end_matches(".service");
                is_unit(name).then(|| Self::Theirs(name.to_owned())).ok_or_else(no_unit)
            }
        }
    }

    /// A drop-in adds to a command only by repeating it.
    pub(super) fn must_fit(&self, way: &Way, facts: &Facts) -> Result<(), Failure> {
        match (self, way) {
            (Self::Theirs(name), Way::Run | Way::Watch) => Err(in_front(name, facts)),
            _ => Ok(()),
        }
    }

    /// The service that serves the site of this name.
    pub(super) fn service<'a>(&'a self, name: &'a str) -> &'a str {
        match self {
            Self::New => name,
            Self::Theirs(name) => name,
        }
    }
}

/// A service of the project that starts a server and was not made here. One of another name is not taken unasked: it may be
/// another site's.
fn found(django: &Django) -> Result<Unit, Failure> {
    let mut names: Vec<String> = PLACES.iter().flat_map(|place| services(django, Path::new(place))).collect();
    names.sort();
    names.dedup();
    match names.as_slice() {
        [] => Ok(Unit::New),
        names if names.contains(&django.name) => Ok(Unit::Theirs(django.name.clone())),
        names => Err(Failure::new(
            Exit::Configuration,
            format!("the project has a service that starts a server already: {}", names.join(", ")),
        )
        .hint(format!("--set unit={} gives it a drop-in, --set unit=new makes another service", names[0]))),
    }
}

fn services(django: &Django, place: &Path) -> Vec<String> {
    let entries = fs::read_dir(django.top.join(place)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter_map(|file| Some(file.strip_suffix(".service")?.to_owned()));
    names
        .filter(|name| {
            is_unit(name)
                && django.text(place.join(format!("{name}.service"))).is_some_and(|text| serves(&text))
        })
        .collect()
}

fn serves(text: &str) -> bool {
    let joined = text.replace("\r\n", "\n").replace("\\\n", " ");
    let mut commands = joined.lines().filter_map(|line| line.trim().strip_prefix("ExecStart="));
    let is_server = |word: &str| SERVERS.iter().any(|server| word.rsplit('/').next() == Some(server.name));
    !text.starts_with(MARK) && commands.any(|command| command.split_whitespace().any(is_server))
}

fn is_unit(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    (1..=200).contains(&name.len()) && name.chars().all(fits) && !name.starts_with(['.', '-'])
}

fn no_unit() -> Failure {
    Failure::new(Exit::Usage, "--set unit=… names no service")
        .hint("name it as systemctl does, such as --set unit=gunicorn; or say new")
}

fn in_front(name: &str, facts: &Facts) -> Failure {
    let watch = if facts.variant == "watch" { " --watch" } else { "" };
    Failure::new(
        Exit::Configuration,
        format!("`keybaton run` has to stand in front of the command of {name}.service, and a drop-in would have to repeat it"),
    )
    .hint(format!(
        "write `keybaton run{watch} -e {} --` there, behind ExecStart=; or say --set unit=new",
        facts.home.environment
    ))
}

/// Taken where nobody says anything: a service that the project has, else a new one.
pub(super) const AUTO: &str = "auto";
const NEW: &str = "new";
/// The first line of each unit that is made here.
pub(super) const MARK: &str = "# Made by `keybaton recipe systemd`.";
/// Where projects keep their units.
const PLACES: [&str; 9] =
    ["", "deploy", "deploy/systemd", "systemd", "etc", "etc/systemd/system", "conf", "config", "ops"];
