//! Releases, of which each change of a config var makes one.

use serde_json::Value;

pub(super) struct Release {
    pub(super) version: u64,
    pub(super) status: Status,
}

/// How far a release came. Where the app has a release command, that runs first, and may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Out,
    Pending,
    Failed,
}

impl Release {
    pub(super) fn of(told: &Value) -> Option<Self> {
        let status = match told["status"].as_str() {
            Some("failed" | "expired") => Status::Failed,
            Some("pending") => Status::Pending,
            _ => Status::Out,
        };
        Some(Self { version: told["version"].as_u64()?, status })
    }
}
