//! Instants, zones and days: UTC microseconds, and calendar questions in a page's zone.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds in an hour.
pub const HOUR_US: i64 = 60 * MINUTE_US;
/// Microseconds in a day of 24 hours.
pub const DAY_US: i64 = 24 * HOUR_US;

/// An instant: microseconds since 1970-01-01 UTC.
///
/// It is written as that number, which the journal hashes, and read from it or from RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// Before everything.
    pub const MIN: Self = Self(i64::MIN);
    /// After everything.
    pub const MAX: Self = Self(i64::MAX);

    /// The instant this many microseconds after 1970-01-01 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// As a jiff timestamp, clamped to what jiff can hold.
    pub fn timestamp(self) -> Timestamp {
        let (low, high) = (
            Timestamp::MIN.as_microsecond(),
            Timestamp::MAX.as_microsecond(),
        );
        Timestamp::from_microsecond(self.0.clamp(low, high)).unwrap_or(Timestamp::MIN)
    }

    /// Reads RFC 3339 (`2026-03-04T09:41:12.207Z`).
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(Self::from)
    }

    /// This many microseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_us(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// This many seconds later (earlier when negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_us(seconds.saturating_mul(SECOND_US))
    }

    /// Microseconds from `earlier` to this.
    pub const fn since_us(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InstantVisitor)
    }
}

struct InstantVisitor;

impl serde::de::Visitor<'_> for InstantVisitor {
    type Value = Instant;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an instant as RFC 3339 (2026-03-04T09:41:00+09:00)")
    }

    fn visit_i64<E: serde::de::Error>(self, micros: i64) -> Result<Instant, E> {
        Ok(Instant(micros))
    }

    fn visit_u64<E: serde::de::Error>(self, micros: u64) -> Result<Instant, E> {
        i64::try_from(micros).map(Instant).map_err(E::custom)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
        Instant::parse(text)
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.timestamp())
    }
}

/// Why a text is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no IANA time zone (write it like Asia/Tokyo)")]
pub struct BadZone(pub String);

/// An IANA time zone, known to exist.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Plain UTC, as the public documents name it.
    pub fn utc() -> Self {
        Self {
            name: "Etc/UTC".to_owned(),
            zone: TimeZone::UTC,
        }
    }

    /// Looks a zone up; `UTC` means `Etc/UTC`.
    pub fn parse(name: &str) -> Result<Self, BadZone> {
        if matches!(name, "UTC" | "Etc/UTC") {
            return Ok(Self::utc());
        }
        let zone = TimeZone::get(name).map_err(|_| BadZone(name.to_owned()))?;
        let name = zone
            .iana_name()
            .map_or_else(|| name.to_owned(), str::to_owned);
        Ok(Self { name, zone })
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// For formatting.
    pub const fn time_zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Which day an instant falls on here.
    pub fn date_of(&self, instant: Instant) -> Date {
        self.zone.to_datetime(instant.timestamp()).date()
    }

    /// The first instant of a day here. Where midnight is skipped, the first that exists.
    pub fn start_of(&self, date: Date) -> Instant {
        date.to_zoned(self.zone.clone())
            .and_then(|zoned| zoned.start_of_day())
            .map_or_else(|_| Instant::default(), |zoned| zoned.timestamp().into())
    }

    /// The day's first instant and the next day's.
    pub fn bounds_of(&self, date: Date) -> (Instant, Instant) {
        let next = date.tomorrow().unwrap_or(Date::MAX);
        (self.start_of(date), self.start_of(next))
    }

    /// Whether the date exists here: a zone that crossed the date line skipped one.
    pub fn has(&self, date: Date) -> bool {
        let (from, to) = self.bounds_of(date);
        from < to && self.date_of(from) == date
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).map_err(serde::de::Error::custom)
    }
}

/// The end of the named `n`-th working day (Monday to Friday) after an instant, in a zone.
pub fn end_of_working_day_after(zone: &Zone, instant: Instant, nth: u32) -> Instant {
    let mut date = zone.date_of(instant);
    let mut left = nth;
    while left > 0 {
        date = date.tomorrow().unwrap_or(Date::MAX);
        if date == Date::MAX {
            break;
        }
        if !matches!(
            date.weekday(),
            jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
        ) {
            left -= 1;
        }
    }
    zone.bounds_of(date).1
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn minutes(zone: &str, day: Date) -> i64 {
        let (from, to) = Zone::parse(zone).unwrap().bounds_of(day);
        to.since_us(from) / MINUTE_US
    }

    #[test]
    fn a_day_lasts_as_long_as_its_zone_says() {
        assert_eq!(minutes("America/New_York", date(2026, 3, 8)), 23 * 60);
        assert_eq!(minutes("America/New_York", date(2026, 11, 1)), 25 * 60);
        assert_eq!(
            minutes("Australia/Lord_Howe", date(2026, 4, 5)),
            24 * 60 + 30
        );
        assert_eq!(
            minutes("Australia/Lord_Howe", date(2026, 10, 4)),
            23 * 60 + 30
        );
        assert_eq!(minutes("Europe/Berlin", date(2026, 3, 29)), 23 * 60);
        assert_eq!(minutes("Asia/Tokyo", date(2026, 3, 29)), 24 * 60);
    }

    #[test]
    fn a_date_that_a_zone_skipped_does_not_exist() {
        assert!(!Zone::parse("Pacific/Apia").unwrap().has(date(2011, 12, 30)));
        assert!(Zone::parse("Pacific/Apia").unwrap().has(date(2011, 12, 31)));
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_at_its_first_instant() {
        // Beirut went from 00:00 to 01:00 on 2026-03-29.
        let zone = Zone::parse("Asia/Beirut").unwrap();
        let day = date(2026, 3, 29);
        assert_eq!(zone.date_of(zone.start_of(day)), day);
        assert_eq!(minutes("Asia/Beirut", day), 23 * 60);
    }

    #[test]
    fn the_fifth_working_day_leaves_weekends_out() {
        let zone = Zone::parse("Asia/Tokyo").unwrap();
        let friday = Instant::parse("2026-11-20T03:00:00Z").unwrap();
        let end = end_of_working_day_after(&zone, friday, 5);
        assert_eq!(zone.date_of(end.plus_us(-1)), date(2026, 11, 27));
    }
}
