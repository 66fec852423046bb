//! Why a command stopped, as the user is told.

use std::error::Error;
use std::fmt;

use keybaton_files::FileError;
use keybaton_stores::{StoreError, StoreErrorKind};

use crate::exit::Exit;

/// A command's failure: the exit code it means, one sentence that says what and where, and a hint that says what now.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    sentence: String,
    hint: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, sentence: impl Into<String>) -> Self {
        Self { exit, sentence: sentence.into(), hint: None, cause: None }
    }

    pub(crate) fn of_file(exit: Exit, error: FileError) -> Self {
        let hint = error.hint().map(str::to_owned);
        Self {
            exit,
            sentence: error.to_string(),
            hint,
            cause: error.source().map(|cause| cause.to_string().into()),
        }
    }

    pub(crate) fn of_store(error: StoreError) -> Self {
        let exit = match error.kind {
            StoreErrorKind::Conflict | StoreErrorKind::Overlap => Exit::Conflict,
            StoreErrorKind::Refused | StoreErrorKind::Missing => Exit::Refused,
            _ => Exit::Store,
        };
        Self { exit, sentence: error.sentence, hint: error.hint, cause: error.source }
    }

    /// The same with a hint in place of the one it had.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same with what caused it.
    pub(crate) fn because(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// The same with another exit code.
    pub(crate) fn exiting(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// What now.
    pub(crate) fn what_now(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The sentence, followed by the causes, each after a colon, as far as they say something new.
    pub(crate) fn in_full(&self) -> String {
        let mut text = self.sentence.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            let words = error.to_string();
            let words = words.split(" (os error").next().unwrap_or_default();
            if text.to_lowercase().contains(&words.to_lowercase()) {
                break;
            }
            text.push_str(": ");
            text.push_str(words);
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_repeats_the_sentence_is_left_out() {
        let denied = std::io::Error::from_raw_os_error(13);
        let failure = Failure::new(Exit::Store, "cannot read .env: permission denied").because(denied);
        assert_eq!(failure.in_full(), "cannot read .env: permission denied");
    }

    #[test]
    fn the_causes_follow_the_sentence() {
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let failure = Failure::new(Exit::Configuration, "cannot read keybaton.toml").because(denied);
        assert_eq!(failure.to_string(), "cannot read keybaton.toml");
        assert_eq!(failure.in_full(), "cannot read keybaton.toml: permission denied");
    }
}
