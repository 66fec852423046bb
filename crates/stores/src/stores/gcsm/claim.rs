//! A note at the secret that says who is writing: adding a version cannot be guarded by itself.

/// `<random write id> <seconds since 1970>`, as it stands in the annotation. The seconds are Google's.
pub(super) struct Claim(String);

impl Claim {
    pub(super) fn new(now: u64) -> Self {
        let mut id = [0; 12];
        // Without randomness the second alone tells claims apart, and the etag still guards each of them.
        let _ = getrandom::fill(&mut id);
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{id} {now}"))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// For how many seconds a claim still keeps others out. `None`: it was left by somebody who was killed.
pub(super) fn stands_for(claim: &str, now: u64) -> Option<u64> {
    let begun: u64 = claim.split_once(' ')?.1.parse().ok()?;
    // A clock that went ahead must not keep others out for longer.
    LIFETIME.checked_sub(now.abs_diff(begun))
}

/// The annotation that holds it.
pub(super) const ANNOTATION: &str = "keybaton-claim";

/// Twice as long as a whole write can take.
const LIFETIME: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_stands_for_a_minute() {
        let claim = Claim::new(1000);
        assert_eq!(stands_for(claim.text(), 1000), Some(60));
        assert_eq!(stands_for(claim.text(), 1060), Some(0));
        assert_eq!(stands_for(claim.text(), 1061), None);
        assert_eq!(stands_for(claim.text(), 990), Some(50));
        assert_eq!(stands_for(claim.text(), 939), None);
    }

    #[test]
    fn what_is_no_claim_keeps_nobody_out() {
        for text in ["", "abc", "1000", "abc -5", "abc 1000 x", "abc 99999999999999999999999"] {
            assert_eq!(stands_for(text, 1000), None, "{text}");
        }
    }

    #[test]
    fn no_two_claims_are_the_same() {
        assert_ne!(Claim::new(1000).text(), Claim::new(1000).text());
    }
}
