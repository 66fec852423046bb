//! The claim of one writer: a variable beside the ring's, which only one can make.

use std::cell::Cell;

use keybaton_core::SecretText;

use super::GitLab;
use super::calls::{Doing, Made};
use super::made::Traits;
use super::variable::Found;
use crate::remote::claimed::{is_abandoned, text_of};
use crate::remote::{Answer, Deadline, Effect};
use crate::{Note, StoreError, StoreErrorKind};

pub(super) struct Claim<'a> {
    store: &'a GitLab,
    name: String,
    text: SecretText,
    /// Whether somebody else's stands where it stood.
    is_lost: Cell<bool>,
}

impl<'a> Claim<'a> {
    /// Keeps other writers away. A claim that a crash left behind is taken away first.
    pub(super) fn take(store: &'a GitLab, deadline: Deadline) -> Result<Self, StoreError> {
        let text = SecretText::new(text_of(store.clock.now()));
        let claim = Self { store, name: store.claim_name(), text, is_lost: Cell::new(false) };
        if claim.is_made(deadline)? {
            return Ok(claim);
        }
        let found = store.look(Doing::Writing, deadline)?;
        let is_abandoned = claim.stands(&found).is_some_and(|text| is_abandoned(text, store.clock.now()));
        // Our own, where an answer was lost. Whether it stands is seen by the look that follows.
        if claim.is_ours(&found)
            || is_abandoned
                && store.delete(&claim.name, &store.place.scope, deadline)
                && claim.is_made(deadline)?
        {
            return Ok(claim);
        }
        Err(store.at_work())
    }

    fn is_made(&self, deadline: Deadline) -> Result<bool, StoreError> {
        let traits = Traits { kind: "env_var", is_masked: false, is_protected: true };
        // The text tells whose it is, so that a second attempt does no harm.
        match self.store.make_unless_there(Effect::Repeats, &self.name, &self.text, &traits, deadline) {
            Ok(Made::Yes(answer)) => self.must_be_scoped(&answer, deadline).map(|()| true),
            Ok(Made::Taken(_)) => Ok(false),
            // A claim is not the ring.
            Err(error) if error.kind == StoreErrorKind::Uncertain => Err(self.store.not_claimed(&self.name)),
            Err(error) => Err(error),
        }
    }

    /// Without a paid licence a group's variables are for all environments, whatever is asked for.
    fn must_be_scoped(&self, answer: &Answer, deadline: Deadline) -> Result<(), StoreError> {
        match answer.json()["environment_scope"].as_str() {
            Some(scope) if scope != self.store.place.scope => {
                self.store.delete(&self.name, scope, deadline);
                Err(self.store.unscoped())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn is_ours(&self, found: &Found) -> bool {
        let is_ours = self.stands(found) == Some(self.text.expose());
        self.is_lost.set(!is_ours);
        is_ours
    }

    fn stands<'f>(&self, found: &'f Found) -> Option<&'f str> {
        found.at(&self.name, &self.store.place.scope)?.value.as_ref().map(SecretText::expose)
    }

    /// Takes it away, unless it is somebody else's by now.
    pub(super) fn release(self, deadline: Deadline) -> Option<Note> {
        if self.is_lost.get() {
            return None;
        }
        let is_gone = self.store.delete(&self.name, &self.store.place.scope, deadline);
        (!is_gone).then(|| self.store.not_released(&self.name))
    }
}
