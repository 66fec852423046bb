//! A store that gives its keys to nobody, with the eyes of whoever it gives them to: the stand-in opens what it was sent.

use std::collections::BTreeMap;
use std::fmt;

use keybaton_core::{Field, SecretText, Texts, Writes};
use keybaton_stores::{Held, Store, StoreError, StoreUrl, Version, Written};
use serde_json::json;

use crate::fixtures::variable;
use crate::hands::ask;

pub(crate) struct Unsealed {
    store: Box<dyn Store>,
    url: String,
}

impl Unsealed {
    pub(crate) fn of(store: Box<dyn Store>, url: &StoreUrl) -> Box<dyn Store> {
        if url.kind().can.read_back { store } else { Box::new(Self { store, url: url.to_string() }) }
    }

    fn texts(&self) -> Texts {
        let scheme = self.url.split(':').next().unwrap();
        let found: BTreeMap<String, String> =
            serde_json::from_value(ask(scheme, &self.url, json!({ "do": "texts" }))).unwrap();
        let mut texts = Texts::default();
        for field in Field::ALL {
            if let Some(text) = found.get(&variable(field)) {
                texts.set(field, SecretText::new(text.as_str()));
            }
        }
        texts
    }
}

impl Store for Unsealed {
    fn read(&self) -> Result<Held, StoreError> {
        Ok(match self.store.read()? {
            Held::Sealed { record, version, .. } => {
                let texts = self.texts();
                // Others may be writing in between.
                assert!(record == texts.record || record.is_none() || texts.record.is_some());
                Held::Texts(texts, version)
            }
            held => held,
        })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        self.store.write(new, over)
    }
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}
