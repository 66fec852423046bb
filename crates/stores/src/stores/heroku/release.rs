//! Releases, of which each change of a config var makes one.

use serde_json::Value;

pub(super) struct Release {
    pub(super) version: u64,
    description: String,
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
        let description = told["description"].as_str().unwrap_or_default().to_owned();
        Some(Self { version: told["version"].as_u64()?, description, status })
    }

    /// Deployments and promotions bring code and leave the config vars alone; whatever else may have changed them.
    pub(super) fn may_change_config(&self) -> bool {
        !["Deploy ", "Promote "].iter().any(|start| self.description.starts_with(start))
    }
}
