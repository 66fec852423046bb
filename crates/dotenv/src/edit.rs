//! Setting variables in a .env text.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::cursor::{BYTE_ORDER_MARK, is_space};
use crate::document::{Binding, Document, Place, Statement};
use crate::error::{EditError, EditErrorKind};
use crate::note::Note;
use crate::splice::{Splice, apply};
use crate::{interpolation, quoting};

/// A variable and the value it shall have.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// The variable.
    pub name: &'a str,
    /// Its new value, as a program shall read it.
    pub value: &'a str,
}

impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The text after an edit.
pub struct Edited {
    /// The whole new text.
    pub text: Zeroizing<String>,
    /// What the user should know.
    pub notes: Vec<Note>,
}

impl fmt::Debug for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edited").field("notes", &self.notes).finish_non_exhaustive()
    }
}

/// Sets variables, and leaves every other byte as it is.
///
/// - On the line of a changed variable only the value changes: `export`, spaces and a comment stay. A line that already
///   has the value stays as it is.
/// - A variable on several lines keeps the last, which is the one that counts; comments of the others become lines.
/// - New variables follow the last changed one that exists, with its `export`; else they stand at the end.
/// - New lines end as most lines of the text do.
///
/// ```
/// use keybaton_dotenv::{Change, edit};
/// let text = "DEBUG=1\nSECRET_KEY=old # from ops\n";
/// let edited = edit(text, &[Change { name: "SECRET_KEY", value: "a$b" }])?;
/// assert_eq!(*edited.text, "DEBUG=1\nSECRET_KEY='a$b' # from ops\n");
/// # Ok::<(), keybaton_dotenv::EditError>(())
/// ```
///
/// # Errors
/// When a name or value cannot be written so that python-dotenv reads it back, when a quote that is never closed would
/// swallow what is written, or when a variable takes its value from outside of the changed ones by `${…}`.
pub fn edit(text: &str, changes: &[Change<'_>]) -> Result<Edited, EditError> {
    for (index, change) in changes.iter().enumerate() {
        writable(change, &changes[..index])?;
    }
    let document = Document::parse(text);
    must_hold_its_values(&document, changes)?;
    let edited = apply(text, splices(&document, changes));
    read_back(&document, &Document::parse(&edited), changes)?;
    Ok(Edited { text: edited, notes: Note::about(&document, changes) })
}

fn writable(change: &Change<'_>, earlier: &[Change<'_>]) -> Result<(), EditError> {
    let refuse = |kind| Err(EditError::new(kind, change.name));
    if !is_variable_name(change.name) {
        return refuse(EditErrorKind::BadName);
    }
    if earlier.iter().any(|other| other.name == change.name) {
        return refuse(EditErrorKind::GivenTwice);
    }
    if change.value.contains('\0') {
        return refuse(EditErrorKind::Nul);
    }
    if interpolation::has_reference(change.value) {
        return refuse(EditErrorKind::Reference);
    }
    Ok(())
}

fn is_variable_name(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    letters && name.starts_with(|c: char| !c.is_ascii_digit())
}

/// A value that was kept out of the file by `${…}` must not come into it unasked: not in the place of the `${…}`, and not
/// in another of the changed variables, which may repeat it. A changed variable may refer to another one of them.
fn must_hold_its_values(document: &Document<'_>, changes: &[Change<'_>]) -> Result<(), EditError> {
    let is_changed = |name: &str| changes.iter().any(|change| change.name == name);
    for change in changes {
        let Some(line) = document.bindings().rfind(|binding| binding.name == change.name) else { continue };
        if line.value().is_some_and(|value| interpolation::names(&value).any(|name| !is_changed(name))) {
            let kind = EditErrorKind::FromElsewhere { line: line.place.line };
            return Err(EditError::new(kind, change.name));
        }
    }
    Ok(())
}

fn splices(document: &Document<'_>, changes: &[Change<'_>]) -> Vec<Splice> {
    let mut splices = Vec::new();
    let mut new = Vec::new();
    let mut last: Option<&Binding<'_>> = None;
    for change in changes {
        let mut lines = document.bindings().filter(|binding| binding.name == change.name).rev();
        let Some(kept) = lines.next() else {
            new.push(change);
            continue;
        };
        splices.extend(replace(document.text(), kept, change.value));
        splices.extend(lines.map(|line| remove(document.text(), line)));
        last = last.into_iter().chain([kept]).max_by_key(|binding| binding.place.span.start);
    }
    splices.extend(append(document.text(), last, &new));
    splices
}

/// Puts a value on the line of a variable, unless it is there already.
fn replace(text: &str, line: &Binding<'_>, value: &str) -> Option<Splice> {
    if line.value().is_some_and(|old| *old == value) {
        return None;
    }
    let equals = if line.assigned.is_some() { "" } else { "=" };
    let behind = &text[line.slot.end..line.place.span.end];
    // Until 1.2.4 python-dotenv took the comment behind an empty value for the value.
    if value.is_empty() && behind.contains('#') {
        return Some(Splice::new(line.slot.clone(), &[equals, "''"]));
    }
    // Behind a closing quote `#` begins a comment at once; behind a bare value it needs a space.
    let gap = if behind.starts_with('#') { " " } else { "" };
    Some(Splice::new(line.slot.clone(), &[equals, &quoting::encode(value), gap]))
}

/// Takes a line away, but not its comment, nor the blank lines before it.
fn remove(text: &str, line: &Binding<'_>) -> Splice {
    let behind = &text[line.slot.end..line.place.span.end];
    let end = match behind.find('#') {
        Some(comment) => line.slot.end + comment,
        None => line.place.span.end,
    };
    Splice::new(line.place.line_start..end, &[])
}

/// Puts new variables behind a line, or at the end of the text.
fn append(text: &str, after: Option<&Binding<'_>>, new: &[&Change<'_>]) -> Option<Splice> {
    if new.is_empty() {
        return None;
    }
    let at = after.map_or(text.len(), |line| line.place.span.end);
    let export = if after.is_some_and(|line| line.exported) { "export " } else { "" };
    let line_end = usual_line_end(text);
    let values: Vec<_> = new.iter().map(|change| quoting::encode(change.value)).collect();
    let mut pieces = Vec::new();
    if !text[..at].trim_start_matches(BYTE_ORDER_MARK).is_empty() && !text[..at].ends_with(['\n', '\r']) {
        pieces.push(line_end);
    }
    for (change, value) in new.iter().zip(&values) {
        pieces.extend([export, change.name, "=", value, line_end]);
    }
    Some(Splice::new(at..at, &pieces))
}

fn usual_line_end(text: &str) -> &'static str {
    let both = text.matches("\r\n").count();
    let feeds = text.matches('\n').count() - both;
    let returns = text.matches('\r').count() - both;
    if feeds >= both && feeds >= returns {
        "\n"
    } else if both >= returns {
        "\r\n"
    } else {
        "\r"
    }
}

/// Makes sure that the new text says what was asked and nothing else. Only a quote that is never closed can break
/// this, when a new value holds the quote that closes it.
fn read_back(before: &Document<'_>, after: &Document<'_>, changes: &[Change<'_>]) -> Result<(), EditError> {
    let quoted = |place: &&Place| before.text()[place.span.clone()].contains(['\'', '"']);
    let unclosed = |name| {
        let line = before.unreadable().find(quoted).map_or(1, |place| place.line);
        Err(EditError::new(EditErrorKind::UnclosedQuote { line }, name))
    };
    for change in changes {
        let mut lines = after.bindings().filter(|binding| binding.name == change.name);
        let value = lines.next().and_then(Binding::value);
        if value.is_none_or(|value| *value != change.value) || lines.next().is_some() {
            return unclosed(change.name);
        }
    }
    match (changes, others(before, changes).eq(others(after, changes))) {
        ([change, ..], false) => unclosed(change.name),
        _ => Ok(()),
    }
}

/// The text of each statement that is not changed, apart from the whitespace around it.
fn others<'t>(document: &'t Document<'_>, changes: &'t [Change<'_>]) -> impl Iterator<Item = &'t str> {
    let changed = |binding: &Binding<'_>| changes.iter().any(|change| change.name == binding.name);
    let statements = document.statements().iter();
    let others = statements.filter(move |statement| match statement {
        Statement::Blank(_) => false,
        Statement::Unreadable(_) => true,
        Statement::Binding(binding) => !changed(binding),
    });
    others.map(|statement| document.text()[statement.place().span.clone()].trim_matches(is_space))
}
