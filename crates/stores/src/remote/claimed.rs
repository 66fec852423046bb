//! What stands in the claim of a writer, where a service lets only one of several make a value of the same name.

use keybaton_core::RingName;

use super::Line;
use super::deadline::WHOLE;
use crate::{Note, StoreError, StoreErrorKind};

/// What a claim is called: one for each ring, so that whoever writes it next meets what a crash left behind.
pub(crate) fn name_of(ring: &RingName) -> String {
    format!("{ring}_CLAIM")
}

/// When it was made, and by whom: two who claim in the same second are two.
pub(crate) fn text_of(now: u64) -> String {
    let mut random = [0; 8];
    // Without randomness it is a claim all the same: of two with the same text only one was made.
    let _ = getrandom::fill(&mut random);
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{now} {random}")
}

pub(crate) fn is_abandoned(text: &str, now: u64) -> bool {
    let claimed = text.split(' ').next().and_then(|time| time.parse::<u64>().ok());
    claimed.is_some_and(|claimed| now > claimed.saturating_add(ABANDONED))
}

impl<C> Line<C> {
    /// Another keybaton holds the claim of this name.
    pub(crate) fn at_work(&self, claim: &str) -> StoreError {
        let sentence = format!("{} is being written by another keybaton", self.store);
        StoreError::new(StoreErrorKind::Conflict, sentence).hint(format!(
            "nothing was written; run it again in a minute, and where nobody writes, delete the variable {claim}"
        ))
    }

    pub(crate) fn not_claimed(&self, claim: &str) -> StoreError {
        let sentence = format!("{}: {} did not say whether it made the claim {claim}", self.store, self.host);
        StoreError::new(StoreErrorKind::Unreachable, sentence)
            .hint("nothing was written; run it again, in a minute at the latest")
    }

    pub(crate) fn not_released(&self, claim: &str) -> Note {
        Note(format!(
            "{}: the claim {claim} could not be taken away; it keeps other writers out for a minute",
            self.store
        ))
    }
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
