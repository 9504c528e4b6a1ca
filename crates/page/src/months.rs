//! Calendar months: three a page, the newest first.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use noroshi_domain::{Instant, Zone};

/// How many months stand on a page of the history and of a calendar.
pub const MONTHS_A_PAGE: i64 = 3;
/// How far back pages go, in pages: a hundred years.
pub const PAGES_MAX: i64 = 400;

/// Some months that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Months {
    /// The first day of each, newest first.
    pub firsts: Vec<Date>,
    /// The first instant of the oldest.
    pub from: Instant,
    /// The first instant after the newest.
    pub to: Instant,
}

impl Months {
    /// The three months of a page: 1 holds the month of `now`; `None` beyond what there is.
    pub fn of_page(zone: &Zone, now: Instant, page_number: i64) -> Option<Self> {
        if !(1..=PAGES_MAX).contains(&page_number) {
            return None;
        }
        let newest = zone
            .date_of(now)
            .first_of_month()
            .checked_sub(((page_number - 1) * MONTHS_A_PAGE).months())
            .ok()?;
        let firsts = (0..MONTHS_A_PAGE)
            .map(|back| newest.checked_sub(back.months()).ok())
            .collect::<Option<Vec<Date>>>()?;
        Some(Self::of(zone, firsts))
    }

    /// One month, written `2026-03`; `None` for what is no month, or one to come.
    pub fn parse(zone: &Zone, now: Instant, text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |part: &str, length: usize| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
        let fits = first >= date(1970, 1, 1) && first <= zone.date_of(now);
        fits.then(|| Self::of(zone, vec![first]))
    }

    fn of(zone: &Zone, firsts: Vec<Date>) -> Self {
        let newest = firsts.first().copied().unwrap_or(Date::ZERO);
        let oldest = firsts.last().copied().unwrap_or(newest);
        let after = newest.last_of_month().tomorrow().unwrap_or(Date::MAX);
        Self {
            from: zone.start_of(oldest),
            to: zone.start_of(after),
            firsts,
        }
    }

    /// The page that holds a day's month, seen from `now`.
    pub fn page_of(zone: &Zone, now: Instant, day: Date) -> i64 {
        let today = zone.date_of(now);
        let months = |of: Date| i64::from(of.year()) * 12 + i64::from(of.month());
        (months(today) - months(day)).max(0) / MONTHS_A_PAGE + 1
    }
}

/// A month as addresses write it: `2026-03`.
pub fn month_code(first: Date) -> String {
    format!("{:04}-{:02}", first.year(), first.month())
}

/// Every day of a month.
pub fn days_of(first: Date) -> impl Iterator<Item = Date> {
    (1..=first.days_in_month())
        .filter_map(move |day| Date::new(first.year(), first.month(), day).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn pages_hold_three_months_and_follow_each_other() {
        let zone = Zone::parse("Asia/Tokyo").unwrap();
        let now = at("2024-02-29T16:00:00Z");
        let one = Months::of_page(&zone, now, 1).unwrap();
        assert_eq!(
            one.firsts,
            [date(2024, 3, 1), date(2024, 2, 1), date(2024, 1, 1)]
        );
        let two = Months::of_page(&zone, now, 2).unwrap();
        assert_eq!(two.to, one.from);
        assert_eq!(two.firsts[0], date(2023, 12, 1));
        assert_eq!(Months::of_page(&zone, now, 0), None);
        assert_eq!(Months::of_page(&zone, now, i64::MAX), None);
    }

    #[test]
    fn a_month_is_read_as_it_is_written_and_none_is_to_come() {
        let zone = Zone::utc();
        let now = at("2026-03-04T00:00:00Z");
        let month = Months::parse(&zone, now, "2026-02").unwrap();
        assert_eq!(month_code(month.firsts[0]), "2026-02");
        for bad in ["2026-04", "2026-13", "2026-2", "1969-12", "x", "+026-01"] {
            assert_eq!(Months::parse(&zone, now, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_is_found_on_the_page_of_its_month() {
        let zone = Zone::utc();
        let now = at("2026-03-04T00:00:00Z");
        assert_eq!(Months::page_of(&zone, now, date(2026, 1, 1)), 1);
        assert_eq!(Months::page_of(&zone, now, date(2025, 12, 31)), 2);
    }
}
