//! The claim of one writer: a variable beside the record, which only one can make.

use std::cell::Cell;

use crate::remote::Deadline;
use crate::remote::call::Effect;
use crate::remote::claimed::{Until, is_abandoned, name_of, text_of};
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
            name: name_of(&store.ring),
            text: text_of(store.clock.now()),
            is_lost: Cell::new(false),
        };
        if claim.is_made(deadline)? {
            return Ok(claim);
        }
        // Whether it stands is seen by the look that follows.
        if claim.takes_the_place_of_another(deadline)? {
            Ok(claim)
        } else {
            Err(store.line.at_work(Until::TakenAway(&claim.name)))
        }
    }

    fn takes_the_place_of_another(&self, deadline: Deadline) -> Result<bool, StoreError> {
        let store = self.store;
        let Some(stands) = store.variable(&self.name, deadline)? else { return Ok(false) };
        // Our own, where an answer was lost.
        if *stands == *self.text {
            return Ok(true);
        }
        if !is_abandoned(&stands, store.clock.now()) {
            return Ok(false);
        }
        // Somebody else may have done so meanwhile, and have a claim there that is not abandoned.
        if store.variable(&self.name, deadline)?.as_deref() != Some(&*stands) {
            return Ok(false);
        }
        Ok(store.delete(&self.name, deadline) && self.is_made(deadline)?)
    }

    fn is_made(&self, deadline: Deadline) -> Result<bool, StoreError> {
        // The text tells whose it is, so that a second attempt does no harm.
        match self.store.make(Effect::Repeats, &self.name, &self.text, self.store.place.made(), deadline) {
            Ok(Made::Yes) => Ok(true),
            Ok(Made::Taken(_)) => Ok(false),
            // A claim is not the ring.
            Err(error) if error.kind == StoreErrorKind::Uncertain => Err(self
                .store
                .line
                .not_claimed(&self.store.line.host, &format!("made the claim {}", self.name))),
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
        (!is_gone).then(|| self.store.line.not_released(&format!("the claim {}", self.name)))
    }
}
