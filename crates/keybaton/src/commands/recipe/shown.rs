//! What a recipe makes, for people and for programs.

use std::path::Path;

use serde::Serialize;

use crate::configuration;
use crate::failure::Failure;
use crate::print::{Print, Style};
use crate::recipes::{Facts, Placed, Recipe, State, change, straight};

/// One that would be new in full, and what would change in one that is there.
pub(super) fn plan(print: &Print, facts: &Facts, file: &Placed) -> Result<(), Failure> {
    let name = print.paint(Style::Bold, &shown(&file.path));
    match &file.state {
        State::Same => print.result(&format!("as it is  {name}: {}\n", file.what)),
        State::New => {
            let arrow = print.paint(Style::Cyan, "==>");
            print.result(&format!("{arrow} {name}: {}\n{}", file.what, file.text))
        }
        State::Other(old) => print.result(&format!("{}\n", difference(print, facts, file, old))),
    }
}

/// Writes it; what it takes the place of is shown first.
pub(super) fn write(print: &Print, facts: &Facts, file: &Placed) -> Result<(), Failure> {
    let name = print.paint(Style::Bold, &shown(&file.path));
    if let State::Other(old) = &file.state {
        print.result(&difference(print, facts, file, old))?;
    }
    file.write()?;
    let done = if file.state == State::Same { "as it is " } else { "wrote    " };
    print.result(&format!("{done} {name}: {}", file.what))
}

/// As one would type it: `../compose.yaml`, but not `backend/../compose.yaml`.
fn shown(path: &Path) -> String {
    let plain = straight(path);
    let is_below = std::env::current_dir().is_ok_and(|here| plain.starts_with(here));
    configuration::shown(if is_below { &plain } else { path })
}

/// What a person does besides.
pub(super) fn steps(print: &Print, steps: &[String]) -> Result<(), Failure> {
    if steps.is_empty() {
        return Ok(());
    }
    let lines = steps.iter().map(|step| format!("  {step}").trim_end().to_owned());
    print.result(&[vec![print.paint(Style::Bold, "next")], lines.collect()].concat().join("\n"))
}

fn difference(print: &Print, facts: &Facts, file: &Placed, old: &str) -> String {
    let rings: Vec<&str> = facts.home.rings.iter().map(|ring| ring.name.as_str()).collect();
    change(print, &shown(&file.path), &rings, old, &file.text)
}

/// All of it as one JSON object.
pub(super) fn json(
    print: &Print,
    recipe: &Recipe,
    facts: &Facts,
    placed: &[Placed],
    steps: &[String],
) -> Result<(), Failure> {
    let files = placed.iter().map(row).collect();
    let environment = &facts.home.environment;
    print.json(&Told { target: recipe.target, variant: facts.variant, environment, files, steps })
}

#[derive(Serialize)]
struct Told<'a> {
    target: &'static str,
    variant: &'static str,
    environment: &'a str,
    files: Vec<Row<'a>>,
    steps: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    path: String,
    what: &'static str,
    /// What stood there: nothing (`new`), just that (`same`), or something else (`other`).
    state: &'static str,
    text: &'a str,
}

fn row(file: &Placed) -> Row<'_> {
    let state = match file.state {
        State::New => "new",
        State::Same => "same",
        State::Other(_) => "other",
    };
    Row { path: shown(&file.path), what: file.what, state, text: &file.text }
}
