//! The URL of a store behind a network: `scheme://place?parameter=value`.

use std::collections::BTreeMap;

use crate::{StoreError, StoreUrl};

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
        let rest = url.rest().strip_prefix("//").unwrap_or(url.rest());
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parameters = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !known.contains(&name) {
                return Err(unknown(url, name, known));
            }
            if value.is_empty() || parameters.insert(name.to_owned(), value.to_owned()).is_some() {
                let what = format!("needs one value for its parameter {name}");
                return Err(url.malformed(&what, format!("write for example {}", url.kind().example)));
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
    let what = format!("has a parameter {name}, which there is not");
    let distance = |known: &&&str| strsim::damerau_levenshtein(known, name);
    match known.iter().min_by_key(distance) {
        Some(nearest) if distance(&nearest) <= 2 => url.malformed(&what, format!("did you mean {nearest}?")),
        Some(_) => url.malformed(&what, format!("there is {}", known.join(" and "))),
        None => url.malformed(&what, "there is none"),
    }
}
