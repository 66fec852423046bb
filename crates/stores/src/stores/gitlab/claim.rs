//! The claim of one writer: a variable beside the ring's, which only one can make.

use std::cell::Cell;

use keybaton_core::SecretText;

use super::GitLab;
use super::calls::{Doing, Made};
use super::made::Traits;
use super::scope::EVERYWHERE;
use super::variable::{Found, Variable};
use crate::remote::Deadline;
use crate::remote::call::Effect;
use crate::remote::claimed::{Until, is_abandoned, name_of, text_of};
use crate::{Note, StoreError, StoreErrorKind};

pub(super) struct Claim<'a> {
    store: &'a GitLab,
    name: String,
    text: SecretText,
    /// Whether it stood there when somebody looked last; nothing before the first look.
    is_ours: Cell<Option<bool>>,
}

impl<'a> Claim<'a> {
    /// Keeps other writers away. A claim that a crash left behind is taken away first.
    pub(super) fn take(store: &'a GitLab, deadline: Deadline) -> Result<Self, StoreError> {
        let text = SecretText::new(text_of(store.clock.now()));
        let claim = Self { store, name: name_of(&store.ring), text, is_ours: Cell::new(None) };
        if claim.is_made(deadline)? || claim.takes_the_place_of_another(deadline)? {
            // Whether it still stands is seen by the look that follows.
            return Ok(claim);
        }
        Err(store.line.at_work(Until::TakenAway(&claim.name)))
    }

    fn takes_the_place_of_another(&self, deadline: Deadline) -> Result<bool, StoreError> {
        let found = self.store.look(Doing::Writing, deadline)?;
        let Some(other) = self.in_the_way(&found) else { return Ok(false) };
        // Our own, where an answer was lost.
        if self.is(other) {
            return self.must_be_scoped(&other.scope, deadline).map(|()| true);
        }
        if !other.value.as_ref().is_some_and(|text| is_abandoned(text.expose(), self.store.clock.now())) {
            return Ok(false);
        }
        // Somebody else may have done so meanwhile, and have a claim there that is not abandoned.
        let again = self.store.look(Doing::Writing, deadline)?;
        if again.at(&self.name, &other.scope).is_none_or(|now| now.value != other.value) {
            return Ok(false);
        }
        Ok(self.store.delete(&self.name, &other.scope, deadline) && self.is_made(deadline)?)
    }

    /// The claim that keeps ours from being made. It stands at another scope where GitLab gives none.
    fn in_the_way<'f>(&self, found: &'f Found) -> Option<&'f Variable> {
        let place = &self.store.place;
        let everywhere = || found.at(&self.name, EVERYWHERE).filter(|_| place.is_group());
        found.at(&self.name, &place.scope).or_else(everywhere)
    }

    fn is_made(&self, deadline: Deadline) -> Result<bool, StoreError> {
        let traits = Traits { is_masked: false, is_protected: true };
        // The text tells whose it is, so that a second attempt does no harm.
        match self.store.make_unless_there(Effect::Repeats, &self.name, &self.text, &traits, deadline) {
            Ok(Made::Yes(answer)) => {
                // Versions that have no scopes say none.
                let told = answer.json();
                let scope = told["environment_scope"].as_str().unwrap_or(&self.store.place.scope);
                self.must_be_scoped(scope, deadline).map(|()| true)
            }
            Ok(Made::Taken(_)) => Ok(false),
            // A claim is not the ring.
            Err(error) if error.kind == StoreErrorKind::Uncertain => Err(self
                .store
                .line
                .not_claimed(&self.store.line.host, &format!("made the claim {}", self.name))),
            Err(error) => Err(error),
        }
    }

    /// Without a paid licence a group's variables are for all environments, whatever is asked for.
    fn must_be_scoped(&self, scope: &str, deadline: Deadline) -> Result<(), StoreError> {
        if scope == self.store.place.scope {
            return Ok(());
        }
        self.store.delete(&self.name, scope, deadline);
        Err(self.store.unscoped())
    }

    pub(super) fn is_ours(&self, found: &Found) -> bool {
        let is_ours = found.at(&self.name, &self.store.place.scope).is_some_and(|stands| self.is(stands));
        self.is_ours.set(Some(is_ours));
        is_ours
    }

    fn is(&self, variable: &Variable) -> bool {
        variable.value.as_ref() == Some(&self.text)
    }

    /// Takes it away, unless it is somebody else's by now.
    pub(super) fn release(self, deadline: Deadline) -> Option<Note> {
        if self.is_ours.get().is_none()
            && let Ok(found) = self.store.look(Doing::Writing, deadline)
        {
            self.is_ours(&found);
        }
        let is_gone = match self.is_ours.get() {
            Some(true) => self.store.delete(&self.name, &self.store.place.scope, deadline),
            Some(false) => true,
            None => false,
        };
        (!is_gone).then(|| self.store.line.not_released(&format!("the claim {}", self.name)))
    }
}
