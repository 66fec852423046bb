//! All texts of a file, for whoever compares two of them.

use std::ops::Range;

use zeroize::Zeroizing;

/// The texts, and what is around them.
pub(crate) struct Texts {
    /// What holds them, part by part, without places.
    pub(crate) shape: Vec<String>,
    /// Each text as it is read, and where it stands.
    pub(crate) texts: Vec<(Zeroizing<String>, Range<usize>)>,
}
