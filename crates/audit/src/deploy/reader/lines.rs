//! Lines, and lines that go on.

use std::ops::Range;

/// The lines of a text with their places, without their ends.
pub(in crate::deploy) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// A line together with those that it goes on in.
pub(in crate::deploy) struct Logical {
    /// What it says, with a space for each end within.
    pub(in crate::deploy) text: String,
    /// Where each part of it stands: from this byte of `text` on, at this byte of the file.
    parts: Vec<(usize, usize)>,
}

impl Logical {
    /// The place in the file of a part of the text.
    pub(in crate::deploy) fn span(&self, range: Range<usize>) -> Range<usize> {
        let start = self.place(range.start);
        start..start.max(self.place(range.end))
    }

    fn place(&self, at: usize) -> usize {
        let (from, place) = *self.parts.iter().rev().find(|(from, _)| *from <= at).unwrap_or(&(0, 0));
        place + (at - from)
    }
}

/// Joins lines that end in a backslash. Comments within are left out, as systemd and Docker do.
pub(in crate::deploy) fn joined<'t>(text: &'t str, comments: &'t [char]) -> impl Iterator<Item = Logical> {
    let mut lines = lines(text);
    std::iter::from_fn(move || {
        let (mut whole, mut goes_on) = (None, true);
        while goes_on {
            let Some((start, line)) = lines.next() else { break };
            if line.trim_start().starts_with(comments) {
                goes_on = whole.is_some();
                whole.get_or_insert_with(empty);
                continue;
            }
            let said = line.trim_end().strip_suffix('\\');
            goes_on = said.is_some();
            let whole = whole.get_or_insert_with(empty);
            whole.parts.push((whole.text.len(), start));
            whole.text.push_str(said.unwrap_or(line));
            if goes_on {
                whole.text.push(' ');
            }
        }
        whole
    })
}

fn empty() -> Logical {
    Logical { text: String::new(), parts: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_on_are_one_and_lead_back_to_their_places() {
        let text = "# no\\\nA=1 \\\r\n# between\n  B=2\r\nC=3\\";
        let joined: Vec<Logical> = joined(text, &['#']).collect();
        assert_eq!(
            joined.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            ["", "A=1    B=2", "C=3 "]
        );
        let at = joined[1].text.find("B=2").unwrap();
        assert_eq!(&text[joined[1].span(at..at + 3)], "B=2");
    }
}
