//! Times in the page's zone: as operators read them, and as they type them.

use jiff::civil::DateTime;
use noroshi_domain::{DAY_US, Instant, Locale, SECOND_US, Zone};
use noroshi_text::{dates, msg, standard};

/// `15:15 JST` today, else with its day.
pub(crate) fn shown(at: Instant, now: Instant, zone: &Zone, locale: Locale) -> String {
    standard::time_of(at, now, zone, locale)
}

/// From so many days on, hours are not counted.
const DAYS_ALONE: i64 = 2;

/// How long ago, or how long until: `1 hr 12 min`, `7 days`.
pub(crate) fn apart(one: Instant, two: Instant, locale: Locale) -> String {
    let apart_us = one.since_us(two).abs();
    match apart_us / DAY_US {
        days if days >= DAYS_ALONE => msg::console_days(locale, days),
        _ => dates::duration_plain(apart_us / SECOND_US, locale),
    }
}

/// For `datetime` attributes.
pub(crate) fn datetime(at: Instant, zone: &Zone) -> String {
    let local = at.timestamp().to_zoned(zone.time_zone().clone());
    local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// As a `datetime-local` field holds it, in the page's zone, to the minute.
pub(crate) fn typed(at: Instant, zone: &Zone) -> String {
    let local = at.timestamp().to_zoned(zone.time_zone().clone());
    local.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Reads what a `datetime-local` field holds; `None` where it is no time. A blank between day and
/// clock does as well as `T`: browsers without that kind of field let people type.
pub(crate) fn read(text: &str, zone: &Zone) -> Option<Instant> {
    let local: DateTime = text.trim().replacen(' ', "T", 1).parse().ok()?;
    let at = zone.time_zone().to_timestamp(local).ok()?;
    Some(Instant::from(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_in_a_zone_is_read_back() {
        let zone = Zone::parse("Asia/Tokyo").unwrap();
        let at = Instant::parse("2026-11-18T05:04:00Z").unwrap();
        assert_eq!(typed(at, &zone), "2026-11-18T14:04");
        assert_eq!(read("2026-11-18T14:04", &zone), Some(at));
        assert_eq!(read(" 2026-11-18 14:04 ", &zone), Some(at));
        assert_eq!(read("soon", &zone), None);
    }
}
