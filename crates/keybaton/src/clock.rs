//! The time, from the system.

use std::time::{SystemTime, UNIX_EPOCH};

use keybaton_core::time::{Span, Timestamp};

/// Now. A clock set before 1970 counts as 1970.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_secs())
}

/// A moment for people: the time, and how far away it is.
pub(crate) fn shown(moment: Timestamp, now: Timestamp) -> String {
    let away = if moment > now { format!("in {}", about(moment.since(now))) } else { ago(now.since(moment)) };
    format!("{moment} ({away})")
}

/// Nobody waits to the second for what is far away: rounded up to a minute, or to an hour.
fn about(span: Span) -> Span {
    let unit = match span.0 {
        0..600 => 1,
        600..86_400 => 60,
        _ => 3600,
    };
    Span(span.0.div_ceil(unit) * unit)
}

pub(crate) fn ago(span: Span) -> String {
    if span == Span(0) { "just now".to_owned() } else { format!("{span} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_with_its_distance() {
        let now = Timestamp(1_000_000);
        assert_eq!(shown(Timestamp(1_000_000), now), "1970-01-12T13:46:40Z (just now)");
        assert_eq!(shown(Timestamp(999_940), now), "1970-01-12T13:45:40Z (1m ago)");
        assert_eq!(shown(Timestamp(1_003_600), now), "1970-01-12T14:46:40Z (in 1h)");
        assert_eq!(shown(Timestamp(1_003_599), now), "1970-01-12T14:46:39Z (in 1h)");
        assert_eq!(shown(Timestamp(1_000_599), now), "1970-01-12T13:56:39Z (in 9m 59s)");
        assert_eq!(shown(Timestamp(2_209_599), now), "1970-01-26T13:46:39Z (in 14d)");
    }
}
