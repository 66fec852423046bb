//! One parameter is written, and its version number tells whether nobody else wrote meanwhile.

use std::ops::RangeInclusive;

use keybaton_core::{Field, SecretText};
use serde_json::json;

use super::ParameterStore;
use super::traits::Traits;
use crate::error::MIXED;
use crate::remote::Deadline;
use crate::remote::call::Effect;
use crate::remote::line::conflict;
use crate::{StoreError, StoreErrorKind};

impl ParameterStore {
    pub(super) fn put(
        &self,
        field: Field,
        text: &SecretText,
        over: Option<u64>,
        traits: &Traits,
        deadline: Deadline,
    ) -> Result<u64, StoreError> {
        let asked = traits.asked(field, &self.name_of(field), text, over.is_some());
        let next = over.map_or(1, |over| over + 1);
        match self.aws.change(Effect::Writes, "PutParameter", &asked, deadline)? {
            Ok(told) => match told.body["Version"].as_u64() {
                None => Err(self.aws.line.uncertain("it does not say which version it wrote")),
                Some(version) if version == next => Ok(version),
                Some(version) if told.is_doubtful => self.all_ours(field, text, next..=version, deadline),
                Some(_) => Err(self.written_between()),
            },
            Err(refusal) if refusal.is("ParameterAlreadyExists") => match refusal.answer.is_doubtful {
                true => self.all_ours(field, text, next..=next, deadline),
                false => Err(conflict(&self.aws.line.store)),
            },
            Err(refusal) => Err(self.refused(&refusal)),
        }
    }

    /// An attempt that AWS answered with an error of its own may have been done, and used a version up. The last one,
    /// where all of them are ours.
    fn all_ours(
        &self,
        field: Field,
        text: &SecretText,
        versions: RangeInclusive<u64>,
        deadline: Deadline,
    ) -> Result<u64, StoreError> {
        let name = self.name_of(field);
        let names: Vec<String> = versions.clone().map(|version| format!("{name}:{version}")).collect();
        let asked = json!({ "Names": names, "WithDecryption": true });
        let Ok(Ok(told)) = self.aws.ask("GetParameters", &asked, deadline) else {
            return Err(self.aws.line.uncertain("an earlier attempt failed, and may have been done too"));
        };
        let found = told.body["Parameters"].as_array().into_iter().flatten();
        let is_ours = |value: &str| SecretText::new(value) == *text;
        let ours = found.filter_map(|one| one["Value"].as_str()).filter(|value| is_ours(value)).count();
        if ours == names.len() { Ok(*versions.end()) } else { Err(self.written_between()) }
    }

    fn written_between(&self) -> StoreError {
        let sentence = format!(
            "{}: another program wrote at the same moment, and one of the two writes is lost",
            self.aws.line.store
        );
        StoreError::new(StoreErrorKind::Overlap, sentence).hint(MIXED)
    }
}
