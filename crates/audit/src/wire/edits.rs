//! A few replacements in one text, led back to its bytes.

use std::ops::Range;

use crate::source::Source;
pub(super) use crate::source::line_start;

/// What is put in the place of what. The new texts are ASCII, so they are the same bytes in every encoding that is read.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    pub(super) fn replace(&mut self, range: Range<usize>, new: &str) {
        self.0.push((range, new.to_owned()));
    }

    pub(super) fn insert(&mut self, at: usize, new: &str) {
        self.replace(at..at, new);
    }

    /// Takes out a statement with its line, and with the comment behind it.
    pub(super) fn remove_line(&mut self, text: &str, statement: Range<usize>) {
        self.replace(statement.start..next_line(text, statement.end), "");
    }

    /// Puts statements at the end, a blank line before them.
    pub(super) fn append(&mut self, text: &str, new: &str, line_end: &str) {
        let gap = match text {
            "" => "",
            _ if text.ends_with(['\n', '\r']) => line_end,
            _ => &line_end.repeat(2),
        };
        self.insert(text.len(), &format!("{gap}{new}{line_end}"));
    }

    /// The file with all of them made.
    pub(super) fn applied(mut self, bytes: &[u8], source: &Source) -> Vec<u8> {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut new, mut at) = (Vec::with_capacity(bytes.len() + 256), 0);
        for (range, text) in self.0 {
            let range = source.bytes_of(range);
            new.extend_from_slice(&bytes[at..range.start]);
            new.extend_from_slice(text.as_bytes());
            at = range.end;
        }
        new.extend_from_slice(&bytes[at..]);
        new
    }
}

/// Where the line that holds an offset stops, before its line end.
pub(super) fn line_stop(text: &str, at: usize) -> usize {
    text[at..].find(['\r', '\n']).map_or(text.len(), |end| at + end)
}

/// Where the line after the one that holds an offset begins.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    let stop = line_stop(text, at);
    match &text[stop..] {
        end if end.starts_with("\r\n") => stop + 2,
        "" => stop,
        _ => stop + 1,
    }
}
