//! Recurrence rules: the part of RFC 5545's RRULE that planned work is written in.
//!
//! `FREQ` daily, weekly, monthly or yearly with `INTERVAL`, `COUNT`, `UNTIL`, `BYDAY` (with
//! ordinals under monthly), `BYMONTHDAY` and `BYMONTH`; weeks begin on Monday. What is not
//! understood is refused, never ignored. A local time that does not exist moves forward by the
//! gap; of a doubled one the first is taken.

use jiff::civil::{Date, DateTime, Weekday};

use crate::refusal::Refusal;
use crate::time::{Instant, Zone};

/// How far ahead of the first occurrence a rule is followed, in days (50 years).
const DAYS_MAX: i64 = 366 * 50;
/// The longest rule, in characters.
const RULE_CHARS_MAX: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: i64,
    count: Option<i64>,
    until: Option<Until>,
    by_day: Vec<(i8, Weekday)>,
    by_month_day: Vec<i8>,
    by_month: Vec<i8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Date(Date),
    Local(DateTime),
    Instant(Instant),
}

impl Rule {
    /// Reads the value of an RRULE (`FREQ=WEEKLY;BYDAY=SU`).
    ///
    /// # Errors
    /// [`Refusal::BadRule`] says which part is not understood.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Self::read(text).map_err(|reason| Refusal::BadRule {
            rule: text.chars().take(80).collect(),
            reason,
        })
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.len() > RULE_CHARS_MAX {
            return Err(format!("it is longer than {RULE_CHARS_MAX} characters"));
        }
        let text = text.strip_prefix("RRULE:").unwrap_or(text);
        let mut frequency = None;
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_month: Vec::new(),
        };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?} has no ="))?;
            match name {
                "FREQ" => frequency = Some(read_frequency(value)?),
                "INTERVAL" => rule.interval = read_number(value, 1, 1_000)?,
                "COUNT" => rule.count = Some(read_number(value, 1, 10_000)?),
                "UNTIL" => rule.until = Some(read_until(value)?),
                "BYDAY" => rule.by_day = read_list(value, read_day)?,
                "BYMONTHDAY" => rule.by_month_day = read_list(value, read_month_day)?,
                "BYMONTH" => {
                    rule.by_month = read_list(value, |item| {
                        read_number(item, 1, 12).map(|month| month as i8)
                    })?;
                }
                "WKST" if value == "MO" => {}
                other => return Err(format!("{other}={value} is not understood here")),
            }
        }
        rule.frequency = frequency.ok_or("FREQ is missing (DAILY, WEEKLY, MONTHLY or YEARLY)")?;
        rule.check()
    }

    fn check(self) -> Result<Self, String> {
        let ordinals = self.by_day.iter().any(|(nth, _)| *nth != 0);
        if ordinals && self.frequency != Frequency::Monthly {
            return Err("BYDAY with a number goes with FREQ=MONTHLY only".to_owned());
        }
        if self.frequency == Frequency::Yearly && !self.by_day.is_empty() {
            return Err("BYDAY does not go with FREQ=YEARLY here".to_owned());
        }
        if self.frequency == Frequency::Weekly && !self.by_month_day.is_empty() {
            return Err("BYMONTHDAY does not go with FREQ=WEEKLY".to_owned());
        }
        if self.count.is_some() && self.until.is_some() {
            return Err("COUNT and UNTIL exclude each other".to_owned());
        }
        Ok(self)
    }

    /// The planned starts from `first_at` on, in order, the first one included whether or not it
    /// fits the rule (RFC 5545, 3.8.5.3).
    pub fn occurrences<'a>(
        &'a self,
        zone: &'a Zone,
        first_at: Instant,
    ) -> impl Iterator<Item = Instant> + 'a {
        let first = zone.time_zone().to_datetime(first_at.timestamp());
        let limit = usize::try_from(self.count.unwrap_or(i64::MAX)).unwrap_or(usize::MAX);
        let later = (1..DAYS_MAX)
            .map_while(move |ahead| first.date().checked_add(jiff::Span::new().days(ahead)).ok())
            .filter(move |date| self.fits(*date, first.date()))
            .map(move |date| date.to_datetime(first.time()))
            .filter_map(move |local| {
                let instant: Instant = zone
                    .time_zone()
                    .to_ambiguous_zoned(local)
                    .compatible()
                    .ok()?
                    .timestamp()
                    .into();
                Some((local, instant))
            })
            .take_while(move |(local, instant)| match self.until {
                None => true,
                Some(Until::Date(date)) => local.date() <= date,
                Some(Until::Local(until)) => *local <= until,
                Some(Until::Instant(until)) => *instant <= until,
            })
            .map(|(_, instant)| instant);
        std::iter::once(first_at).chain(later).take(limit)
    }

    /// The first planned start after an instant.
    pub fn next_after(&self, zone: &Zone, first_at: Instant, after: Instant) -> Option<Instant> {
        self.occurrences(zone, first_at)
            .find(|occurrence| *occurrence > after)
    }

    fn fits(&self, date: Date, first: Date) -> bool {
        let weekday =
            || self.by_day.is_empty() || self.by_day.iter().any(|(_, day)| *day == date.weekday());
        let month = self.by_month.is_empty() || self.by_month.contains(&date.month());
        let month_day = |default: bool| {
            if self.by_month_day.is_empty() {
                default
            } else {
                let back = date.day() - date.days_in_month() - 1;
                self.by_month_day
                    .iter()
                    .any(|day| *day == date.day() || *day == back)
            }
        };
        let days = i64::from((date - first).get_days());
        match self.frequency {
            Frequency::Daily => days % self.interval == 0 && weekday() && month && month_day(true),
            Frequency::Weekly => {
                let monday = i64::from(first.weekday().to_monday_zero_offset());
                let weeks = (days + monday).div_euclid(7);
                let day = if self.by_day.is_empty() {
                    date.weekday() == first.weekday()
                } else {
                    weekday()
                };
                weeks % self.interval == 0 && day && month
            }
            Frequency::Monthly => {
                let months = i64::from(date.year() - first.year()) * 12
                    + i64::from(date.month() - first.month());
                let day = if self.by_day.is_empty() {
                    month_day(date.day() == first.day())
                } else {
                    self.by_day.iter().any(|by| is_nth(date, *by)) && month_day(true)
                };
                months % self.interval == 0 && day && month
            }
            Frequency::Yearly => {
                let month = if self.by_month.is_empty() && self.by_month_day.is_empty() {
                    date.month() == first.month()
                } else {
                    month
                };
                i64::from(date.year() - first.year()) % self.interval == 0
                    && month
                    && month_day(date.day() == first.day())
            }
        }
    }
}

/// Whether a date is the nth such weekday of its month; 0 means any, negative counts from the end.
fn is_nth(date: Date, (nth, weekday): (i8, Weekday)) -> bool {
    if date.weekday() != weekday {
        return false;
    }
    let from_start = (date.day() - 1) / 7 + 1;
    let from_end = (date.days_in_month() - date.day()) / 7 + 1;
    nth == 0 || nth == from_start || nth == -from_end
}

fn read_frequency(value: &str) -> Result<Frequency, String> {
    match value {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        other => Err(format!(
            "FREQ={other} is not understood (DAILY, WEEKLY, MONTHLY or YEARLY)"
        )),
    }
}

fn read_number(value: &str, low: i64, high: i64) -> Result<i64, String> {
    value
        .parse()
        .ok()
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| format!("{value:?} must be a number from {low} to {high}"))
}

fn read_list<T>(value: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    value.split(',').map(read).collect()
}

fn read_day(item: &str) -> Result<(i8, Weekday), String> {
    let unknown = || format!("{item:?} is no day (write it like MO, 1SU or -1FR)");
    let split = item
        .len()
        .checked_sub(2)
        .filter(|at| item.is_char_boundary(*at));
    let (number, day) = item.split_at(split.ok_or_else(unknown)?);
    let weekday = match day {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return Err(unknown()),
    };
    if number.is_empty() {
        return Ok((0, weekday));
    }
    let nth: i8 = number.parse().map_err(|_| unknown())?;
    if nth == 0 || nth.abs() > 5 {
        Err(unknown())
    } else {
        Ok((nth, weekday))
    }
}

fn read_month_day(item: &str) -> Result<i8, String> {
    let day = read_number(item, -31, 31)?;
    if day == 0 {
        Err("BYMONTHDAY=0 is no day".to_owned())
    } else {
        Ok(day as i8)
    }
}

fn read_until(value: &str) -> Result<Until, String> {
    let unknown = || format!("UNTIL={value} is no date or time (20261231 or 20261231T150000Z)");
    if let Some(local) = value.strip_suffix('Z') {
        let local = jiff::fmt::strtime::parse("%Y%m%dT%H%M%S", local)
            .and_then(|parts| parts.to_datetime())
            .map_err(|_| unknown())?;
        let instant = local
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_err(|_| unknown())?
            .timestamp()
            .into();
        return Ok(Until::Instant(instant));
    }
    if value.contains('T') {
        return jiff::fmt::strtime::parse("%Y%m%dT%H%M%S", value)
            .and_then(|parts| parts.to_datetime())
            .map(Until::Local)
            .map_err(|_| unknown());
    }
    jiff::fmt::strtime::parse("%Y%m%d", value)
        .and_then(|parts| parts.to_date())
        .map(Until::Date)
        .map_err(|_| unknown())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: &str, zone: &str, first: &str, expected: &[&str]) {
        let zone = Zone::parse(zone).unwrap();
        let rule = Rule::parse(rule).unwrap();
        let found: Vec<String> = rule
            .occurrences(&zone, Instant::parse(first).unwrap())
            .take(expected.len())
            .map(|instant| {
                zone.time_zone()
                    .to_datetime(instant.timestamp())
                    .to_string()
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_second_sunday_of_a_month_is_found() {
        check(
            "FREQ=MONTHLY;BYDAY=2SU",
            "Asia/Tokyo",
            "2026-01-10T17:00:00Z",
            &[
                "2026-01-11T02:00:00",
                "2026-02-08T02:00:00",
                "2026-03-08T02:00:00",
            ],
        );
    }

    #[test]
    fn a_local_time_in_a_gap_moves_forward_and_comes_back() {
        check(
            "FREQ=DAILY",
            "America/New_York",
            "2026-03-07T07:30:00Z",
            &[
                "2026-03-07T02:30:00",
                "2026-03-08T03:30:00",
                "2026-03-09T02:30:00",
            ],
        );
    }

    #[test]
    fn every_other_week_counts_weeks_from_monday() {
        check(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=4",
            "Etc/UTC",
            "2026-11-22T10:00:00Z",
            &[
                "2026-11-22T10:00:00",
                "2026-11-30T10:00:00",
                "2026-12-06T10:00:00",
                "2026-12-14T10:00:00",
            ],
        );
    }

    #[test]
    fn the_31st_skips_short_months_and_the_last_day_does_not() {
        check(
            "FREQ=MONTHLY",
            "Etc/UTC",
            "2026-01-31T00:00:00Z",
            &[
                "2026-01-31T00:00:00",
                "2026-03-31T00:00:00",
                "2026-05-31T00:00:00",
            ],
        );
        check(
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "Etc/UTC",
            "2026-01-31T00:00:00Z",
            &[
                "2026-01-31T00:00:00",
                "2026-02-28T00:00:00",
                "2026-03-31T00:00:00",
            ],
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_part() {
        for bad in [
            "",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYSETPOS=1",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;UNTIL=yesterday",
            "FREQ=DAILY;BYDAY=é",
            "FREQ",
        ] {
            assert!(Rule::parse(bad).is_err(), "{bad:?} was taken");
        }
    }
}
