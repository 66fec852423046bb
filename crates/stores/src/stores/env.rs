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
                texts.set(field, text_from(value, &name)?);
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
