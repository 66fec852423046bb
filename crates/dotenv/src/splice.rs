//! Replacing ranges of a text.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use zeroize::Zeroizing;

/// A range of a text and what shall stand there.
pub(crate) struct Splice {
    range: Range<usize>,
    new: Zeroizing<String>,
}

impl Splice {
    pub(crate) fn new(range: Range<usize>, pieces: &[&str]) -> Self {
        let mut new = Zeroizing::new(String::with_capacity(pieces.iter().map(|piece| piece.len()).sum()));
        for piece in pieces {
            new.push_str(piece);
        }
        Self { range, new }
    }
}

/// The text with its splices, which do not overlap; of two at one place the earlier in the list goes first.
pub(crate) fn apply(text: &str, mut splices: Vec<Splice>) -> Zeroizing<String> {
    splices.sort_by_key(|splice| splice.range.start);
    let added: usize = splices.iter().map(|splice| splice.new.len()).sum();
    // One allocation for good: a growing buffer would leave secrets behind.
    let mut edited = Zeroizing::new(String::with_capacity(text.len() + added));
    let mut done = 0;
    for splice in &splices {
        edited.push_str(&text[done..splice.range.start]);
        edited.push_str(&splice.new);
        done = splice.range.end;
    }
    edited.push_str(&text[done..]);
    edited
}
