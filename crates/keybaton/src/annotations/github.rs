//! Workflow commands, which GitHub Actions shows beside the lines of a pull request.
//!
//! It shows ten of each kind a step, and the rest in the log alone, so the worst come first.

use keybaton_audit::{Severity, Unexamined};

use super::{Annotation, Annotations};

impl Annotations<'_> {
    /// One command a line.
    pub(crate) fn github(&self) -> Vec<String> {
        let mut each: Vec<&Annotation<'_>> = self.each.iter().collect();
        each.sort_by_key(|annotation| annotation.severity);
        let gaps = self.unexamined.iter().map(gap);
        each.into_iter().map(command).chain(gaps).collect()
    }
}

fn command(annotation: &Annotation<'_>) -> String {
    let kind = match annotation.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place =
        annotation.place.map(|(line, column)| format!(",line={line},col={column}")).unwrap_or_default();
    let Annotation { rule, file, what, mend, .. } = annotation;
    let message = format!("{what}\nmend: {mend}");
    format!("::{kind} file={}{place},title={}::{}", property(file), property(rule), data(&message))
}

/// What was not looked at is nowhere in the change, and still no clean bill.
fn gap(Unexamined { what, why }: &Unexamined) -> String {
    format!("::warning title=not looked at::{}", data(&format!("{what}: {why}")))
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind a `=`, where a comma begins the next property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use insta::assert_snapshot;

    use super::super::{found, report};
    use super::*;

    #[test]
    fn the_worst_comes_first_and_a_name_begins_no_command_of_its_own() {
        let report = report(vec![
            found("encrypted-fields", Severity::Note, "shop/models.py", Some((3, 1))),
            found("env-readable", Severity::Warning, ".env", None),
            found("weak-key", Severity::Error, "a,line=9:b\r\n::add-mask::x%0A.py", Some((7, 14))),
        ]);
        let lines = Annotations::of(&report, Path::new("/srv/shop"), None).github();
        assert_snapshot!(lines.join("\n"), @"
        ::error file=a%2Cline=9%3Ab%0D%0A%3A%3Aadd-mask%3A%3Ax%250A.py,line=7,col=14,title=weak-key::the key is short%0Amend: make a new one: 100%25 random, now
        ::warning file=.env,title=env-readable::the key is short%0Amend: make a new one: 100%25 random, now
        ::notice file=shop/models.py,line=3,col=1,title=encrypted-fields::the key is short%0Amend: make a new one: 100%25 random, now
        ");
    }
}
