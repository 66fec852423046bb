//! The claim of one writer, a parameter that only one can create.

use serde_json::json;

use super::ParameterStore;
use crate::remote::Deadline;
use crate::remote::aws::{Reply, token};
use crate::remote::call::Effect;
use crate::remote::claimed::Until;
use crate::remote::deadline::WHOLE;
use crate::{Note, StoreError, StoreErrorKind};

pub(super) struct Claim<'a> {
    store: &'a ParameterStore,
    name: String,
    text: Text,
}

impl<'a> Claim<'a> {
    /// Keeps other writers away. A claim that a crash left behind is taken over.
    pub(super) fn take(store: &'a ParameterStore, deadline: Deadline) -> Result<Self, StoreError> {
        let claim = Self { store, name: store.claim_name(), text: Text::new(token()?) };
        if claim.is_created(deadline)? {
            return Ok(claim);
        }
        let Some(held) = claim.held(&claim.name, deadline)? else {
            return Err(store.aws.line.at_work(Until::Unknown));
        };
        // An attempt to create it was done, and its answer lost.
        if held.text == claim.text {
            return Ok(claim);
        }
        if let Some(seconds) = held.stands_for() {
            return Err(store.aws.line.at_work(Until::Seconds(seconds)));
        }
        let claim = Self { text: claim.text.after(&held.text), ..claim };
        if claim.is_first_after(&held, deadline)? {
            Ok(claim)
        } else {
            Err(store.aws.line.at_work(Until::Unknown))
        }
    }

    fn is_created(&self, deadline: Deadline) -> Result<bool, StoreError> {
        match self.put(false, deadline)? {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.is("ParameterAlreadyExists") => Ok(false),
            Err(refusal) => Err(self.store.refused(&refusal)),
        }
    }

    /// Whoever writes the next version holds it now; who comes after that, in the same moment, holds nothing.
    fn is_first_after(&self, abandoned: &Held, deadline: Deadline) -> Result<bool, StoreError> {
        let next = abandoned.version + 1;
        match self.put(true, deadline)? {
            Ok(told) if told.body["Version"].as_u64() == Some(next) => {}
            // That version may be ours all the same, from an attempt whose answer was lost.
            Ok(_) if self.stands_as(next, &self.text, deadline)? => {}
            Ok(_) => return Ok(false),
            Err(refusal) => return Err(self.store.refused(&refusal)),
        }
        // A claim that was taken away and made anew counts from 1 again: ours then came after one of somebody at work.
        self.stands_as(abandoned.version, &abandoned.text, deadline)
    }

    fn stands_as(&self, version: u64, text: &Text, deadline: Deadline) -> Result<bool, StoreError> {
        let held = self.held(&format!("{}:{version}", self.name), deadline)?;
        Ok(held.is_some_and(|held| held.text == *text))
    }

    /// The text tells whose it is, so that a second attempt does no harm.
    fn put(&self, overwrite: bool, deadline: Deadline) -> Result<Reply, StoreError> {
        let text = self.text.to_string();
        let asked = json!({ "Name": self.name, "Value": text, "Type": "String", "Overwrite": overwrite });
        let reply = self.store.aws.change(Effect::Repeats, "PutParameter", &asked, deadline);
        reply.map_err(|error| match error.kind {
            // A claim is not the ring.
            StoreErrorKind::Uncertain => {
                let what = format!("took the claim {}", self.name);
                self.store.aws.line.not_claimed("AWS", &what)
            }
            _ => error,
        })
    }

    /// What stands there now, or stood there as some version.
    fn held(&self, name: &str, deadline: Deadline) -> Result<Option<Held>, StoreError> {
        match self.store.aws.ask("GetParameter", &json!({ "Name": name }), deadline)? {
            Ok(told) => Ok(Some(Held::of(&told.body["Parameter"], told.at))),
            Err(refusal) if GONE.contains(&refusal.code.as_str()) => Ok(None),
            Err(refusal) => Err(self.store.refused(&refusal)),
        }
    }

    /// Takes it away, unless it is somebody else's by now.
    pub(super) fn release(self, deadline: Deadline) -> Option<Note> {
        for _ in 0..ATTEMPTS {
            match self.remove(deadline) {
                Ok(()) => return None,
                // It may be gone, and what stands there the claim of the next writer.
                Err(error) if error.kind == StoreErrorKind::Uncertain => {}
                Err(_) => break,
            }
        }
        Some(self.store.aws.line.not_released(&format!("the claim {}", self.name)))
    }

    fn remove(&self, deadline: Deadline) -> Result<(), StoreError> {
        let held = self.held(&self.name, deadline)?;
        if !held.is_some_and(|held| self.text.wins_over(&held.text)) {
            return Ok(());
        }
        let asked = json!({ "Name": self.name });
        match self.store.aws.change(Effect::Once, "DeleteParameter", &asked, deadline)? {
            Ok(_) => Ok(()),
            Err(refusal) if GONE.contains(&refusal.code.as_str()) => Ok(()),
            Err(refusal) => Err(self.store.refused(&refusal)),
        }
    }
}

/// A claim as it was found.
struct Held {
    text: Text,
    version: u64,
    /// In seconds, by AWS's clock alone.
    age: u64,
}

impl Held {
    fn of(parameter: &serde_json::Value, at: u64) -> Self {
        let modified = parameter["LastModifiedDate"].as_f64().unwrap_or_default();
        Self {
            text: Text::read(parameter["Value"].as_str().unwrap_or_default()),
            version: parameter["Version"].as_u64().unwrap_or_default(),
            age: at.abs_diff(modified as u64),
        }
    }

    /// For how many seconds it still keeps others out.
    fn stands_for(&self) -> Option<u64> {
        ABANDONED.checked_sub(self.age)
    }
}

/// `keybaton ID`, or `keybaton ID after ID` where an abandoned claim is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    id: String,
    after: Option<String>,
}

impl Text {
    fn new(id: String) -> Self {
        Self { id, after: None }
    }

    fn read(text: &str) -> Self {
        let mut words = text.split(' ').skip(1).step_by(2).map(str::to_owned);
        Self { id: words.next().unwrap_or_default(), after: words.next() }
    }

    fn after(self, abandoned: &Self) -> Self {
        Self { after: Some(abandoned.id.clone()), ..self }
    }

    /// Whether this is the claim that holds where the other one stands: itself, or one that came second to it.
    fn wins_over(&self, other: &Self) -> bool {
        self == other || (self.after.is_some() && self.after == other.after)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "keybaton {}", self.id)?;
        self.after.as_ref().map_or(Ok(()), |after| write!(f, " after {after}"))
    }
}

/// Each time the claim is looked at first.
const ATTEMPTS: usize = 3;
const GONE: [&str; 2] = ["ParameterNotFound", "ParameterVersionNotFound"];

/// In seconds. A write ends after half of that, so a claim that old is nobody's.
const ABANDONED: u64 = 2 * WHOLE.as_secs();
