//! The version numbers of the three parameters, as one version of the ring.

use keybaton_core::Field;

use crate::Version;

#[derive(Default)]
pub(super) struct Versions([Option<u64>; 3]);

impl Versions {
    pub(super) fn get(&self, field: Field) -> Option<u64> {
        self.0[place(field)]
    }

    pub(super) fn set(&mut self, field: Field, version: u64) {
        self.0[place(field)] = Some(version);
    }

    pub(super) fn together(&self) -> Version {
        if self.0.iter().all(Option::is_none) {
            return Version::Absent;
        }
        Version::Is(
            self.0
                .map(|version| version.map_or_else(String::new, |version| version.to_string()))
                .join("\n")
                .into(),
        )
    }
}

fn place(field: Field) -> usize {
    match field {
        Field::Signing => 0,
        Field::Fallbacks => 1,
        Field::Record => 2,
    }
}
