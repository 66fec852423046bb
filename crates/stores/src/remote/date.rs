//! What time it is to a server: clocks of machines differ, and a claim is only as old as one clock says.

use reqwest::header::{DATE, HeaderMap};

/// When a server says that it answered, in seconds since 1970.
pub(crate) fn of(headers: &HeaderMap) -> Option<u64> {
    read(headers.get(DATE)?.to_str().ok()?)
}

/// Of the three forms that HTTP knows for a date, servers write one.
fn read(header: &str) -> Option<u64> {
    let words: Vec<&str> = header.split(' ').collect();
    let [_, day, month, year, time, "GMT"] = words[..] else { return None };
    let parts: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = parts[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let (day, year) = (number(day, 31)?, number(year, 9999)?);
    let (hour, minute, second) = (number(hour, 23)?, number(minute, 59)?, number(second, 60)?);
    Some(days(year, month, day)? * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// A date of RFC 3339 in UTC, to the second: `2026-01-01T00:00:00Z`.
#[cfg(feature = "gha")]
pub(crate) fn of_rfc3339(text: &str) -> Option<u64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let parts = |text: &str, mark| text.split(mark).map(str::to_owned).collect::<Vec<_>>();
    let ([year, month, day], [hour, minute, second]) = (&parts(day, '-')[..], &parts(time, ':')[..]) else {
        return None;
    };
    let second = second.split_once('.').map_or(second.as_str(), |(second, _)| second);
    let month = usize::try_from(number(month, 12)?.checked_sub(1)?).ok()?;
    let day = days(number(year, 9999)?, month, number(day, 31)?)?;
    Some(day * 86_400 + number(hour, 23)? * 3_600 + number(minute, 59)? * 60 + number(second, 60)?)
}

/// This machine's own clock, in seconds since 1970.
pub(crate) fn here() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn number(digits: &str, most: u64) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| is_number && *number <= most)
}

/// Days from 1970-01-01 to this day; months count from zero.
fn days(year: u64, month: usize, day: u64) -> Option<u64> {
    let leaps = |year: u64| year / 4 - year / 100 + year / 400;
    let before = year.checked_sub(1).filter(|_| year >= 1970)?;
    let is_leap = leaps(year) > leaps(before);
    let leap_day = u64::from(is_leap && month > 1);
    Some((year - 1970) * 365 + leaps(before) - leaps(1969) + BEFORE[month] + leap_day + day.checked_sub(1)?)
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The days of a common year before each month.
const BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_servers_write_it() {
        for (header, second) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Thu, 31 Dec 2026 12:00:00 GMT", 1_798_718_400),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ] {
            assert_eq!(read(header), Some(second), "{header}");
        }
    }

    #[cfg(feature = "gha")]
    #[test]
    fn a_date_is_read_as_json_has_it() {
        for (text, second) in [
            ("1994-11-06T08:49:37Z", Some(784_111_777)),
            ("2000-02-29T23:59:59.123Z", Some(951_868_799)),
            ("2000-13-01T00:00:00Z", None),
            ("2000-00-01T00:00:00Z", None),
            ("2000-01-01T00:00:00+01:00", None),
            ("2000-01-01", None),
            ("", None),
        ] {
            assert_eq!(of_rfc3339(text), second, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for header in [
            "",
            "now",
            "Thu, 01 Jan 1969 00:00:00 GMT",
            "Thu, 00 Jan 1970 00:00:00 GMT",
            "Thu, 01 Foo 1970 00:00:00 GMT",
            "Thu, 01 Jan 1970 24:00:00 GMT",
            "Thu, 01 Jan 1970 00:00 GMT",
            "Thu, 01 Jan 1970 00:00:00 CET",
            "Thu, +1 Jan 1970 00:00:00 GMT",
            "Thu, 01 Jan 99999999999999999999 00:00:00 GMT",
        ] {
            assert_eq!(read(header), None, "{header}");
        }
    }
}
