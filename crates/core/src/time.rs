//! Points in time and spans of it, in whole seconds.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::ops::Add;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// How long ago `earlier` was; zero where it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

/// RFC 3339 in UTC, to the second.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0 / 86_400);
        let second = self.0 % 86_400;
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
///
/// Years are counted from March, so that the leap day comes last, in eras of 400 years.
fn civil(day: u64) -> (u64, u64, u64) {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + carry, month, day)
}

/// A span of time in seconds, written `0s`, `15m`, `1h` or `14d`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

impl Span {
    /// So many days.
    #[must_use]
    pub const fn days(days: u64) -> Self {
        Self(days * 86_400)
    }
}

/// Why a text is no span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSpan;

impl fmt::Display for BadSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a span of time is a whole number and a unit: 30s, 15m, 2h, 14d or 8w")
    }
}

impl core::error::Error for BadSpan {}

const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let unit = text.chars().next_back().ok_or(BadSpan)?;
        let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or(BadSpan)?;
        let digits = &text[..text.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadSpan);
        }
        let count: u64 = digits.parse().map_err(|_| BadSpan)?;
        count.checked_mul(seconds).map(Self).ok_or(BadSpan)
    }
}

/// The two largest units that are not zero: `14d`, `1h 30m`, `45s`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut parts = UNITS[1..].iter().filter_map(|(name, seconds)| {
            let count = rest / seconds;
            rest %= seconds;
            (count > 0).then(|| format!("{count}{name}"))
        });
        let Some(first) = parts.next() else { return f.write_str("0s") };
        let second = parts.next().map_or_else(String::new, |part| format!(" {part}"));
        write!(f, "{first}{second}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn timestamps_are_shown_as_rfc_3339() {
        for (seconds, shown) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Timestamp(seconds).to_string(), shown);
        }
    }

    #[test]
    fn spans_are_read_with_one_unit() {
        for (text, seconds) in
            [("0s", 0), ("30s", 30), ("15m", 900), ("2h", 7_200), ("14d", 1_209_600), ("1w", 604_800)]
        {
            assert_eq!(text.parse(), Ok(Span(seconds)));
        }
        for text in ["", "15", "m", "-1d", "+1d", "1.5h", "1h30m", "1 d", "99999999999999999d", "1µ"] {
            assert_eq!(text.parse::<Span>(), Err(BadSpan), "{text}");
        }
    }

    #[test]
    fn spans_are_shown_in_their_two_largest_units() {
        for (seconds, shown) in [
            (0, "0s"),
            (45, "45s"),
            (5_400, "1h 30m"),
            (1_209_600, "14d"),
            (90_061, "1d 1h"),
            (86_401, "1d 1s"),
        ] {
            assert_eq!(Span(seconds).to_string(), shown);
        }
    }

    #[test]
    fn a_moment_that_lies_ahead_is_no_time_ago() {
        assert_eq!(Timestamp(5).since(Timestamp(9)), Span(0));
    }
}
