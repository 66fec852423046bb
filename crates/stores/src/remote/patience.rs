//! How long a server wants to be left alone.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// What an answer asks for: with a number of seconds, or, where a limit of calls is reached, with the moment it ends.
pub(super) fn asked_for(headers: &HeaderMap, now: u64) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let wait = number(RETRY_AFTER.as_str()).or_else(|| {
        let is_reached = number("x-ratelimit-remaining")? == 0;
        let end = number("x-ratelimit-reset").filter(|_| is_reached)?;
        Some(end.saturating_sub(now) + 1)
    });
    wait.map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        asked_for(&headers.collect(), 1_000).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_limit_that_is_reached_says_when_it_ends() {
        assert_eq!(asked(&[("retry-after", "7"), ("x-ratelimit-remaining", "0")]), Some(7));
        assert_eq!(asked(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1005")]), Some(6));
        assert_eq!(asked(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "900")]), Some(1));
        assert_eq!(asked(&[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "1005")]), None);
        assert_eq!(asked(&[("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")]), None);
        assert_eq!(asked(&[]), None);
    }
}
