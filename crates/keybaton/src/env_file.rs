//! All variables of a .env file, as python-dotenv's `load_dotenv` sets them.

use std::path::Path;

use keybaton_core::{Field, RingName, SecretText, Texts};
use keybaton_dotenv::{Document, Precedence, Variables};
use keybaton_files::{FileErrorKind, Limits};
use keybaton_stores::path_of;
use zeroize::Zeroizing;

use crate::configuration::Place;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::store;

/// The variables of a .env file, in their order.
pub(crate) struct EnvFile(Vec<(String, Zeroizing<String>)>);

impl EnvFile {
    /// None where the place's store is of another kind. The file is read once: it may be a pipe.
    pub(crate) fn of(
        place: &Place,
        environment: &dyn Fn(&str) -> Option<Zeroizing<String>>,
    ) -> Result<Option<Self>, Failure> {
        let url = store::url(&place.store)?;
        if url.scheme() != "dotenv" {
            return Ok(None);
        }
        let path = path_of(&url, store::base(&place.store)).map_err(Failure::of_store)?;
        Self::read(&path, environment).map(Some)
    }

    /// A file that is not there sets nothing.
    fn read(path: &Path, environment: &dyn Fn(&str) -> Option<Zeroizing<String>>) -> Result<Self, Failure> {
        let content = match keybaton_files::read(path, Limits::default()) {
            Err(error) if error.kind() == FileErrorKind::NotFound => return Ok(Self(Vec::new())),
            Err(error) => return Err(Failure::of_file(Exit::Store, error)),
            Ok(content) => content,
        };
        let unreadable = |what: String| Failure::new(Exit::Store, format!("{}{what}", path.display()));
        let text = str::from_utf8(content.expose())
            .map_err(|_| unreadable(" is not UTF-8 text".into()).hint("python-dotenv reads UTF-8 alone"))?;
        let variables = Document::parse(text).variables(environment, Precedence::Environment);
        let variables = variables.map_err(|error| unreadable(format!(": {error}")))?;
        Ok(Self::with_values(&variables))
    }

    fn with_values(variables: &Variables<'_>) -> Self {
        let valued = variables.iter().filter_map(|(name, value)| Some((name, value?)));
        Self(valued.map(|(name, value)| (name.to_owned(), Zeroizing::new(value.to_owned()))).collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The ring's texts among the variables.
    pub(crate) fn texts(&self, ring: &RingName) -> Texts {
        let mut texts = Texts::default();
        for field in Field::ALL {
            let name = ring.of(field);
            if let Some((_, value)) = self.iter().find(|(other, _)| *other == name) {
                texts.set(field, SecretText::new(value.to_owned()));
            }
        }
        texts
    }
}
