//! Python source as a syntax tree. It is parsed, never run.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Mod, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use std::ops::Range;

/// What one file says, as far as it can be parsed.
pub(crate) struct Module<'a> {
    pub(crate) body: &'a [Stmt],
    /// Where each syntax error lies.
    pub(crate) errors: Vec<usize>,
}

/// Parses a text and gives the tree to `look`. A syntax error costs the statement it stands in, not the file.
///
/// The stack grows with the text: a hostile file nests as deep as it is long, and dropping its tree recurses.
pub(crate) fn with_module<T>(text: &str, look: impl FnOnce(&Module<'_>) -> T) -> T {
    with_parsed(text, |parsed| {
        let errors = parsed.errors().iter().map(|error| usize::from(error.location.start())).collect();
        let body: &[Stmt] = parsed.syntax().as_module().map_or(&[], |module| &module.body);
        look(&Module { body, errors })
    })
}

/// The tokens of a text in their order, each with its place.
pub(crate) fn tokens(text: &str) -> Vec<(TokenKind, Range<usize>)> {
    with_parsed(text, |parsed| parsed.tokens().iter().map(|token| (token.kind(), range(token))).collect())
}

fn with_parsed<T>(text: &str, look: impl FnOnce(&Parsed<Mod>) -> T) -> T {
    let room = ROOM + text.len() * ROOM_PER_BYTE;
    stacker::maybe_grow(room, room, || look(&parse_unchecked(text, ParseOptions::from(Mode::Module))))
}

/// The newest Python whose modules are known here: the second part of its version.
pub(crate) const NEWEST: u8 = 14;

const ROOM: usize = 1024 * 1024;
const ROOM_PER_BYTE: usize = 512;

/// The bytes a node stands on.
pub(crate) fn range(node: &impl Ranged) -> Range<usize> {
    node.start().into()..node.end().into()
}

/// `os.environ.get` as text, where an expression is nothing but names and dots.
pub(crate) fn dotted(expr: &Expr) -> Option<String> {
    let (mut at, mut parts) = (expr, Vec::new());
    while let Expr::Attribute(attribute) = at {
        parts.push(attribute.attr.as_str());
        at = &attribute.value;
    }
    parts.push(at.as_name_expr()?.id.as_str());
    parts.reverse();
    Some(parts.join("."))
}
