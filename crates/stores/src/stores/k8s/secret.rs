//! What a Secret says, and what it takes.

use keybaton_core::{Field, RingName, SecretText, Texts};
use serde_json::{Map, Value};

use super::owner::Owner;
use super::place::Place;
use crate::remote::base64;
use crate::text::{text_of, without_nul};
use crate::{Note, StoreError, StoreErrorKind};

/// The ring's texts in a Secret.
pub(super) fn texts_of(secret: &Value, ring: &RingName, place: &Place) -> Result<Texts, StoreError> {
    let name_of = |field| format!("{} in {}", ring.of(field), place.store);
    let mut texts = Texts::default();
    for field in Field::ALL {
        let Some(encoded) = secret["data"][ring.of(field)].as_str() else { continue };
        let Some(bytes) = base64::decode(encoded) else {
            let sentence = format!("{} is not base64", name_of(field));
            return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
                .hint("check the address in your kubeconfig: is it an API server of Kubernetes?"));
        };
        texts.set(field, SecretText::new(text_of(&bytes, &name_of(field))?));
    }
    without_nul(texts, name_of)
}

/// The texts as the data of a Secret.
pub(super) fn data_of(texts: &Texts, ring: &RingName) -> Map<String, Value> {
    let encoded = |field| Some(Value::String(base64::encode(texts.get(field)?.as_bytes())));
    Field::ALL.into_iter().filter_map(|field| Some((ring.of(field), encoded(field)?))).collect()
}

/// What a write has to know of a Secret.
pub(super) struct Facts {
    pub(super) version: String,
    owner: Option<Owner>,
    is_immutable: bool,
    is_going: bool,
    /// How many bytes its other data has.
    others: usize,
    /// Whether `kubectl apply` left a key of the ring in an annotation.
    has_copy: bool,
}

impl Facts {
    /// `None` where it has no version, as no Secret from a server does.
    pub(super) fn of(secret: &Value, ring: &RingName) -> Option<Self> {
        let metadata = &secret["metadata"];
        let names = Field::ALL.map(|field| ring.of(field));
        Some(Self {
            version: metadata["resourceVersion"].as_str()?.to_owned(),
            owner: Owner::of(metadata, &names),
            is_immutable: secret["immutable"] == true,
            is_going: metadata["deletionTimestamp"].is_string(),
            others: size_of_others(&secret["data"], &names),
            has_copy: applied(metadata).is_some_and(|applied| holds_any(&applied, &names)),
        })
    }

    /// Whether the Secret can take these texts, as far as can be told beforehand.
    pub(super) fn must_take(
        &self,
        texts: &Texts,
        place: &Place,
        adopt_owner: bool,
    ) -> Result<(), StoreError> {
        let Place { store, .. } = place;
        if self.is_going {
            let sentence = format!("{store} is being deleted");
            return Err(StoreError::new(StoreErrorKind::Refused, sentence).hint("wait until it is gone"));
        }
        if self.is_immutable {
            let sentence = format!("{store} is immutable, so nobody can write it");
            return Err(StoreError::new(StoreErrorKind::Unsupported, sentence)
                .hint("make a Secret that is not, and name it in keybaton.toml"));
        }
        match &self.owner {
            Some(owner) if !adopt_owner => Err(owner.refusal(store)),
            _ => must_fit(texts, self.others, place),
        }
    }

    pub(super) fn notes(&self, place: &Place) -> Vec<Note> {
        let note = || {
            let take_out = place.kubectl(&format!("annotate secret {} {APPLIED}-", place.name));
            Note(format!(
                "{} still has an earlier key in the annotation of kubectl apply: take the key out of the file that was \
                 applied, then `{take_out}`",
                place.store
            ))
        };
        self.has_copy.then(note).into_iter().collect()
    }
}

/// The server counts the bytes of all values, without their names.
pub(super) fn must_fit(texts: &Texts, others: usize, place: &Place) -> Result<(), StoreError> {
    let ours: usize = Field::ALL.into_iter().filter_map(|field| texts.get(field)).map(str::len).sum();
    if ours + others <= LARGEST {
        return Ok(());
    }
    let sentence = format!("{} would be larger than 1 MiB, which a Secret cannot be", place.store);
    Err(StoreError::new(StoreErrorKind::TooLarge, sentence).hint("keep the ring in a Secret of its own"))
}

fn size_of_others(data: &Value, names: &[String]) -> usize {
    let others = data.as_object().into_iter().flatten().filter(|(name, _)| !names.contains(name));
    others.filter_map(|(_, value)| base64::decode(value.as_str()?)).map(|bytes| bytes.len()).sum()
}

/// The file that `kubectl apply` was given last.
fn applied(metadata: &Value) -> Option<Value> {
    serde_json::from_str(metadata["annotations"][APPLIED].as_str()?).ok()
}

fn holds_any(applied: &Value, names: &[String]) -> bool {
    ["data", "stringData"].iter().any(|part| names.iter().any(|name| applied[part][name].is_string()))
}

const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const LARGEST: usize = 1 << 20;
