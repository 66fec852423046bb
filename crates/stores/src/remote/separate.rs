//! A ring as three values, for consumers that can only take a whole one.

use std::collections::BTreeSet;
use std::fmt;

use keybaton_core::{Field, Texts, Writes};

use super::Deadline;
use super::line::conflict;
use super::values::{Spot, Values};
use crate::text::without_nul;
use crate::{Held, Store, StoreError, Version, Written};

/// The signing key under the name itself, the fallbacks and the record beside it.
pub(crate) struct Separate<V> {
    pub(crate) values: V,
    pub(crate) spot: Spot,
}

impl<V: Values> Separate<V> {
    fn name_of(&self, field: Field) -> String {
        let name = &self.spot.name;
        match field {
            Field::Signing => name.clone(),
            Field::Fallbacks => format!("{name}-fallbacks"),
            Field::Record => format!("{name}-ring"),
        }
    }

    /// The signing key last: in core's order of writes no reader then holds a pair that refuses a valid signature.
    fn look(&self, deadline: Deadline) -> Result<(Texts, Versions), StoreError> {
        let (mut texts, mut versions) = (Texts::default(), Versions::default());
        for field in [Field::Record, Field::Fallbacks, Field::Signing] {
            if let Some(value) = self.values.get(&self.name_of(field), deadline)? {
                texts.set(field, value.text);
                *versions.of(field) = Some(value.version);
            }
        }
        Ok((without_nul(texts, |field| self.name_of(field))?, versions))
    }
}

impl<V: Values> Store for Separate<V> {
    fn read(&self) -> Result<Held, StoreError> {
        let (texts, versions) = self.look(Deadline::begin())?;
        Ok(match versions.together() {
            Version::Absent => Held::Absent,
            version => Held::Texts(texts, version),
        })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        new.steps.iter().try_for_each(|step| self.values.must_fit(&step.text))?;
        let _alone = self.values.alone()?;
        let deadline = Deadline::begin();
        let (_, mut versions) = self.look(deadline)?;
        // Each step is guarded by itself, but none of them should be done where a later one cannot be.
        if versions.together() != *over {
            return Err(conflict(&self.spot.store));
        }
        let (mut notes, mut copied, mut overlap) = (Vec::new(), BTreeSet::new(), None);
        for (done, step) in new.steps.iter().enumerate() {
            let version = versions.of(step.field);
            let found = self.spot.over(version.as_deref(), over);
            let put = self.values.put(&self.name_of(step.field), &step.text, found, deadline);
            let put = put.map_err(|error| if done == 0 { error } else { error.after_a_part() })?;
            *version = Some(put.version);
            notes.extend(put.notes);
            overlap = overlap.or(put.overlap);
            copied.extend(put.has_copies.then_some(step.field));
        }
        notes.extend(
            copied.into_iter().flat_map(|field| self.values.wait_for_copies(&self.name_of(field), deadline)),
        );
        overlap.map_or_else(|| Ok(Written { version: versions.together(), notes }), Err)
    }
}

/// The version of each of the three.
#[derive(Default)]
struct Versions {
    signing: Option<Box<str>>,
    fallbacks: Option<Box<str>>,
    record: Option<Box<str>>,
}

impl Versions {
    fn of(&mut self, field: Field) -> &mut Option<Box<str>> {
        match field {
            Field::Signing => &mut self.signing,
            Field::Fallbacks => &mut self.fallbacks,
            Field::Record => &mut self.record,
        }
    }

    fn together(&self) -> Version {
        let all = [&self.signing, &self.fallbacks, &self.record];
        if all.iter().all(|version| version.is_none()) {
            return Version::Absent;
        }
        Version::Is(all.map(|version| version.as_deref().unwrap_or_default()).join("\n").into())
    }
}

impl<V> fmt::Debug for Separate<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Separate({:?})", self.spot)
    }
}
