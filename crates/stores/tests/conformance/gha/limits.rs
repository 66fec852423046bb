//! GitHub's limits of calls: waited for where that is short, told where it is not.

use std::time::Instant;

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{KEY, begin, host, play};
use crate::ground::{ring, told, write};
use crate::world::read;

#[test]
fn who_is_asked_to_wait_a_moment_does_and_goes_on() {
    for status in [403, 429] {
        let Some(ground) = begin() else { return };
        play(&ground, refusal("PUT SECRET_KEY", status, SECONDARY, json!({ "Retry_After": "2" })));
        let (store, began) = (ground.open(), Instant::now());
        write(&*store, KEY, &Version::Absent).unwrap();
        assert!(began.elapsed().as_secs() >= 2);
        assert_eq!(read(&*store).0, ring(KEY));
    }
}

#[test]
fn who_is_asked_to_wait_longer_than_a_write_may_take_is_told_how_long() {
    let Some(ground) = begin() else { return };
    let (store, began) = (ground.open(), Instant::now());
    play(&ground, refusal("GET SECRET_KEY", 403, SECONDARY, json!({ "Retry_After": "60" })));
    let wanted = (
        StoreErrorKind::Unreachable,
        format!("{}: {} is busy (HTTP 403 Forbidden)", ground.url(), host()),
        "nothing was written; try again in 60 s".to_owned(),
    );
    assert_eq!(told(store.read().unwrap_err()), wanted);
    let end = (now() + 900).to_string();
    let limit = json!({ "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": end });
    play(&ground, refusal("GET SECRET_KEY", 403, PRIMARY, limit));
    let (_, _, hint) = told(store.read().unwrap_err());
    let seconds: u64 = hint.split(' ').rev().nth(1).unwrap().parse().unwrap();
    assert!((890..=901).contains(&seconds), "{hint}");
    assert!(began.elapsed().as_secs() < 10);
}

#[test]
fn a_limit_that_says_nothing_more_is_no_missing_right() {
    let Some(ground) = begin() else { return };
    play(&ground, refusal("GET SECRET_KEY", 403, SECONDARY, json!({})));
    let wanted = (
        StoreErrorKind::Unreachable,
        format!("{}: {} has a limit of calls that is reached", ground.url(), host()),
        "nothing was written there; wait a minute, and see `gh api rate_limit`".to_owned(),
    );
    assert_eq!(told(ground.open().read().unwrap_err()), wanted);
}

fn refusal(call: &str, status: u16, message: &str, headers: Value) -> Value {
    json!({ "refuse": [[call, [status, message, headers]]] })
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

const PRIMARY: &str = "API rate limit exceeded for user ID 1.";
const SECONDARY: &str =
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
