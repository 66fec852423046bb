//! Secret text, and the care it needs.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// A text that must not be seen: a key, or a list of keys.
///
/// It cannot be cloned or displayed, its debug form shows nothing of it, it is compared in constant time, and its memory
/// is wiped when it is dropped.
pub struct SecretText(Box<str>);

impl SecretText {
    /// Takes a text over. The caller's own buffer is wiped where it cannot be reused as it is.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = Zeroizing::new(text.into());
        if text.len() == text.capacity() {
            return Self(core::mem::take(&mut *text).into_boxed_str());
        }
        Self(Box::from(text.as_str()))
    }

    /// The text itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A second copy, for where two owners cannot be avoided.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for SecretText {}

impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn the_debug_form_shows_neither_text_nor_length() {
        let shown = format!("{:?}", SecretText::new("made-up"));
        assert_eq!(shown, "SecretText(…)");
    }

    #[test]
    fn equal_texts_are_equal_and_others_are_not() {
        assert_eq!(SecretText::new("a"), SecretText::new("a"));
        assert_ne!(SecretText::new("a"), SecretText::new("b"));
        assert_ne!(SecretText::new("a"), SecretText::new("ab"));
    }
}
