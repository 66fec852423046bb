//! What `check --fix` does about findings: all is decided first, then written file by file.
//!
//! A rule decides what stands in which place afterwards. Here it is held to what is checked and to what was read, and
//! put together for each file, so that each is written once.

mod content;
mod sight;
mod within;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keybaton_audit::Finding;
use keybaton_audit::fix::{Does, Fix, Remedy};
use zeroize::Zeroizing;

use crate::configuration::shown;
pub(crate) use within::Within;

/// What is done, and what is left to a person.
#[derive(Default)]
pub(crate) struct Plan<'f> {
    pub(crate) changes: Vec<Change<'f>>,
    pub(crate) left: Vec<Left<'f>>,
}

/// One file's change, with the findings that it mends.
pub(crate) struct Change<'f> {
    /// The file as people know it.
    pub(crate) name: String,
    /// The same, without links.
    path: PathBuf,
    pub(crate) findings: Vec<&'f Finding>,
    what: What,
}

/// A finding that others like it are fixed of, and why it is not.
pub(crate) struct Left<'f> {
    pub(crate) finding: &'f Finding,
    pub(crate) why: String,
}

struct What {
    old: Option<Zeroizing<Vec<u8>>>,
    new: Zeroizing<Vec<u8>>,
    /// Both as they may be shown.
    seen: [String; 2],
}

/// The fixes of one file that are done together.
type Group<'f> = Vec<(&'f Finding, &'f Does)>;

impl<'f> Plan<'f> {
    /// What can be done about findings in the files of `within`.
    pub(crate) fn of(findings: &'f [Finding], within: &Within) -> Self {
        let mut plan = Self::default();
        let mut groups: BTreeMap<PathBuf, Group<'f>> = BTreeMap::new();
        for finding in findings {
            match &finding.remedy {
                Remedy::ByHand => {}
                Remedy::Left(why) => plan.leave(finding, why),
                Remedy::Fix(Fix { file, does }) => match within.real(file, does) {
                    Ok(path) => groups.entry(path).or_default().push((finding, does)),
                    Err(why) => plan.leave(finding, why),
                },
            }
        }
        for (path, group) in groups {
            plan.take(path, group);
        }
        plan
    }

    fn take(&mut self, path: PathBuf, group: Group<'f>) {
        let findings: Vec<&Finding> = group.iter().map(|(finding, _)| *finding).collect();
        match what(&path, &group) {
            Ok(what) => self.changes.push(Change { name: name(&path, &group), path, findings, what }),
            Err(why) => findings.into_iter().for_each(|finding| self.leave(finding, &why)),
        }
    }

    fn leave(&mut self, finding: &'f Finding, why: impl ToString) {
        self.left.push(Left { finding, why: why.to_string() });
    }
}

fn what(path: &Path, group: &[(&Finding, &Does)]) -> Result<What, String> {
    match group {
        [(_, Does::Line(_)), ..] => content::with_lines(
            path,
            group.iter().filter_map(|(_, does)| match does {
                Does::Line(line) => Some(line.as_str()),
                _ => None,
            }),
        ),
        group => content::edited(path, group.iter().map(|(_, does)| *does)),
    }
}

/// A line for git stands in another file than its finding.
fn name(path: &Path, group: &[(&Finding, &Does)]) -> String {
    match group {
        [(finding, Does::Text { .. }), ..] => finding.at.file().unwrap_or(path).display().to_string(),
        _ => shown(path),
    }
}
