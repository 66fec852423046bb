//! Changes of files as unified diffs.

use similar::{Change, ChangeTag, TextDiff};

use crate::print::{Print, Style};

/// The changes with some lines around them; `as_shown` says how each line may be seen.
pub(crate) fn unified<'t>(
    print: &Print,
    name: &str,
    changes: &TextDiff<'t, 't, str>,
    around: usize,
    as_shown: impl Fn(&Change<&str>) -> String,
) -> String {
    let head = [format!("--- {name}"), format!("+++ {name}")].map(|line| print.paint(Style::Bold, &line));
    let mut shown = head.to_vec();
    for hunk in changes.unified_diff().context_radius(around).iter_hunks() {
        shown.push(print.paint(Style::Cyan, hunk.header().to_string().trim_end()));
        shown.extend(hunk.iter_changes().map(|change| {
            let line = as_shown(&change);
            match change.tag() {
                ChangeTag::Equal => format!(" {line}"),
                ChangeTag::Delete => print.paint(Style::Red, &format!("-{line}")),
                ChangeTag::Insert => print.paint(Style::Green, &format!("+{line}")),
            }
        }));
    }
    shown.join("\n")
}

/// The changes alone, of two texts that may be seen as they are.
pub(crate) fn plain(print: &Print, name: &str, old: &str, new: &str) -> String {
    unified(print, name, &TextDiff::from_lines(old, new), 0, |change| bare(change.value()).to_owned())
}

/// A line without its end.
pub(crate) fn bare(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}
