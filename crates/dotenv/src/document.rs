//! The statements of a .env text.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use zeroize::Zeroizing;

use crate::cursor::{BYTE_ORDER_MARK, Cursor};
use crate::error::TooLarge;
use crate::quoting;
use crate::variables::{Environment, Precedence, Variables};

/// A .env text, cut into statements as python-dotenv cuts it.
///
/// ```
/// let document = keybaton_dotenv::Document::parse("DEBUG=1 # local\nexport SECRET_KEY='made-up'\n");
/// let names: Vec<&str> = document.bindings().map(|binding| &*binding.name).collect();
/// assert_eq!(names, ["DEBUG", "SECRET_KEY"]);
/// ```
pub struct Document<'a> {
    text: &'a str,
    statements: Vec<Statement<'a>>,
}

impl<'a> Document<'a> {
    /// Reads a text. Every text has a meaning: what python-dotenv cannot read becomes [`Statement::Unreadable`].
    ///
    /// The time taken grows with the length of the text, whatever stands in it.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let mut cursor = Cursor::new(text, byte_order_mark(text).len());
        let mut statements = Vec::new();
        while let Some(statement) = cursor.statement() {
            statements.push(statement);
        }
        Self { text, statements }
    }

    /// The text this document was made from.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Every statement, in order; together they cover the text, apart from a byte order mark.
    #[must_use]
    pub fn statements(&self) -> &[Statement<'a>] {
        &self.statements
    }

    /// The statements that name a variable, in order, duplicates included.
    pub fn bindings(&self) -> impl DoubleEndedIterator<Item = &Binding<'a>> {
        self.statements.iter().filter_map(Statement::binding)
    }

    /// The statements that python-dotenv warns about and ignores.
    pub fn unreadable(&self) -> impl Iterator<Item = &Place> {
        self.statements.iter().filter_map(|statement| match statement {
            Statement::Unreadable(place) => Some(place),
            Statement::Blank(_) | Statement::Binding(_) => None,
        })
    }

    /// Whether the text begins with a byte order mark, which other readers (and older python-dotenv) take for a part of
    /// the first name.
    #[must_use]
    pub fn has_byte_order_mark(&self) -> bool {
        !byte_order_mark(self.text).is_empty()
    }

    /// Every variable with its value, `${…}` replaced.
    ///
    /// # Errors
    /// When the `${…}` together put in more than 8 MiB, which no program could be started with.
    pub fn variables(
        &self,
        environment: &Environment<'_>,
        precedence: Precedence,
    ) -> Result<Variables<'a>, TooLarge> {
        Variables::of(self, environment, precedence)
    }

    /// The value of one variable, `${…}` replaced; `None` when it is absent or has no value.
    ///
    /// # Errors
    /// As [`Document::variables`].
    pub fn get(
        &self,
        name: &str,
        environment: &Environment<'_>,
        precedence: Precedence,
    ) -> Result<Option<Zeroizing<String>>, TooLarge> {
        Ok(self.variables(environment, precedence)?.take(name))
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} statements)", self.statements.len())
    }
}

/// One statement: usually a line, with the blank lines before it.
#[derive(Debug)]
pub enum Statement<'a> {
    /// Blank lines, a comment, or both.
    Blank(Place),
    /// What python-dotenv ignores, with a warning.
    Unreadable(Place),
    /// A variable, with or without a value.
    Binding(Binding<'a>),
}

impl<'a> Statement<'a> {
    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::Blank(place) | Self::Unreadable(place) => place,
            Self::Binding(binding) => &binding.place,
        }
    }

    /// The variable it names, if it does.
    #[must_use]
    pub fn binding(&self) -> Option<&Binding<'a>> {
        match self {
            Self::Binding(binding) => Some(binding),
            Self::Blank(_) | Self::Unreadable(_) => None,
        }
    }
}

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its bytes, from the blank lines before it to its line end.
    pub span: Range<usize>,
    /// The line of the first of those bytes, counted from 1. python-dotenv's warnings name this line.
    pub begins_on: usize,
    /// The line of its first visible character.
    pub line: usize,
    /// The first byte of that line that belongs to this statement.
    pub line_start: usize,
}

/// A line that names a variable.
pub struct Binding<'a> {
    /// Where the statement stands.
    pub place: Place,
    /// The variable's name.
    pub name: Cow<'a, str>,
    /// Whether the word `export` stands before the name.
    pub exported: bool,
    /// What stands behind `=`; without one the variable has no value.
    pub assigned: Option<Assigned<'a>>,
    /// The bytes of the value and its quotes. Empty for an empty value (right behind `=`) and for none (right behind
    /// the name).
    pub slot: Range<usize>,
}

impl Binding<'_> {
    /// The value with escapes decoded, before `${…}` is replaced.
    #[must_use]
    pub fn value(&self) -> Option<Zeroizing<String>> {
        self.assigned.map(|assigned| quoting::decode(assigned.raw, assigned.quote))
    }
}

// Shows no name either: in a broken file a line of some secret may be read as a name.
impl fmt::Debug for Binding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("line", &self.place.line)
            .field("exported", &self.exported)
            .finish_non_exhaustive()
    }
}

/// What stands behind `=`.
#[derive(Clone, Copy)]
pub struct Assigned<'a> {
    /// The text as written, without its quotes.
    pub raw: &'a str,
    /// The quotes around it.
    pub quote: Quote,
}

impl fmt::Debug for Assigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assigned").field("quote", &self.quote).finish_non_exhaustive()
    }
}

/// The quotes around a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// None: the value ends with the line, or before a comment.
    Bare,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
}

fn byte_order_mark(text: &str) -> &str {
    if text.starts_with(BYTE_ORDER_MARK) { &text[..BYTE_ORDER_MARK.len_utf8()] } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_seen_and_skipped() {
        let document = Document::parse("\u{feff}A=1\n");
        assert!(document.has_byte_order_mark());
        assert_eq!(document.bindings().next().map(|binding| &*binding.name), Some("A"));
        assert!(!Document::parse("A=1\n\u{feff}B=2\n").has_byte_order_mark());
    }

    #[test]
    fn one_variable_is_read_with_its_references() {
        let document = Document::parse("B=${A}${C:-d}\nA=file\nB=${A}${C:-d}\nE\n");
        let environment = |name: &str| (name == "A").then(|| Zeroizing::new("environment".into()));
        let get = |name, precedence| document.get(name, &environment, precedence).expect("a small value");
        assert_eq!(get("B", Precedence::File).as_deref().map(String::as_str), Some("filed"));
        assert_eq!(get("B", Precedence::Environment).as_deref().map(String::as_str), Some("environmentd"));
        assert_eq!(get("E", Precedence::File), None);
        assert_eq!(get("C", Precedence::File), None);
    }

    #[test]
    fn unreadable_statements_say_where_they_stand() {
        let document = Document::parse("A=1\n\n\n  =x\nB='x\ny' z\n");
        let lines: Vec<_> = document.unreadable().map(|place| (place.begins_on, place.line)).collect();
        assert_eq!(lines, [(2, 4), (5, 5)]);
    }
}
