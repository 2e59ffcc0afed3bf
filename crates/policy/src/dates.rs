//! Days, and days known only to the month or the year.

use jiff::civil::{Date, Weekday};

/// Whether a period covers a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covers {
    /// It does not.
    No,
    /// The period's bounds are known only to the month or the year, and the day lies in between.
    Perhaps,
    /// It does.
    Yes,
}

/// A whole day, `YYYY-MM-DD`.
pub fn day(text: &str) -> Option<Date> {
    if text.len() != 10 {
        return None;
    }
    text.parse().ok()
}

/// First and last day that `YYYY`, `YYYY-MM` or `YYYY-MM-DD` can stand for.
pub fn bounds(text: &str) -> Option<(Date, Date)> {
    match text.len() {
        4 => {
            let year = text.parse().ok()?;
            Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
        }
        7 => {
            let first = day(&format!("{text}-01"))?;
            Some((first, first.last_of_month()))
        }
        _ => day(text).map(|d| (d, d)),
    }
}

/// Whether the period from `from` (absent: since ever) up to and without `to` (absent: no end is
/// known) covers the day. A bound that is not a date counts as unknown: `Perhaps`.
pub fn covers(from: Option<&str>, to: Option<&str>, on: Date) -> Covers {
    let started = match from.map(bounds) {
        None => Covers::Yes,
        Some(None) => Covers::Perhaps,
        Some(Some((first, last))) => {
            if on >= last {
                Covers::Yes
            } else if on >= first {
                Covers::Perhaps
            } else {
                Covers::No
            }
        }
    };
    let not_ended = match to.map(bounds) {
        None => Covers::Yes,
        Some(None) => Covers::Perhaps,
        Some(Some((first, last))) => {
            if on < first {
                Covers::Yes
            } else if on < last {
                Covers::Perhaps
            } else {
                Covers::No
            }
        }
    };
    started.min(not_ended)
}

/// The day `n` business days after `from`, Monday to Friday. Public holidays are not known here and
/// only move a deadline later, so the day given is the earliest it can be.
pub fn business_days_after(from: Date, n: u16) -> Date {
    let mut at = from;
    let mut left = n;
    while left > 0 {
        match at.tomorrow() {
            Ok(next) => at = next,
            Err(_) => return at,
        }
        if !matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Date {
        day(text).unwrap()
    }

    #[test]
    fn a_period_known_to_the_month_is_perhaps_within_that_month() {
        assert_eq!(
            covers(Some("2009"), Some("2025-06"), d("2025-05-31")),
            Covers::Yes
        );
        assert_eq!(
            covers(Some("2009"), Some("2025-06"), d("2025-06-10")),
            Covers::Perhaps
        );
        assert_eq!(
            covers(Some("2009"), Some("2025-06"), d("2025-06-30")),
            Covers::No
        );
        assert_eq!(
            covers(Some("2025-06"), None, d("2025-06-10")),
            Covers::Perhaps
        );
        assert_eq!(covers(Some("2025-06"), None, d("2025-06-30")), Covers::Yes);
        assert_eq!(covers(None, None, d("1990-01-01")), Covers::Yes);
        assert_eq!(
            covers(Some("before 2010"), None, d("2020-01-01")),
            Covers::Perhaps
        );
    }

    #[test]
    fn the_last_day_named_is_the_first_day_of_the_next_owner() {
        assert_eq!(
            covers(Some("2022-11-29"), Some("2024-07-26"), d("2024-07-25")),
            Covers::Yes
        );
        assert_eq!(
            covers(Some("2022-11-29"), Some("2024-07-26"), d("2024-07-26")),
            Covers::No
        );
        assert_eq!(
            covers(Some("2024-07-26"), None, d("2024-07-26")),
            Covers::Yes
        );
    }

    #[test]
    fn business_days_step_over_weekends() {
        // 2026-11-20 is a Friday.
        assert_eq!(business_days_after(d("2026-11-20"), 1), d("2026-11-23"));
        assert_eq!(business_days_after(d("2026-11-20"), 10), d("2026-12-04"));
        assert_eq!(business_days_after(d("2026-11-21"), 1), d("2026-11-23"));
    }
}
