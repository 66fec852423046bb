//! The variables a document sets, with `${…}` replaced.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::document::{Binding, Document};
use crate::error::TooLarge;
use crate::interpolation::{Piece, Pieces};

/// Where the values of other variables come from: the environment of the program that reads the file.
pub type Environment<'e> = dyn Fn(&str) -> Option<Zeroizing<String>> + 'e;

/// Who is asked first for the `NAME` of `${NAME}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precedence {
    /// The environment, then the lines above: `load_dotenv(path)`.
    Environment,
    /// The lines above, then the environment: `dotenv_values(path)` and `load_dotenv(path, override=True)`.
    File,
}

/// The variables of a file in python-dotenv's order: a duplicate keeps the place of its first line and the value of its
/// last.
///
/// A name may be anything that a file can hold, and a value may contain NUL: whoever sets an environment from it must
/// refuse what an environment cannot hold, as Python does.
pub struct Variables<'a> {
    entries: Vec<(Cow<'a, str>, Option<Zeroizing<String>>)>,
    places: BTreeMap<Cow<'a, str>, usize>,
}

impl<'a> Variables<'a> {
    pub(crate) fn of(
        document: &Document<'a>,
        environment: &Environment<'_>,
        precedence: Precedence,
    ) -> Result<Self, TooLarge> {
        let mut variables = Self { entries: Vec::new(), places: BTreeMap::new() };
        let mut budget = MOST_PUT_IN;
        for binding in document.bindings() {
            let lookup = Lookup { above: &variables, environment, precedence };
            let value = lookup.resolve(binding, &mut budget)?;
            variables.set(binding.name.clone(), value);
        }
        Ok(variables)
    }

    /// Names and values in order; a name without `=` has no value, and is not set in an environment.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.entries.iter().map(|(name, value)| (&**name, value.as_ref().map(|value| value.as_str())))
    }

    /// The value of one variable; `None` when it is absent or has no value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entry(name).flatten()
    }

    /// `None` for an absent variable, `Some(None)` for one without value.
    fn entry(&self, name: &str) -> Option<Option<&str>> {
        let &place = self.places.get(name)?;
        Some(self.entries[place].1.as_ref().map(|value| value.as_str()))
    }

    pub(crate) fn take(mut self, name: &str) -> Option<Zeroizing<String>> {
        let &place = self.places.get(name)?;
        self.entries[place].1.take()
    }

    fn set(&mut self, name: Cow<'a, str>, value: Option<Zeroizing<String>>) {
        if let Some(&place) = self.places.get(&name) {
            self.entries[place].1 = value;
            return;
        }
        self.places.insert(name.clone(), self.entries.len());
        self.entries.push((name, value));
    }
}

impl fmt::Debug for Variables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variables({} of them)", self.entries.len())
    }
}

/// Finds what a `${NAME}` stands for.
struct Lookup<'v, 'e> {
    above: &'v Variables<'v>,
    environment: &'e Environment<'e>,
    precedence: Precedence,
}

impl<'v> Lookup<'v, '_> {
    fn resolve(
        &self,
        binding: &Binding<'_>,
        budget: &mut usize,
    ) -> Result<Option<Zeroizing<String>>, TooLarge> {
        let Some(raw) = binding.value() else { return Ok(None) };
        let mut parts = Vec::new();
        for piece in Pieces::of(&raw) {
            let part = self.part(piece);
            if let Piece::Reference { .. } = piece {
                *budget =
                    budget.checked_sub(part.as_str().len()).ok_or(TooLarge { line: binding.place.line })?;
            }
            parts.push(part);
        }
        Ok(Some(join(&parts)))
    }

    fn part<'t>(&self, piece: Piece<'t>) -> Part<'t>
    where
        'v: 't,
    {
        match piece {
            Piece::Text(text) => Part::Borrowed(text),
            Piece::Reference { name, default } => {
                self.find(name).unwrap_or(Part::Borrowed(default.unwrap_or("")))
            }
        }
    }

    fn find(&self, name: &str) -> Option<Part<'v>> {
        // A name without value is found, as nothing: the default is not for it.
        let above = || self.above.entry(name).map(|value| Part::Borrowed(value.unwrap_or("")));
        let environment = || (self.environment)(name).map(Part::Owned);
        match self.precedence {
            Precedence::Environment => environment().or_else(above),
            Precedence::File => above().or_else(environment),
        }
    }
}

enum Part<'t> {
    Borrowed(&'t str),
    Owned(Zeroizing<String>),
}

impl Part<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

/// Joins in one allocation: a growing buffer would leave pieces of secrets behind.
fn join(parts: &[Part<'_>]) -> Zeroizing<String> {
    let length = parts.iter().map(|part| part.as_str().len()).sum();
    let mut whole = Zeroizing::new(String::with_capacity(length));
    for part in parts {
        whole.push_str(part.as_str());
    }
    whole
}

/// How many bytes all `${…}` of a file may put in. A few lines that double each other would else fill the memory; no
/// system starts a program with this much.
const MOST_PUT_IN: usize = 8 * 1024 * 1024;
