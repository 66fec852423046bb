//! What stands in the claim of a writer, where a service lets only one of several make a value of the same name.

use super::deadline::WHOLE;

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
