//! What programs are told.

use keybaton_audit::{Finding, Report, Unexamined};
use serde::Serialize;

use super::fix::Fixes;

#[derive(Serialize)]
pub(super) struct Told<'a> {
    findings: Vec<Row<'a>>,
    unexamined: Vec<Gap<'a>>,
    unknown_rules: Vec<Unknown<'a>>,
    /// The rings on a network that nobody wanted to be read.
    unasked: &'a [String],
    files: usize,
    rings: usize,
    #[serde(flatten)]
    fixes: Option<Fixes>,
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'static str,
    severity: String,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    ring: Option<String>,
    what: &'a str,
    mend: &'a str,
}

#[derive(Serialize)]
struct Gap<'a> {
    what: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct Unknown<'a> {
    at: String,
    rule: &'a str,
}

pub(super) fn told<'a>(
    report: &'a Report,
    unasked: &'a [String],
    rings: usize,
    fixes: Option<Fixes>,
) -> Told<'a> {
    Told {
        findings: report.findings.iter().map(row).collect(),
        unexamined: report.unexamined.iter().map(|Unexamined { what, why }| Gap { what, why }).collect(),
        unknown_rules: report
            .unknown_rules
            .iter()
            .map(|(at, rule)| Unknown { at: at.to_string(), rule })
            .collect(),
        unasked,
        files: report.files,
        rings,
        fixes,
    }
}

fn row(finding: &Finding) -> Row<'_> {
    let file = finding.at.file();
    let place = finding.at.place();
    Row {
        rule: finding.rule,
        severity: finding.severity.to_string(),
        file: file.map(|file| file.display().to_string()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        ring: file.is_none().then(|| finding.at.to_string()),
        what: &finding.what,
        mend: &finding.mend,
    }
}
