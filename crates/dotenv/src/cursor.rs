//! The grammar: one statement at a time.

use alloc::borrow::Cow;
use core::ops::Range;

use crate::document::{Assigned, Binding, Place, Quote, Statement};
use crate::quoting;

/// A place in a text, and the steps that read on from it.
///
/// A step that cannot read what it wants returns `None` and stays where it is: python-dotenv skips the rest of the line
/// *from there*, which decides how many lines an unreadable statement costs.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, line: 1 }
    }

    /// The next statement; none at the end of the text.
    pub(crate) fn statement(&mut self) -> Option<Statement<'a>> {
        if self.rest().is_empty() {
            return None;
        }
        let start = self.at;
        let blank = self.skip(is_space);
        let mut place = Place {
            span: start..start,
            begins_on: self.line,
            line: self.line + count_lines(blank),
            line_start: start + blank.rfind(['\n', '\r']).map_or(0, |end| end + 1),
        };
        let body = self.body();
        if body.is_none() {
            self.skip_line();
        }
        place.span.end = self.at;
        self.line += count_lines(&self.text[start..self.at]);
        Some(match body {
            None => Statement::Unreadable(place),
            Some(None) => Statement::Blank(place),
            Some(Some(found)) => Statement::Binding(found.at(place)),
        })
    }

    /// What stands behind the blank lines: a binding, or nothing at all, or a comment.
    fn body(&mut self) -> Option<Option<Found<'a>>> {
        if self.rest().is_empty() {
            return Some(None);
        }
        let exported = self.export();
        if self.rest().starts_with('#') {
            self.skip_line();
            return Some(None);
        }
        let name = self.name()?;
        let name_end = self.at;
        self.skip(is_space_in_line);
        let (assigned, slot) = match self.eat('=') {
            true => self.value().map(|(assigned, slot)| (Some(assigned), slot))?,
            false => (None, name_end..name_end),
        };
        self.end_of_line()?;
        Some(Some(Found { name, exported, assigned, slot }))
    }

    fn export(&mut self) -> bool {
        let Some(behind) = self.rest().strip_prefix("export") else { return false };
        if !behind.starts_with(is_space_in_line) {
            return false;
        }
        self.at += "export".len();
        self.skip(is_space_in_line);
        true
    }

    fn name(&mut self) -> Option<Cow<'a, str>> {
        if let Some(behind) = self.rest().strip_prefix('\'') {
            let name = &behind[..behind.find('\'').filter(|&length| length > 0)?];
            self.at += name.len() + 2;
            return Some(quoting::unify_line_ends(name));
        }
        let name = self.skip(|c| c != '=' && c != '#' && !is_space(c));
        (!name.is_empty()).then_some(Cow::Borrowed(name))
    }

    /// The value behind `=`, and the bytes it takes.
    fn value(&mut self) -> Option<(Assigned<'a>, Range<usize>)> {
        let behind_equals = self.at;
        let gap = self.skip(is_space_in_line);
        let empty = (Assigned { raw: "", quote: Quote::Bare }, behind_equals..behind_equals);
        match self.rest().chars().next() {
            None | Some('\n' | '\r') => Some(empty),
            Some('#') if !gap.is_empty() => Some(empty),
            Some('\'') => self.quoted('\'', Quote::Single),
            Some('"') => self.quoted('"', Quote::Double),
            Some(_) => Some(self.bare()),
        }
    }

    fn quoted(&mut self, mark: char, quote: Quote) -> Option<(Assigned<'a>, Range<usize>)> {
        let start = self.at;
        let inside = &self.rest()[1..];
        let raw = &inside[..closing(inside, mark)?];
        self.at += raw.len() + 2;
        Some((Assigned { raw, quote }, start..self.at))
    }

    fn bare(&mut self) -> (Assigned<'a>, Range<usize>) {
        let start = self.at;
        let line = self.skip(|c| c != '\n' && c != '\r');
        let raw = before_comment(line).trim_end_matches(is_space);
        self.at = start + raw.len();
        (Assigned { raw, quote: Quote::Bare }, start..self.at)
    }

    /// The end of the line, behind an optional comment.
    fn end_of_line(&mut self) -> Option<()> {
        self.skip(is_space_in_line);
        let done = matches!(self.rest().chars().next(), None | Some('#' | '\n' | '\r'));
        done.then(|| self.skip_line())
    }

    fn skip_line(&mut self) {
        self.skip(|c| c != '\n' && c != '\r');
        let _ = self.eat('\r') | self.eat('\n');
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let skipped = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += skipped.len();
        skipped
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
}

/// A binding whose end is not known yet.
struct Found<'a> {
    name: Cow<'a, str>,
    exported: bool,
    assigned: Option<Assigned<'a>>,
    slot: Range<usize>,
}

impl<'a> Found<'a> {
    fn at(self, place: Place) -> Binding<'a> {
        let Self { name, exported, assigned, slot } = self;
        Binding { place, name, exported, assigned, slot }
    }
}

/// Where the closing quote stands; a backslash takes the character behind it along.
///
/// No text makes this slow: a search that fails has met every later quote behind a backslash, so no later value can
/// begin with this quote and fail once more.
fn closing(inside: &str, mark: char) -> Option<usize> {
    let mut characters = inside.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => _ = characters.next(),
            c if c == mark => return Some(at),
            _ => {}
        }
    }
    None
}

fn before_comment(line: &str) -> &str {
    let begins = |&(at, _): &(usize, &str)| line[..at].ends_with(is_space);
    line.match_indices('#').find(begins).map_or(line, |(at, _)| &line[..at])
}

fn count_lines(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends =
        |(at, &byte): (usize, &u8)| byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(|&each| ends(each)).count()
}

/// What Python's `\s` matches: Unicode's white space and the four separators of ASCII.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

fn is_space_in_line(c: char) -> bool {
    is_space(c) && c != '\n' && c != '\r'
}

pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';
