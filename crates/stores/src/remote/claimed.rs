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

/// How long the claim of somebody else stands at most.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until<'a> {
    Unknown,
    Seconds(u64),
    /// Until somebody takes this variable away.
    TakenAway(&'a str),
}

impl<C> Line<C> {
    /// Another keybaton holds the claim.
    pub(crate) fn at_work(&self, until: Until<'_>) -> StoreError {
        let sentence = format!("{} is being written by another keybaton", self.store);
        StoreError::new(StoreErrorKind::Conflict, sentence).hint(match until {
            Until::Unknown => "nothing was written; run it again".to_owned(),
            Until::Seconds(seconds) => format!(
                "nothing was written; run it again, in {} s at the latest should the other have been killed",
                seconds + 1
            ),
            Until::TakenAway(variable) => format!(
                "nothing was written; run it again in a minute, and where nobody writes, delete the variable {variable}"
            ),
        })
    }

    /// `who` did not say whether it did something: a claim is not the ring.
    pub(crate) fn not_claimed(&self, who: &str, what: &str) -> StoreError {
        let sentence = format!("{}: {who} did not say whether it {what}", self.store);
        StoreError::new(StoreErrorKind::Unreachable, sentence)
            .hint("nothing was written; run it again, in a minute at the latest")
    }

    /// `what` keeps others out: "the claim NAME".
    pub(crate) fn not_released(&self, what: &str) -> Note {
        Note(format!(
            "{}: {what} could not be taken away; it keeps other writers out for a minute",
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
