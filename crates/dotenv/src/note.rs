//! What a user should know about an edit.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::document::{Binding, Document};
use crate::edit::Change;
use crate::interpolation;

/// Something that is right, and worth saying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A variable stood on several lines; only the last one stays.
    DuplicatesJoined {
        /// The variable.
        name: String,
        /// The lines it stood on before.
        lines: Vec<usize>,
    },
    /// Another line puts in the value of a changed variable, and changes its meaning with it.
    Interpolated {
        /// The changed variable.
        name: String,
        /// The line, before the edit, that holds `${name}`.
        by_line: usize,
    },
}

impl Note {
    /// What there is to say about these changes.
    pub(crate) fn about(document: &Document<'_>, changes: &[Change<'_>]) -> Vec<Self> {
        let duplicates = changes.iter().filter_map(|change| Self::duplicates(document, change.name));
        duplicates.chain(Self::interpolations(document, changes)).collect()
    }

    fn duplicates(document: &Document<'_>, name: &str) -> Option<Self> {
        let of_name = document.bindings().filter(|binding| binding.name == name);
        let lines: Vec<usize> = of_name.map(|binding| binding.place.line).collect();
        (lines.len() > 1).then(|| Self::DuplicatesJoined { name: name.into(), lines })
    }

    fn interpolations(document: &Document<'_>, changes: &[Change<'_>]) -> Vec<Self> {
        let mut notes = Vec::new();
        let others =
            document.bindings().filter(|binding| changes.iter().all(|change| change.name != binding.name));
        for other in others {
            let Some(value) = other.value() else { continue };
            let put_in = changes.iter().filter(|change| interpolation::refers_to(&value, change.name));
            let put_in = put_in.filter(|change| !stands_so(document, change));
            notes.extend(
                put_in
                    .map(|change| Self::Interpolated { name: change.name.into(), by_line: other.place.line }),
            );
        }
        notes
    }
}

/// Whether the variable stands on one line and has its value already: nothing is changed then.
fn stands_so(document: &Document<'_>, change: &Change<'_>) -> bool {
    let mut lines = document.bindings().filter(|binding| binding.name == change.name);
    let value = lines.next().and_then(Binding::value);
    value.is_some_and(|value| *value == change.value) && lines.next().is_none()
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicatesJoined { name, lines } => {
                write!(
                    f,
                    "{name} stood on lines {}; only the last line, which counted, was kept",
                    Lines(lines)
                )
            }
            Self::Interpolated { name, by_line } => {
                write!(f, "line {by_line} uses ${{{name}}} and changes with it")
            }
        }
    }
}

struct Lines<'a>(&'a [usize]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.0.iter().enumerate() {
            let before = match index {
                0 => "",
                _ if index + 1 == self.0.len() => " and ",
                _ => ", ",
            };
            write!(f, "{before}{line}")?;
        }
        Ok(())
    }
}
