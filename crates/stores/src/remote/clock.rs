//! A server's clock, which all writers have in common.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// This machine's clock, put right by what answers are dated.
#[derive(Default)]
pub(crate) struct Clock(AtomicI64);

impl Clock {
    pub(crate) fn set(&self, dated: Option<u64>) {
        if let Some(dated) = dated.and_then(|dated| i64::try_from(dated).ok()) {
            self.0.store(dated.saturating_sub(own()), Ordering::Relaxed);
        }
    }

    /// In seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        own().saturating_add(self.0.load(Ordering::Relaxed)).try_into().unwrap_or_default()
    }
}

fn own() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_whose_clock_is_wrong_counts_as_the_server_does() {
        let clock = Clock::default();
        for dated in [own() as u64 + 5_000, 1_000] {
            clock.set(Some(dated));
            clock.set(None);
            assert!((dated..dated + 3).contains(&clock.now()));
        }
    }
}
