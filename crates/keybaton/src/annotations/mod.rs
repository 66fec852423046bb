//! Findings as a forge shows them beside the lines of a change: one file a forge.

pub(crate) mod github;
pub(crate) mod gitlab;

use std::path::{Component, Path, PathBuf};

use keybaton_audit::git::Git;
use keybaton_audit::{At, Finding, Report, Severity, Unexamined};

/// A report as seen from the top of its repository, where forges look for the files.
#[derive(Debug)]
pub(crate) struct Annotations<'a> {
    each: Vec<Annotation<'a>>,
    unexamined: &'a [Unexamined],
}

/// A finding, and where a forge shows it.
#[derive(Debug)]
struct Annotation<'a> {
    rule: &'static str,
    severity: Severity,
    /// From the top of the repository, with `/`.
    file: String,
    /// The line and the column, from 1.
    place: Option<(usize, usize)>,
    /// What is wrong; of a ring, with its name before it.
    what: String,
    mend: &'a str,
}

impl<'a> Annotations<'a> {
    /// `here`: what the paths of the report start at. A ring is in no file of its own, so it is shown where it is configured.
    pub(crate) fn of(report: &'a Report, here: &Path, configuration: Option<&Path>) -> Self {
        let top = Git::at(here).map_or_else(|| here.to_owned(), |git| git.top().to_owned());
        let configuration = configuration.unwrap_or(Path::new("keybaton.toml"));
        let file =
            |finding: &Finding| from_the_top(&top, &here.join(finding.at.file().unwrap_or(configuration)));
        let annotation = |finding: &'a Finding| Annotation {
            rule: finding.rule,
            severity: finding.severity,
            file: file(finding),
            place: finding.at.place().map(|place| (place.line, place.column)),
            what: what(finding),
            mend: &finding.mend,
        };
        Self { each: report.findings.iter().map(annotation).collect(), unexamined: &report.unexamined }
    }
}

fn what(finding: &Finding) -> String {
    match &finding.at {
        At::Ring(name) => format!("{name}: {}", finding.what),
        _ => finding.what.clone(),
    }
}

/// As it is where it is outside of the repository.
fn from_the_top(top: &Path, file: &Path) -> String {
    let file = straight(file);
    let below = file.strip_prefix(top).unwrap_or(&file);
    let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/").replacen("//", "/", 1)
}

/// Without `..`, which a path has that was typed in a folder beside.
fn straight(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut whole, part| {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            part => whole.push(part),
        }
        whole
    })
}

#[cfg(test)]
pub(super) fn found(
    rule: &'static str,
    severity: Severity,
    file: &str,
    place: Option<(usize, usize)>,
) -> Finding {
    use keybaton_audit::source::Place;

    let at = match place {
        Some((line, column)) => At::Place(file.into(), Place { line, column }),
        None => At::File(file.into()),
    };
    Finding {
        rule,
        severity,
        at,
        what: "the key is short".into(),
        mend: "make a new one: 100% random, now".into(),
        remedy: keybaton_audit::fix::Remedy::ByHand,
    }
}

#[cfg(test)]
pub(super) fn report(findings: Vec<Finding>) -> Report {
    Report { findings, unexamined: Vec::new(), unknown_rules: Vec::new(), files: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_top_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        let here = folder.path().join("site/shop");
        std::fs::create_dir_all(&here).unwrap();
        let findings = ["settings.py", "../other/.env", "/etc/shop.env"];
        let report =
            report(findings.map(|file| found("weak-key", Severity::Error, file, None)).into_iter().collect());
        let files: Vec<String> = Annotations::of(&report, &here, None)
            .each
            .into_iter()
            .map(|annotation| annotation.file)
            .collect();
        assert_eq!(files, ["site/shop/settings.py", "site/other/.env", "/etc/shop.env"]);
    }
}
