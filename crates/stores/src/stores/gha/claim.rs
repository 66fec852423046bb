//! The claim of one writer: a variable beside the record, which only one can make.

use std::cell::Cell;

use crate::remote::claimed::{is_abandoned, text_of};
use crate::remote::{Deadline, Effect};
use crate::{Note, StoreError, StoreErrorKind};

use super::Gha;
use super::calls::Made;

pub(super) struct Claim<'a> {
    store: &'a Gha,
    name: String,
    text: String,
    /// Whether somebody else's stands where it stood.
    is_lost: Cell<bool>,
}

impl<'a> Claim<'a> {
    /// Keeps other writers away. A claim that a crash left behind is taken away first.
    pub(super) fn take(store: &'a Gha, deadline: Deadline) -> Result<Self, StoreError> {
        let claim = Self {
            store,
            name: store.claim_name(),
            text: text_of(store.clock.now()),
            is_lost: Cell::new(false),
        };
        if claim.is_made(deadline)? {
            return Ok(claim);
        }
        let stands = store.variable(&claim.name, deadline)?;
        let is_ours = stands.as_deref() == Some(&*claim.text);
        let is_abandoned = || stands.is_some_and(|text| is_abandoned(&text, store.clock.now()));
        // Our own, where an answer was lost. Whether it stands is seen by the look that follows.
        if is_ours || is_abandoned() && store.delete(&claim.name, deadline) && claim.is_made(deadline)? {
            return Ok(claim);
        }
        Err(store.at_work())
    }

    fn is_made(&self, deadline: Deadline) -> Result<bool, StoreError> {
        // The text tells whose it is, so that a second attempt does no harm.
        match self.store.make(Effect::Repeats, &self.name, &self.text, self.store.place.made(), deadline) {
            Ok(Made::Yes) => Ok(true),
            Ok(Made::Taken(_)) => Ok(false),
            // A claim is not the ring.
            Err(error) if error.kind == StoreErrorKind::Uncertain => Err(self.store.not_claimed(&self.name)),
            Err(error) => Err(error),
        }
    }

    pub(super) fn is_ours(&self, deadline: Deadline) -> Result<bool, StoreError> {
        let is_ours = self.store.variable(&self.name, deadline)?.as_deref() == Some(&*self.text);
        self.is_lost.set(!is_ours);
        Ok(is_ours)
    }

    /// Takes it away, unless it is somebody else's by now.
    pub(super) fn release(self, deadline: Deadline) -> Option<Note> {
        if self.is_lost.get() {
            return None;
        }
        let is_gone = self.store.delete(&self.name, deadline);
        (!is_gone).then(|| self.store.not_released(&self.name))
    }
}
