//! A ring as three members of one value.

use std::fmt;

use keybaton_core::{SecretText, Texts, Writes};

use super::Deadline;
use super::line::conflict;
use super::members::{members_of, texts_in};
use super::object::Object;
use super::seen::Seen;
use super::values::{Put, Spot, Value, Values};
use crate::text::without_nul;
use crate::{Held, Store, StoreError, StoreErrorKind, Version, Written};

/// One value: a JSON object of the three texts and whatever else is in it.
pub(crate) struct Joined<V> {
    values: V,
    spot: Spot,
    seen: Seen<Option<Value>>,
}

impl<V: Values> Joined<V> {
    pub(crate) fn new(values: V, spot: Spot) -> Self {
        Self { values, spot, seen: Seen::default() }
    }

    fn look(&self, deadline: Deadline) -> Result<(Texts, Version), StoreError> {
        let value = self.values.get(&self.spot.name, deadline)?;
        let texts =
            value.as_ref().map(|value| self.spot.texts_of(&value.text)).transpose()?.unwrap_or_default();
        let version = match &value {
            Some(value) if !texts.is_absent() => Version::Is(value.version.clone()),
            _ => Version::Absent,
        };
        self.seen.keep(&version, value);
        Ok((texts, version))
    }

    /// What stood there at that version.
    fn before(&self, over: &Version, deadline: Deadline) -> Result<Option<Value>, StoreError> {
        if let Some(value) = self.seen.take(over) {
            return Ok(value);
        }
        self.look(deadline)?;
        self.seen.take(over).ok_or_else(|| conflict(&self.spot.store))
    }
}

impl<V: Values> Store for Joined<V> {
    fn read(&self) -> Result<Held, StoreError> {
        let (texts, version) = self.look(Deadline::begin())?;
        Ok(if texts.is_absent() { Held::Absent } else { Held::Texts(texts, version) })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let _alone = self.values.alone()?;
        let deadline = Deadline::begin();
        let before = self.before(over, deadline)?;
        let value = self.spot.value_of(&new.whole, before.as_ref().map(|value| &value.text))?;
        self.values.must_fit(&value)?;
        let over = self.spot.over(before.as_ref().map(|value| &*value.version), over);
        let Put { version, mut notes, overlap, has_copies } =
            self.values.put(&self.spot.name, &value, over, deadline)?;
        if has_copies {
            notes.extend(self.values.wait_for_copies(&self.spot.name, deadline));
        }
        overlap.map_or_else(|| Ok(Written { version: Version::Is(version), notes }), Err)
    }
}

impl Spot {
    fn texts_of(&self, value: &SecretText) -> Result<Texts, StoreError> {
        let texts = match Object::parse(value.expose()) {
            Some(object) => texts_in(&object, &self.ring, &self.store)?,
            // Whoever reads this value takes all of it as the key.
            None if is_blank(value) => Texts::default(),
            None => Texts { signing: Some(value.duplicate()), ..Texts::default() },
        };
        without_nul(texts, |field| format!("{} in {}", self.ring.of(field), self.store))
    }

    /// The value with these texts in it.
    fn value_of(&self, texts: &Texts, before: Option<&SecretText>) -> Result<SecretText, StoreError> {
        let members = members_of(texts, &self.ring);
        let text = before.map(SecretText::expose).filter(|text| !text.trim().is_empty()).unwrap_or("{}");
        match Object::parse(text) {
            Some(object) => Ok(object.with(&members)),
            None if self.may_reshape => Ok(Object::empty().with(&members)),
            None => Err(self.would_reshape()),
        }
    }

    fn would_reshape(&self) -> StoreError {
        let sentence = format!(
            "{} holds a key and nothing else, and who reads it takes all of it as the key",
            self.store
        );
        StoreError::new(StoreErrorKind::Refused, sentence).hint(
            "layout=separate in its URL keeps that value as it is and puts two beside it; --reshape makes it a JSON object, \
             from which each consumer then has to pick",
        )
    }
}

fn is_blank(value: &SecretText) -> bool {
    value.expose().trim().is_empty()
}

impl<V> fmt::Debug for Joined<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Joined({:?})", self.spot)
    }
}
