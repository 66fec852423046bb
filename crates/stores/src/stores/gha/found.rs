//! What stands in GitHub of a ring, as far as GitHub tells.

use keybaton_core::{Field, Unseen};
use serde_json::Value;

use crate::remote::date;
use crate::{Held, Version};

/// A secret: that it is there, and since when.
pub(super) struct Secret {
    pub(super) written: String,
    /// Of an organization's: which repositories get it.
    pub(super) visibility: Option<String>,
}

/// The variable that holds the record.
pub(super) struct Record {
    pub(super) text: String,
    written: String,
}

#[derive(Default)]
pub(super) struct Found {
    pub(super) signing: Option<Secret>,
    pub(super) fallbacks: Option<Secret>,
    pub(super) record: Option<Record>,
}

impl Secret {
    pub(super) fn of(told: &Value) -> Self {
        let visibility = told["visibility"].as_str().map(str::to_owned);
        Self { written: text(told, "updated_at"), visibility }
    }
}

impl Record {
    pub(super) fn of(told: &Value) -> Self {
        Self { text: text(told, "value"), written: text(told, "updated_at") }
    }
}

fn text(told: &Value, name: &str) -> String {
    told[name].as_str().unwrap_or_default().to_owned()
}

impl Found {
    pub(super) fn is_absent(&self) -> bool {
        self.signing.is_none() && self.fallbacks.is_none() && self.record.is_none()
    }

    pub(super) fn secret(&self, field: Field) -> Option<&Secret> {
        match field {
            Field::Signing => self.signing.as_ref(),
            Field::Fallbacks => self.fallbacks.as_ref(),
            Field::Record => None,
        }
    }

    pub(super) fn held(self) -> Held {
        let (version, keys) = (self.version(), self.keys());
        match version {
            Version::Absent => Held::Absent,
            version => Held::Sealed { record: self.record.map(|record| record.text), keys, version },
        }
    }

    /// The record and the times of all three: GitHub counts no versions.
    pub(super) fn version(&self) -> Version {
        if self.is_absent() {
            return Version::Absent;
        }
        let time = |secret: &Option<Secret>| {
            secret.as_ref().map(|secret| secret.written.clone()).unwrap_or_default()
        };
        let record = self.record.as_ref().map(|record| format!("{} {}", record.written, record.text));
        let whole = [time(&self.signing), time(&self.fallbacks), record.unwrap_or_default()].join(" ");
        Version::Is(whole.into())
    }

    fn keys(&self) -> Unseen {
        match (&self.signing, &self.fallbacks) {
            (Some(_), Some(_)) if self.written_since().is_some() => Unseen::WrittenSince,
            (Some(_), Some(_)) => Unseen::AsRecorded,
            _ => Unseen::Missing,
        }
    }

    /// A secret that was written after the record, which is the last thing that keybaton writes.
    pub(super) fn written_since(&self) -> Option<(Field, &Secret)> {
        let record = date::of_rfc3339(&self.record.as_ref()?.written)?;
        let is_later = |secret: &Secret| {
            date::of_rfc3339(&secret.written).is_some_and(|written| written > record + SAME_MOMENT)
        };
        let secrets = [Field::Signing, Field::Fallbacks].map(|field| Some((field, self.secret(field)?)));
        secrets.into_iter().flatten().find(|(_, secret)| is_later(secret))
    }
}

/// In seconds. GitHub rounds to whole ones, and its clocks may differ by a little.
const SAME_MOMENT: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(signing: &str, record: &str) -> Found {
        let secret = |written: &str| Some(Secret { written: written.to_owned(), visibility: None });
        let record = Record { text: "cmVj".to_owned(), written: record.to_owned() };
        Found { signing: secret(signing), fallbacks: secret(FIRST), record: Some(record) }
    }

    const FIRST: &str = "2026-01-01T00:00:00Z";

    #[test]
    fn a_secret_that_is_later_than_the_record_by_more_than_a_moment_is_somebody_elses() {
        for (signing, keys) in [
            ("2025-12-31T23:59:59Z", Unseen::AsRecorded),
            ("2026-01-01T00:00:02Z", Unseen::AsRecorded),
            ("2026-01-01T00:00:03Z", Unseen::WrittenSince),
            ("soon", Unseen::AsRecorded),
        ] {
            assert_eq!(found(signing, FIRST).keys(), keys, "{signing}");
        }
        assert_eq!(found(FIRST, "").keys(), Unseen::AsRecorded);
        assert_eq!(Found { signing: None, ..found(FIRST, FIRST) }.keys(), Unseen::Missing);
    }

    #[test]
    fn each_time_is_a_part_of_the_version() {
        let versions =
            [found(FIRST, FIRST), found("later", FIRST), found(FIRST, "later")].map(|found| found.version());
        assert!(versions[0] != versions[1] && versions[0] != versions[2] && versions[1] != versions[2]);
        assert_eq!(Found::default().version(), Version::Absent);
    }
}
