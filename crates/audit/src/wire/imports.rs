//! Where an import belongs: with its like, in the order that isort and ruff keep.

use ruff_python_ast::{Expr, Stmt};
use ruff_python_stdlib::sys::is_known_standard_library;

use super::edits::{Edits, line_start, line_stop, next_line};
use crate::python::{NEWEST, range};
use crate::source::Source;

/// Adds `import name`, unless the module has it.
pub(super) fn add(edits: &mut Edits, source: &Source, body: &[Stmt], name: &str) {
    if body.iter().any(|statement| binds(statement, name)) {
        return;
    }
    let (text, end) = (source.text(), source.line_end());
    let line = format!("import {name}");
    match site(&leading(body), name) {
        Site::After(statement) => after(edits, text, statement, &format!("{line}{end}"), end),
        Site::AfterWithGap(statement) => {
            let gap = if is_followed(text, statement) { end } else { "" };
            after(edits, text, statement, &format!("{end}{line}{end}{gap}"), end);
        }
        Site::Before(statement) => {
            edits.insert(line_start(text, range(statement).start), &format!("{line}{end}"));
        }
        Site::BeforeWithGap(statement) => {
            edits.insert(line_start(text, range(statement).start), &format!("{line}{end}{end}"));
        }
        Site::Top => match docstring(body) {
            Some(docstring) => {
                let gap = if is_followed(text, docstring) { end } else { "" };
                after(edits, text, docstring, &format!("{end}{line}{end}{gap}"), end);
            }
            None => edits.insert(below_cookie(text), &format!("{line}{end}{end}")),
        },
    }
}

/// Where a new import goes, seen from the imports that are there.
enum Site<'a> {
    After(&'a Stmt),
    AfterWithGap(&'a Stmt),
    Before(&'a Stmt),
    BeforeWithGap(&'a Stmt),
    Top,
}

/// Groups are kept apart by a blank line: the future, Python's own, those of packages, the project's own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Future,
    Python,
    Packages,
    Relative,
}

fn site<'a>(imports: &[&'a Stmt], name: &str) -> Site<'a> {
    let own = of_module(name);
    let plain_before = |statement: &&&Stmt| module(statement).is_some_and(|module| module < name);
    let like = || imports.iter().filter(|statement| group(statement) == own);
    if let Some(last) = like().rfind(plain_before) {
        return Site::After(last);
    }
    if let Some(first) = like().next() {
        return Site::Before(first);
    }
    if let Some(last) = imports.iter().rfind(|statement| group(statement) < own) {
        return Site::AfterWithGap(last);
    }
    imports.first().map_or(Site::Top, |first| Site::BeforeWithGap(first))
}

/// The imports that a file begins with.
fn leading(body: &[Stmt]) -> Vec<&Stmt> {
    let rest = &body[usize::from(docstring(body).is_some())..];
    rest.iter().take_while(|statement| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_))).collect()
}

fn docstring(body: &[Stmt]) -> Option<&Stmt> {
    let first = body.first()?;
    matches!(first, Stmt::Expr(expr) if matches!(*expr.value, Expr::StringLiteral(_))).then_some(first)
}

/// Whether a statement makes `name` the module of that name.
fn binds(statement: &Stmt, name: &str) -> bool {
    let Stmt::Import(import) = statement else { return false };
    import.names.iter().any(|alias| match &alias.asname {
        Some(bound) => alias.name.as_str() == name && bound.as_str() == name,
        None => alias.name.split('.').next() == Some(name),
    })
}

/// The module of a plain `import x`, without those of `from x import y`.
fn module(statement: &Stmt) -> Option<&str> {
    match statement {
        Stmt::Import(import) => import.names.first().map(|alias| alias.name.as_str()),
        _ => None,
    }
}

fn group(statement: &Stmt) -> Group {
    match statement {
        Stmt::ImportFrom(import) if import.level > 0 => Group::Relative,
        Stmt::ImportFrom(import) => {
            import.module.as_ref().map_or(Group::Relative, |module| of_module(module))
        }
        _ => of_module(module(statement).unwrap_or_default()),
    }
}

fn of_module(name: &str) -> Group {
    match name.split('.').next() {
        Some("__future__") => Group::Future,
        Some(first) if is_known_standard_library(NEWEST, first) => Group::Python,
        _ => Group::Packages,
    }
}

/// Inserts lines below a statement, also where it is the end of a file without a newline.
fn after(edits: &mut Edits, text: &str, statement: &Stmt, lines: &str, line_end: &str) {
    let end = range(statement).end;
    let gap = if line_stop(text, end) == text.len() { line_end } else { "" };
    edits.insert(next_line(text, end), &format!("{gap}{lines}"));
}

/// Whether the very next line holds something.
fn is_followed(text: &str, statement: &Stmt) -> bool {
    let next = next_line(text, range(statement).end);
    !text[next..line_stop(text, next)].trim().is_empty()
}

/// The first line of a script, and the one that names its encoding, stay where they are.
fn below_cookie(text: &str) -> usize {
    let mut at = 0;
    for _ in 0..2 {
        let line = &text[at..line_stop(text, at)];
        if line.starts_with("#!") || line.starts_with('#') && line.contains("coding") {
            at = next_line(text, at);
        }
    }
    at
}
