//! Where keys stand in a text, as they are or in base64.

use std::ops::Range;

use data_encoding::BASE64;
use memchr::memmem;
use zeroize::Zeroizing;

use crate::tree::KnownKeys;

/// Each place where one of the keys stands, with its number.
pub(crate) fn occurrences(text: &str, keys: &[&str]) -> Vec<(usize, Range<usize>)> {
    let written =
        keys.iter().enumerate().flat_map(|(number, key)| written(key).map(move |key| (number, key)));
    let found = written.flat_map(|(number, key)| {
        let places = memmem::find_iter(text.as_bytes(), key.as_bytes());
        places.map(|at| (number, at..at + key.len())).collect::<Vec<_>>()
    });
    found.collect()
}

/// The texts to be looked for where the keys of rings are.
pub(super) fn searched(known: &[KnownKeys]) -> impl Iterator<Item = Zeroizing<String>> {
    known.iter().flat_map(|ring| &ring.keys).flat_map(|key| written(key.text.expose()))
}

/// What is short stands in many texts that have nothing to do with the key.
pub(crate) fn written(key: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let is_telling = key.len() >= TELLING;
    is_telling.then(|| [Zeroizing::new(key.to_owned()), base64(key)]).into_iter().flatten()
}

/// What the base64 of a key begins with, whatever follows the key, such as a line's end.
fn base64(key: &str) -> Zeroizing<String> {
    let whole = key.len() / 3 * 3;
    Zeroizing::new(BASE64.encode(&key.as_bytes()[..whole]))
}

const TELLING: usize = 24;
