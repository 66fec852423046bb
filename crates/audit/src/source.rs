//! A Python file as text whose places can be led back to its bytes.

use std::ops::Range;
use std::sync::OnceLock;

use zeroize::Zeroizing;

/// A decoded Python source: UTF-8 with or without a byte order mark, or what its coding cookie (PEP 263) says.
///
/// Ranges into [`text`](Self::text) become ranges of the file's bytes with [`bytes_of`](Self::bytes_of), so an edit keeps
/// every byte around it, in any of these encodings. The text may hold a key: it is wiped when dropped and never printed.
pub struct Source {
    text: Zeroizing<String>,
    encoding: Encoding,
    mark: usize,
    line_starts: OnceLock<Vec<usize>>,
}

/// How the bytes of a file become characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// What Python reads where nothing else is said.
    Utf8,
    /// ISO 8859-1: each byte is the character of the same number.
    Latin1,
    /// Another encoding whose first half is ASCII and whose characters are one byte each. It is read as Latin-1: the
    /// program text comes out right, letters beyond ASCII do not.
    SingleByte,
}

/// The file is in an encoding that cannot be read here, or does not keep to the one it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable;

/// A place as editors count: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl Source {
    /// Reads a file's bytes as Python would.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let body = &bytes[mark..];
        let encoding = match cookie(body) {
            Some(name) if mark == 0 => Encoding::named(&name).ok_or(Undecodable)?,
            _ => Encoding::Utf8,
        };
        let text = match encoding {
            Encoding::Utf8 => std::str::from_utf8(body).map_err(|_| Undecodable)?.to_owned(),
            _ => body.iter().map(|byte| char::from(*byte)).collect(),
        };
        Ok(Self { text: Zeroizing::new(text), encoding, mark, line_starts: OnceLock::new() })
    }

    /// The text, without the byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it was read.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The bytes of the file that a range of the text stands for.
    #[must_use]
    pub fn bytes_of(&self, range: Range<usize>) -> Range<usize> {
        self.byte(range.start)..self.byte(range.end)
    }

    fn byte(&self, at: usize) -> usize {
        self.mark
            + match self.encoding {
                Encoding::Utf8 => at,
                _ => self.text[..at].chars().count(),
            }
    }

    /// Where an offset of the text lies for somebody with an editor.
    #[must_use]
    pub fn place(&self, at: usize) -> Place {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let starts = self.line_starts.get_or_init(|| line_starts(&self.text));
        let line = starts.partition_point(|start| *start <= before.len()).max(1);
        Place { line, column: before[starts[line - 1]..].chars().count() + 1 }
    }

    /// The line end that the file uses: that of its first line.
    #[must_use]
    pub fn line_end(&self) -> &'static str {
        match self.text.find(['\r', '\n']) {
            Some(at) if self.text[at..].starts_with("\r\n") => "\r\n",
            Some(at) if self.text[at..].starts_with('\r') => "\r",
            _ => "\n",
        }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({:?}, {} bytes)", self.encoding, self.text.len())
    }
}

/// Where the line that holds an offset begins.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\r', '\n']).map_or(0, |end| end + 1)
}

/// Where each line begins. A lone `\r` ends one too.
fn line_starts(text: &str) -> Vec<usize> {
    let pairs = text.bytes().zip(text.bytes().skip(1).chain([0])).enumerate();
    let ends = pairs.filter(|(_, pair)| match pair {
        (b'\n', _) => true,
        (b'\r', next) => *next != b'\n',
        _ => false,
    });
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

impl Encoding {
    fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match name.as_str() {
            "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii" => Some(Self::Utf8),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Some(Self::Latin1),
            _ if ["iso-8859-", "iso8859-", "cp125", "windows-125", "koi8-", "latin"]
                .iter()
                .any(|family| name.starts_with(family)) =>
            {
                Some(Self::SingleByte)
            }
            _ => None,
        }
    }
}

/// The encoding that one of the first two lines names, as PEP 263 has it; the second counts after a comment or blank line.
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = line.trim_ascii();
        if !line.is_empty() && !line.starts_with(b"#") {
            return None;
        }
        if let Some(name) = named_in(line) {
            return Some(name);
        }
    }
    None
}

fn named_in(comment: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(comment, b"coding")? + "coding".len();
    let rest = comment[at..].strip_prefix(b":").or_else(|| comment[at..].strip_prefix(b"="))?;
    let name: String = rest
        .trim_ascii_start()
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
        .map(|byte| char::from(*byte))
        .collect();
    (!name.is_empty()).then_some(name)
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_1_file_is_read_and_its_places_lead_back_to_its_bytes() {
        let bytes = b"# -*- coding: latin-1 -*-\nname = '\xe9t\xe9'\nKEY = 1\n";
        let source = Source::decode(bytes).unwrap();
        assert_eq!(source.encoding(), Encoding::Latin1);
        let at = source.text().find("KEY").unwrap();
        assert_eq!(&bytes[source.bytes_of(at..at + 3)], b"KEY");
        assert_eq!(source.place(at), Place { line: 3, column: 1 });
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        let source = Source::decode(b"\xef\xbb\xbfKEY = 1").unwrap();
        assert_eq!(source.text(), "KEY = 1");
        assert_eq!(source.bytes_of(0..3), 3..6);
    }

    #[test]
    fn a_cookie_counts_in_the_first_two_lines_only() {
        assert_eq!(cookie(b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :"), Some("cp1252".into()));
        assert_eq!(cookie(b"import os\n# coding: latin-1"), None);
        assert_eq!(cookie(b"#\n#\n# coding: latin-1"), None);
    }

    #[test]
    fn bytes_that_are_not_what_the_file_says_are_refused() {
        assert_eq!(Source::decode(b"name = '\xe9'").unwrap_err(), Undecodable);
        assert_eq!(Source::decode(b"# coding: shift_jis\n").unwrap_err(), Undecodable);
    }

    #[test]
    fn lines_end_as_python_ends_them() {
        let source = Source::decode(b"a\r\nb\rc\nd").unwrap();
        assert_eq!(source.place(source.text().find('d').unwrap()), Place { line: 4, column: 1 });
        assert_eq!(source.line_end(), "\r\n");
    }
}
