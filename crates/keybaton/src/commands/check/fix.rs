//! `--fix`: what is changed, and how that is told.

use std::path::PathBuf;

use keybaton_audit::{Finding, Report};
use serde::Serialize;

use super::{Check, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fixes::{Change, Left, Plan, Within};
use crate::print::{Print, Style};

/// How it went.
#[derive(Default)]
pub(super) struct Fixed {
    /// Whether something was written, so that everything is to be looked at again.
    pub(super) is_any: bool,
    /// What could not be written first.
    pub(super) failed: Option<Exit>,
    /// The same for programs.
    pub(super) told: Option<Fixes>,
}

/// What programs are told.
#[derive(Default, Serialize)]
pub(super) struct Fixes {
    fixed: Vec<Row>,
    /// What would be fixed without --dry-run.
    would_fix: Vec<Row>,
    left: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    rule: &'static str,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Check {
    /// Decides all, then writes file by file; one that cannot be written does not stop the others.
    pub(super) fn fix(&self, print: &Print, report: &Report, paths: &[PathBuf]) -> Result<Fixed, Failure> {
        let plan = Plan::of(&report.findings, &Within::of(paths));
        let (mut fixed, mut told) = (Fixed::default(), Fixes::default());
        for change in &plan.changes {
            self.show(print, &change.shown(print))?;
            if self.dry_run {
                told.would_fix.extend(change.findings.iter().map(|finding| row(finding, None)));
                self.name(print, "would fix", change)?;
                continue;
            }
            match change.write() {
                Ok(()) => {
                    fixed.is_any = true;
                    told.fixed.extend(change.findings.iter().map(|finding| row(finding, None)));
                    self.name(print, "fixed", change)?;
                }
                Err(failure) => {
                    print.failure(&failure);
                    fixed.failed.get_or_insert(failure.exit);
                    let why = failure.in_full();
                    told.left.extend(change.findings.iter().map(|finding| row(finding, Some(&why))));
                }
            }
        }
        for Left { finding, why } in &plan.left {
            told.left.push(row(finding, Some(why)));
            self.say(print, &format!("not fixed {} [{}]: {why}", finding.at, finding.rule))?;
        }
        Ok(Fixed { told: Some(told), ..fixed })
    }

    fn name(&self, print: &Print, done: &str, change: &Change<'_>) -> Result<(), Failure> {
        change.findings.iter().try_for_each(|finding| {
            let done =
                if self.format() == Format::Text { print.paint(Style::Bold, done) } else { done.into() };
            self.say(print, &format!("{done} {} [{}]", finding.at, finding.rule))
        })
    }

    /// A change is for people to read; in a workflow, its lines could be taken for commands.
    fn show(&self, print: &Print, change: &str) -> Result<(), Failure> {
        if self.format() == Format::Text { print.result(change) } else { Ok(()) }
    }

    fn say(&self, print: &Print, line: &str) -> Result<(), Failure> {
        match self.format() {
            Format::Text => print.result(line)?,
            Format::Json => {}
            Format::Github | Format::Gitlab => print.note(line),
        }
        Ok(())
    }
}

fn row(finding: &Finding, why: Option<&str>) -> Row {
    let place = finding.at.place();
    Row {
        rule: finding.rule,
        file: finding.at.file().map(|file| file.display().to_string()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        why: why.map(str::to_owned),
    }
}
