//! A Code Quality report, which GitLab compares with that of the target branch.

use std::collections::BTreeMap;

use keybaton_audit::Severity;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Annotation, Annotations};

/// What GitLab calls a code quality violation.
#[derive(Debug, Serialize)]
pub(crate) struct Violation<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Debug, Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
}

impl Annotations<'_> {
    /// One each; GitLab drops the second of two with one fingerprint.
    pub(crate) fn gitlab(&self) -> Vec<Violation<'_>> {
        let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        let violation = |annotation| {
            let count = seen.entry(sort(annotation)).and_modify(|count| *count += 1).or_default();
            violation(annotation, *count)
        };
        self.each.iter().map(violation).collect()
    }
}

fn violation<'a>(annotation: &'a Annotation<'_>, count: usize) -> Violation<'a> {
    let severity = match annotation.severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    };
    Violation {
        description: format!("{}; mend: {}", annotation.what, annotation.mend),
        check_name: annotation.rule,
        fingerprint: fingerprint(sort(annotation), count),
        severity,
        location: Location {
            path: &annotation.file,
            lines: Lines { begin: annotation.place.map_or(1, |(line, _)| line) },
        },
    }
}

/// The same after lines were added above, so that a finding that was there is not told as new.
fn fingerprint((rule, file, what): (&str, &str, &str), count: usize) -> String {
    let whole = format!("{rule}\0{file}\0{what}\0{count}");
    let digest = Sha256::digest(whole.as_bytes());
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sort<'a>(annotation: &'a Annotation<'_>) -> (&'a str, &'a str, &'a str) {
    (annotation.rule, &annotation.file, &annotation.what)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{found, report};
    use super::*;

    #[test]
    fn a_fingerprint_stays_when_lines_move_and_is_nobody_elses() {
        let prints = |lines: [usize; 2]| {
            let places =
                lines.map(|line| found("weak-key", Severity::Error, "shop/settings.py", Some((line, 1))));
            let other = found("weak-key", Severity::Error, ".env", None);
            let report = report(places.into_iter().chain([other]).collect());
            let all = Annotations::of(&report, Path::new("/srv/shop"), None);
            all.gitlab().into_iter().map(|violation| violation.fingerprint).collect::<Vec<_>>()
        };
        let before = prints([3, 4]);
        assert_eq!(before, prints([13, 24]));
        assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    }
}
