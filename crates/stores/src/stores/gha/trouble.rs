//! When GitHub wants to be left alone for a while.

use crate::remote::Answer;

/// Whether GitHub itself says that the same call will do later: its limits come as a 403, too.
pub(super) fn is_busy(answer: &Answer) -> bool {
    answer.status == 403 && answer.wait.is_some()
}

/// A limit without a word of how long it lasts.
pub(super) fn is_limit(answer: &Answer) -> bool {
    let body = answer.json();
    let said = body["message"].as_str().unwrap_or_default().to_ascii_lowercase();
    matches!(answer.status, 403 | 429) && said.contains("rate limit")
}
