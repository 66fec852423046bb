//! What dynos run, and what looks at their keys before.

use std::path::{Path, PathBuf};

use keybaton_core::shell::posix;
use minijinja::context;

use super::super::packages::Packages;
use crate::recipes::servers::Listen;
use crate::recipes::template::fill;
use crate::recipes::{Facts, Made};

/// A Procfile of our own, or the line for the one that is there.
pub(super) fn procfile(made: Made, facts: &Facts) -> Made {
    let mut folders = facts.django.folders_above();
    let found = folders.find_map(|folder| Some((facts.django.text(folder.join(FILE))?, folder)));
    match found {
        Some((text, folder)) => joined(made, &text, &there(facts, &folder, &check(facts))),
        None => own(made, facts),
    }
}

/// Beside the list of packages, where Heroku looks for both: that is the top of what it gets.
fn own(made: Made, facts: &Facts) -> Made {
    let packages = Packages::of(&facts.django);
    let folder = facts.django.folders_above().find(|folder| folder == packages.folder()).unwrap_or_default();
    let command = facts.django.server.command(Listen::Address("0.0.0.0:$PORT"), &facts.django.application());
    let [web, release] = [&command.join(" "), &check(facts)].map(|command| there(facts, &folder, command));
    let text = fill(include_str!("Procfile"), context! { web, release });
    made.file(folder.join(FILE), "what dynos run", text)
}

fn joined(made: Made, text: &str, check: &str) -> Made {
    match text.lines().find_map(|line| line.strip_prefix("release:")) {
        Some(line) if line.contains("check --deploy") => made,
        Some(_) => made
            .step("Let the release command of the Procfile begin with this, so that no dyno starts with a key that cannot be used:")
            // The brackets leave the folder for what stands behind.
            .command(if check.starts_with(CHECK) { format!("{check} &&") } else { format!("({check}) &&") }),
        None => made
            .step("Add to the Procfile, so that no dyno starts with a key that cannot be used:")
            .command(format!("release: {check}")),
    }
}

/// Of the settings that serve, where manage.py names others.
fn check(facts: &Facts) -> String {
    match facts.django.settings_unlike_managed() {
        Some(settings) => format!("{CHECK} --settings={}", posix(settings)),
        None => CHECK.to_owned(),
    }
}

/// A command in the folder of manage.py, typed in the one of the Procfile.
fn there(facts: &Facts, procfile: &Path, command: &str) -> String {
    let below = facts.django.repository.back.components();
    let steps = below.clone().count() - procfile.components().count();
    let folder: PathBuf = below.skip(steps).chain(facts.django.folder.components()).collect();
    match folder.to_str() {
        None | Some("") => command.to_owned(),
        Some(folder) => format!("cd {} && {command}", posix(folder)),
    }
}

const FILE: &str = "Procfile";
const CHECK: &str = "python manage.py check --deploy --fail-level ERROR";
