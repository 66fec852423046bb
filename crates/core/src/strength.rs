//! How strong a key is, as far as its text can tell.
//!
//! Nothing proves a text random, so these rules only name what no random draw produces. A key that Django, `openssl` or
//! Python's `secrets` has drawn has no weakness here.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

mod patterns;
mod samples;
mod words;

/// Every reason to call this key weak, the plainest first; none for a key that was drawn at random.
#[must_use]
pub fn weaknesses(key: &str) -> Vec<Weakness> {
    let look = Look::at(key);
    let found = [
        key.trim().is_empty().then_some(Weakness::Empty),
        key.starts_with(INSECURE_PREFIX).then_some(Weakness::InsecurePrefix),
        samples::origin(key).map(Weakness::Sample),
        (look.characters.len() < MIN_LENGTH).then_some(Weakness::Short),
        (look.counts.len() < MIN_UNIQUE).then_some(Weakness::FewCharacters),
        look.says_insecure(key).then_some(Weakness::SaysInsecure),
        words::is_placeholder(key, &look.letters).then_some(Weakness::Placeholder),
        words::is_phrase(key).then_some(Weakness::Phrase),
        patterns::repeats(&look.characters).then_some(Weakness::Repeats),
        patterns::has_sequence(&look.characters).then_some(Weakness::Sequence),
        (look.bits() < MIN_BITS).then_some(Weakness::Predictable),
    ];
    found.into_iter().flatten().collect()
}

/// One reason why a key is weak. Its `Display` is the end of a sentence that begins with "the key"; it never shows the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// There is no key, or only whitespace.
    Empty,
    /// `startproject` put it there for development; Django warns (`security.W009`).
    InsecurePrefix,
    /// Its text is published; this is where.
    Sample(&'static str),
    /// It has fewer than 50 characters; Django warns (`security.W009`).
    Short,
    /// It has fewer than five different characters; Django warns (`security.W009`).
    FewCharacters,
    /// It says `insecure` somewhere else than at the beginning, where Django looks.
    SaysInsecure,
    /// It is what a template or a tutorial says instead of a key.
    Placeholder,
    /// It is a phrase of too few plain words.
    Phrase,
    /// It is a short piece repeated, or holds one character many times in a row.
    Repeats,
    /// It holds a run of neighbours such as `12345678` or a row of the keyboard.
    Sequence,
    /// Its characters are so unevenly used that it holds under 128 bits.
    Predictable,
}

impl Weakness {
    /// Whether Django's own check (`security.W009`) sees this one.
    #[must_use]
    pub fn seen_by_django(self) -> bool {
        matches!(self, Self::Empty | Self::InsecurePrefix | Self::Short | Self::FewCharacters)
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty",
            Self::InsecurePrefix => {
                "begins with django-insecure-, the mark of startproject's development keys"
            }
            Self::Sample(origin) => return write!(f, "is published: it is the sample key of {origin}"),
            Self::Short => "has fewer than 50 characters",
            Self::FewCharacters => "has fewer than 5 different characters",
            Self::SaysInsecure => "says of itself that it is insecure",
            Self::Placeholder => "is a placeholder, or holds one",
            Self::Phrase => "is a phrase of a few plain words",
            Self::Repeats => "repeats itself",
            Self::Sequence => "holds a run of neighbouring characters",
            Self::Predictable => "holds less than 128 bits: a few characters make up most of it",
        })
    }
}

/// Django's `SECRET_KEY_INSECURE_PREFIX`.
const INSECURE_PREFIX: &str = "django-insecure-";

/// Django's `SECRET_KEY_MIN_LENGTH`, in characters.
const MIN_LENGTH: usize = 50;

/// Django's `SECRET_KEY_MIN_UNIQUE_CHARACTERS`.
const MIN_UNIQUE: usize = 5;

/// A key that holds less could be guessed by somebody with much hardware; random keys of 50 characters hold over 190.
const MIN_BITS: u64 = 128;

/// A key taken apart once for all rules. It lives in memory for the time of one check and is never printed.
struct Look {
    characters: Zeroizing<Vec<char>>,
    /// Its letters and digits alone, in lower case.
    letters: Zeroizing<String>,
    counts: BTreeMap<char, u64>,
}

impl Look {
    fn at(key: &str) -> Self {
        let mut characters = Zeroizing::new(Vec::with_capacity(key.len().min(MAX_LOOKED_AT)));
        characters.extend(key.chars().take(MAX_LOOKED_AT));
        let mut counts = BTreeMap::new();
        for character in characters.iter() {
            *counts.entry(*character).or_default() += 1;
        }
        Self { letters: words::letters(&characters), characters, counts }
    }

    fn says_insecure(&self, key: &str) -> bool {
        !key.starts_with(INSECURE_PREFIX) && self.letters.contains("insecure")
    }

    /// The key's bits, were its characters drawn as often as they occur (Shannon's estimate, rounded down).
    fn bits(&self) -> u64 {
        let all = self.characters.len() as u64;
        let told: u64 = self.counts.values().map(|count| count * log2(*count)).sum();
        (all * log2(all)).saturating_sub(told) >> FRACTION
    }
}

/// A text longer than this is judged by its beginning.
const MAX_LOOKED_AT: usize = 4096;

const FRACTION: u32 = 16;

/// The binary logarithm in 1/65536ths; `core` has no floating-point one. `n` is at least 1.
fn log2(n: u64) -> u64 {
    let whole = n.max(1).ilog2();
    let mut mantissa = (n.max(1) << 32 >> whole) as u128;
    let mut result = u64::from(whole);
    for _ in 0..FRACTION {
        mantissa = (mantissa * mantissa) >> 32;
        let bit = (mantissa >> 33) & 1;
        mantissa >>= bit;
        result = (result << 1) | bit as u64;
    }
    result
}

#[cfg(test)]
mod tests;
