//! The claim of one writer: a variable beside the ring's, which only one can make.

use std::cell::Cell;

use keybaton_core::SecretText;

use super::GitLab;
use super::calls::{Doing, Made};
use super::made::Traits;
use super::variable::Found;
use crate::remote::deadline::WHOLE;
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

/// When it was made, and by whom: two who claim in the same second are two.
fn text_of(now: u64) -> String {
    let mut random = [0; 8];
    // Without randomness it is a claim all the same: of two with the same text only one was made.
    let _ = getrandom::fill(&mut random);
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{now} {random}")
}

fn is_abandoned(text: &str, now: u64) -> bool {
    let claimed = text.split(' ').next().and_then(|time| time.parse::<u64>().ok());
    claimed.is_some_and(|claimed| now > claimed.saturating_add(ABANDONED))
}

/// A write ends after half of that, so a claim that old is nobody's.
const ABANDONED: u64 = 2 * WHOLE.as_secs();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_abandoned_after_a_minute_and_not_where_its_clock_is_ahead() {
        let text = text_of(1_000);
        for (now, abandoned) in [(900, false), (1_000, false), (1_060, false), (1_061, true)] {
            assert_eq!(is_abandoned(&text, now), abandoned, "{now}");
        }
        assert!(!is_abandoned("made by hand", 1_000));
        assert_ne!(text, text_of(1_000));
    }
}
