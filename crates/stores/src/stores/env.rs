//! The environment of this process.

use std::ffi::OsString;
use std::fmt;

use keybaton_core::{Field, RingName, SecretText, Texts, Writes};

use crate::text::text_of;
use crate::version::held;
use crate::{
    Can, Environment, Guard, Held, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl, Version,
    Written,
};

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "env",
    summary: "the environment of this process",
    example: "env:",
    can: Can { read_back: true, guard: Guard::ReadOnly, atomic: false },
    guarded_by: "read only",
    creates: "nothing",
    local: true,
    chosen_by: &[],
    open,
};

struct ProcessEnvironment {
    ring: RingName,
    environment: Environment,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    if !url.rest().is_empty() {
        let sentence = "env: takes nothing after the colon";
        return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint("write env: and name the variable as the ring, with `--ring`"));
    }
    Ok(Box::new(ProcessEnvironment { ring: ring.clone(), environment: settings.environment.clone() }))
}

impl Store for ProcessEnvironment {
    fn read(&self) -> Result<Held, StoreError> {
        let mut texts = Texts::default();
        for field in Field::ALL {
            let name = self.ring.of(field);
            if let Some(value) = (self.environment)(&name) {
                let text = text_from(value, &name)?;
                // A record that is none is told by whoever reads it.
                if field != Field::Record {
                    must_be_no_path(&name, text.expose())?;
                }
                texts.set(field, text);
            }
        }
        Ok(held(texts))
    }

    fn write(&self, _new: &Writes, _over: &Version) -> Result<Written, StoreError> {
        let sentence = "the environment of a process cannot be written from inside";
        Err(StoreError::new(StoreErrorKind::Unsupported, sentence)
            .hint("name the store that the environment is filled from, for example dotenv:.env"))
    }
}

impl fmt::Debug for ProcessEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessEnvironment").field("ring", &self.ring).finish_non_exhaustive()
    }
}

fn text_from(value: OsString, name: &str) -> Result<SecretText, StoreError> {
    let bytes = zeroize::Zeroizing::new(value.into_encoded_bytes());
    text_of(&bytes, &format!("the environment variable {name}")).map(SecretText::new)
}

/// Refuses a value that is the path of a file in the place of a key.
///
/// # Errors
/// It is one.
pub fn must_be_no_path(name: &str, value: &str) -> Result<(), StoreError> {
    if is_path_to(name, value) { Err(path(name)) } else { Ok(()) }
}

/// Whether a value is the path of a file that is called like its variable, as GitLab gives variables of type File to jobs.
fn is_path_to(name: &str, value: &str) -> bool {
    let is_absolute =
        value.starts_with('/') || value.get(1..3).is_some_and(|start| [":\\", ":/"].contains(&start));
    is_absolute && value.rsplit(['/', '\\']).next() == Some(name)
}

fn path(name: &str) -> StoreError {
    let sentence = format!("{name} in the environment is the path of a file, which is no secret");
    StoreError::new(StoreErrorKind::Refused, sentence)
        .hint("in GitLab make the variable's type Variable; elsewhere name the file's folder with dir:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_file_called_like_the_variable_is_no_key() {
        for (value, is_path) in [
            ("/builds/acme/shop.tmp/SECRET_KEY", true),
            ("C:\\GitLab-Runner\\builds\\acme\\shop.tmp\\SECRET_KEY", true),
            ("/SECRET_KEY", true),
            ("/builds/acme/shop.tmp/OTHER_SECRET_KEY", false),
            ("acme/SECRET_KEY", false),
            ("SECRET_KEY", false),
            ("/a+key/of+base64/=", false),
            ("", false),
        ] {
            assert_eq!(is_path_to("SECRET_KEY", value), is_path, "{value}");
        }
    }
}
