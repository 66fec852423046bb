//! The name of a store.

use std::borrow::Cow;
use std::fmt;

use crate::{STORES, StoreError, StoreErrorKind, StoreKind};

mod shape;

/// The name of a store: `scheme:rest`. It holds no secret: one that does is refused.
#[derive(Clone)]
pub struct StoreUrl {
    kind: &'static StoreKind,
    rest: String,
}

impl StoreUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`StoreErrorKind::Malformed`] for what is no URL, names no kind of store, or holds a password. The text itself is
    /// not repeated: it may be a key that was given in the wrong place.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let Some((scheme, rest)) = split(text) else {
            return Err(no_url(text));
        };
        let kind = STORES.iter().find(|kind| kind.scheme == scheme);
        shape::must_be_harmless(scheme, rest, kind)?;
        match kind {
            Some(kind) => Ok(Self { kind, rest: rest.to_owned() }),
            None => Err(unknown(scheme)),
        }
    }

    /// The kind of store.
    #[must_use]
    pub fn kind(&self) -> &'static StoreKind {
        self.kind
    }

    /// What stands before the colon.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        self.kind.scheme
    }

    /// What stands after it.
    #[must_use]
    pub fn rest(&self) -> &str {
        &self.rest
    }

    /// Whether the three texts are read and written in one call, the way this URL arranges them.
    #[must_use]
    pub fn is_atomic(&self) -> bool {
        self.kind.can.atomic && !self.is_separate()
    }

    /// What a first write makes, the way this URL arranges the three texts.
    #[must_use]
    pub fn creates(&self) -> Cow<'static, str> {
        match self.kind.creates.strip_prefix("the secret") {
            Some(rest) if self.is_separate() => format!("three secrets{rest}").into(),
            _ => self.kind.creates.into(),
        }
    }

    /// Whether several rings can live there, each under its own name. A keychain's entries carry the names in every layout.
    #[must_use]
    pub fn holds_several(&self) -> bool {
        self.scheme() != "file" && (!self.is_separate() || self.scheme() == "keychain")
    }

    fn is_separate(&self) -> bool {
        let (_, parameters) = self.rest.split_once('?').unwrap_or_default();
        parameters.split('&').any(|parameter| parameter == "layout=separate")
    }

    /// Says what is wrong with it.
    pub(crate) fn malformed(&self, what: &str, hint: impl Into<String>) -> StoreError {
        malformed(self.scheme(), what, hint)
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme(), self.rest)
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl PartialEq for StoreUrl {
    fn eq(&self, other: &Self) -> bool {
        (self.scheme(), self.rest()) == (other.scheme(), other.rest())
    }
}

impl Eq for StoreUrl {}

/// Scheme and rest. One letter before the colon is a drive of Windows, and a long or strange word no scheme.
fn split(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_word = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    (is_word && (2..=LONGEST_SCHEME).contains(&scheme.len())).then_some((scheme, rest))
}

/// The URL itself is not repeated: what makes no sense may be anything, a password too.
fn malformed(scheme: &str, what: &str, hint: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Malformed, format!("the {scheme}: URL {what}")).hint(hint)
}

fn no_url(text: &str) -> StoreError {
    let error = StoreError::new(
        StoreErrorKind::Malformed,
        "a store is named by its kind, a colon and the place, which this is not",
    );
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    if (name == ".env" || name.starts_with(".env.")) && !text.contains('@') {
        return error.hint(format!("write dotenv:{text}"));
    }
    error.hint("write for example dotenv:.env, file:PATH or dir:FOLDER; `keybaton stores` lists all kinds")
}

fn unknown(scheme: &str) -> StoreError {
    let sentence = format!("there is no kind of store called {scheme}:");
    let error = StoreError::new(StoreErrorKind::Malformed, sentence);
    let distance = |kind: &&StoreKind| strsim::damerau_levenshtein(kind.scheme, &scheme.to_ascii_lowercase());
    match STORES.iter().min_by_key(distance) {
        Some(nearest) if distance(&nearest) <= 2 => error.hint(format!("did you mean {}:?", nearest.scheme)),
        _ => error.hint("`keybaton stores` lists all kinds"),
    }
}

const LONGEST_SCHEME: usize = 16;

#[cfg(test)]
mod tests;
