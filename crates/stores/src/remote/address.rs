//! The URL of a store behind a network: `scheme://place?parameter=value`.

use std::collections::BTreeMap;

use crate::{StoreError, StoreErrorKind, StoreUrl};

/// A place and its parameters.
#[derive(Debug)]
pub(crate) struct Address {
    /// What stands between `//` and `?`.
    pub(crate) place: String,
    parameters: BTreeMap<String, String>,
}

impl Address {
    /// Reads a URL that may have these parameters.
    pub(crate) fn of(url: &StoreUrl, known: &[&str]) -> Result<Self, StoreError> {
        let example = || format!("write for example {}", url.kind().example);
        let malformed =
            |sentence: String| StoreError::new(StoreErrorKind::Malformed, sentence).hint(example());
        let Some(rest) = url.rest().strip_prefix("//") else {
            return Err(malformed(format!(
                "{url} is no address: two slashes belong behind {}:",
                url.scheme()
            )));
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if place.contains(['#', ' ', '\\']) || place.chars().any(char::is_control) {
            return Err(malformed(format!("the place in {url} has a character that no address has")));
        }
        let mut parameters = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !known.contains(&name) {
                return Err(unknown(url, name, known));
            }
            if value.is_empty() || parameters.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(malformed(format!("the parameter {name} of {url} needs one value")));
            }
        }
        Ok(Self { place: place.to_owned(), parameters })
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

fn unknown(url: &StoreUrl, name: &str, known: &[&str]) -> StoreError {
    let sentence = format!("{}: has no parameter {name}", url.scheme());
    let error = StoreError::new(StoreErrorKind::Malformed, sentence);
    let distance = |known: &&&str| strsim::damerau_levenshtein(known, name);
    match known.iter().min_by_key(distance) {
        Some(nearest) if distance(&nearest) <= 2 => error.hint(format!("did you mean {nearest}?")),
        Some(_) => error.hint(format!("it has {}", known.join(" and "))),
        None => error.hint("it has none"),
    }
}
