//! The claim of one writer, a parameter that only one can create.

use std::time::{SystemTime, UNIX_EPOCH};

use super::ParameterStore;
use crate::remote::Deadline;
use crate::remote::deadline::WHOLE;
use crate::{Note, StoreError};

pub(super) struct Claim<'a> {
    store: &'a ParameterStore,
    name: String,
}

impl<'a> Claim<'a> {
    /// Keeps other writers away. A claim that a crash left behind is taken over.
    pub(super) fn take(store: &'a ParameterStore, deadline: Deadline) -> Result<Self, StoreError> {
        let name = store.claim_name();
        let text = format!("claimed at {}", now());
        if store.put_claim(&name, &text, None, deadline)?.is_some() {
            return Ok(Self { store, name });
        }
        // Gone meanwhile: whoever held it has written.
        let Some(held) = store.read_claim(&name, deadline)? else { return Err(store.at_work()) };
        let claimed = held["LastModifiedDate"].as_f64().unwrap_or_else(now);
        let (Some(version), true) = (held["Version"].as_u64(), now() - claimed > ABANDONED) else {
            return Err(store.at_work());
        };
        match store.put_claim(&name, &text, Some(version), deadline)? {
            Some(_) => Ok(Self { store, name }),
            None => Err(store.at_work()),
        }
    }

    pub(super) fn release(self, deadline: Deadline) -> Option<Note> {
        if self.store.drop_claim(&self.name, deadline) {
            return None;
        }
        Some(Note(format!(
            "{}: the claim {} could not be taken away; it does no harm",
            self.store.aws.line.store, self.name
        )))
    }
}

/// In seconds since 1970, as AWS counts.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// A write ends after half of that, so a claim that old is nobody's; the rest is for clocks that differ.
const ABANDONED: f64 = 2.0 * WHOLE.as_secs() as f64;
