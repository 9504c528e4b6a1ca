//! Instants and durations as readers of each language write them.
//!
//! Whoever shows a time comes here with an instant, the page's zone and a locale. Nothing here
//! knows what time it is.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned, civil};
use noroshi_domain::Locale;

use crate::msg;

/// An instant without its year: `Jul 17, 13:13 JST`, `7月17日 13:13 JST`.
pub fn moment(at: Timestamp, zone: &TimeZone, locale: Locale) -> String {
    let local = at.to_zoned(zone.clone());
    format!("{} {}", day_and_clock(&local, locale), abbreviation(&local))
}

/// An instant with its year: `May 08, 2025 - 14:07 BST`, `2025年5月8日 14:07 JST`.
pub fn moment_with_year(at: Timestamp, zone: &TimeZone, locale: Locale) -> String {
    let local = at.to_zoned(zone.clone());
    match locale {
        Locale::En => local.strftime("%b %d, %Y - %H:%M %Z").to_string(),
        Locale::Ja => format!("{}年{}", local.year(), moment(at, zone, locale)),
    }
}

/// A clock time without its zone: `09:18`, `9:18`.
pub fn clock(at: Timestamp, zone: &TimeZone, locale: Locale) -> String {
    clock_of(&at.to_zoned(zone.clone()), locale)
}

/// A clock time with its zone: `09:18 JST`, `9:18 JST`.
pub fn clock_with_zone(at: Timestamp, zone: &TimeZone, locale: Locale) -> String {
    let local = at.to_zoned(zone.clone());
    format!("{} {}", clock_of(&local, locale), abbreviation(&local))
}

/// The zone's short name at an instant: `JST`; `-03` where the zone has no name of its own.
pub fn zone_name(at: Timestamp, zone: &TimeZone) -> String {
    abbreviation(&at.to_zoned(zone.clone()))
}

/// A range: `Jan 24, 00:00-03:00 UTC`, `1月24日 0:00〜3:00 JST`; across days with both dates.
pub fn window(from: Timestamp, to: Timestamp, zone: &TimeZone, locale: Locale) -> String {
    let (from, to) = (from.to_zoned(zone.clone()), to.to_zoned(zone.clone()));
    let same_day = from.date() == to.date();
    // Summer time may begin or end between the two.
    let same_name = abbreviation(&from) == abbreviation(&to);
    let mut start = day_and_clock(&from, locale);
    if !same_name {
        start = format!("{start} {}", abbreviation(&from));
    }
    let end = if same_day {
        clock_of(&to, locale)
    } else {
        day_and_clock(&to, locale)
    };
    let dash = match locale {
        Locale::En if same_day && same_name => "-",
        Locale::En => " - ",
        Locale::Ja => "〜",
    };
    format!("{start}{dash}{end} {}", abbreviation(&to))
}

/// A day: `Jul 17, 2024`, `2024年7月17日（水）`.
pub fn date(day: civil::Date, locale: Locale) -> String {
    match locale {
        Locale::En => day.strftime("%b %-d, %Y").to_string(),
        Locale::Ja => format!(
            "{}年{}月{}日（{}）",
            day.year(),
            day.month(),
            day.day(),
            weekday_short(day.weekday(), locale)
        ),
    }
}

/// A day without its year: `Jul 17`, `7月17日`.
pub fn day(day: civil::Date, locale: Locale) -> String {
    match locale {
        Locale::En => day.strftime("%b %-d").to_string(),
        Locale::Ja => format!("{}月{}日", day.month(), day.day()),
    }
}

/// The month a day lies in: `July 2024`, `2024年7月`.
pub fn month(day: civil::Date, locale: Locale) -> String {
    match locale {
        Locale::En => day.strftime("%B %Y").to_string(),
        Locale::Ja => format!("{}年{}月", day.year(), day.month()),
    }
}

/// The month's name without its year: `July`, `7月`.
pub fn month_name(day: civil::Date, locale: Locale) -> String {
    match locale {
        Locale::En => day.strftime("%B").to_string(),
        Locale::Ja => format!("{}月", day.month()),
    }
}

/// A weekday: `Wed`, `水`.
pub const fn weekday_short(weekday: civil::Weekday, locale: Locale) -> &'static str {
    match (locale, weekday) {
        (Locale::En, civil::Weekday::Sunday) => "Sun",
        (Locale::En, civil::Weekday::Monday) => "Mon",
        (Locale::En, civil::Weekday::Tuesday) => "Tue",
        (Locale::En, civil::Weekday::Wednesday) => "Wed",
        (Locale::En, civil::Weekday::Thursday) => "Thu",
        (Locale::En, civil::Weekday::Friday) => "Fri",
        (Locale::En, civil::Weekday::Saturday) => "Sat",
        (Locale::Ja, civil::Weekday::Sunday) => "日",
        (Locale::Ja, civil::Weekday::Monday) => "月",
        (Locale::Ja, civil::Weekday::Tuesday) => "火",
        (Locale::Ja, civil::Weekday::Wednesday) => "水",
        (Locale::Ja, civil::Weekday::Thursday) => "木",
        (Locale::Ja, civil::Weekday::Friday) => "金",
        (Locale::Ja, civil::Weekday::Saturday) => "土",
    }
}

/// RFC 822 with a numeric zone, for RSS: `Wed, 17 Jul 2024 13:13:05 +0900`.
pub fn rss(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%a, %d %b %Y %H:%M:%S %z")
        .to_string()
}

/// ISO 8601 with exactly three digits of fraction in a zone: `2024-07-17T13:13:05.000+09:00`.
///
/// A page whose zone is UTC has `Z`. One whose zone merely stands at zero for a season, as London
/// does in winter, keeps `+00:00`: so clients know it from the compatible API.
pub fn iso_ms(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let is_utc = local.offset().is_zero() && abbreviation(&local) == "UTC";
    let form = if is_utc {
        "%Y-%m-%dT%H:%M:%S.%3fZ"
    } else {
        "%Y-%m-%dT%H:%M:%S.%3f%:z"
    };
    local.strftime(form).to_string()
}

/// A duration in hours and minutes, cut: `1 hr 12 mins`, `1時間12分`. Less than a minute is one.
pub fn duration(seconds: i64, locale: Locale) -> String {
    match hours_and_minutes(seconds) {
        (0, minutes) => msg::duration_minutes(locale, minutes),
        (hours, 0) => msg::duration_hours(locale, hours),
        (hours, minutes) => msg::duration_hours_minutes(locale, hours, minutes),
    }
}

/// The same with units that never change, for use inside sentences: `1 hr 12 min`, `1時間12分`.
pub fn duration_plain(seconds: i64, locale: Locale) -> String {
    match hours_and_minutes(seconds) {
        (0, minutes) => msg::duration_plain_minutes(locale, minutes),
        (hours, 0) => msg::duration_plain_hours(locale, hours),
        (hours, minutes) => msg::duration_plain_hours_minutes(locale, hours, minutes),
    }
}

const fn hours_and_minutes(seconds: i64) -> (i64, i64) {
    // Something that lasted a moment did happen: it is not nought minutes long.
    let minutes = if seconds < 60 { 1 } else { seconds / 60 };
    (minutes / 60, minutes % 60)
}

fn day_and_clock(local: &Zoned, locale: Locale) -> String {
    match locale {
        Locale::En => local.strftime("%b %-d, %H:%M").to_string(),
        Locale::Ja => {
            format!(
                "{}月{}日 {}",
                local.month(),
                local.day(),
                clock_of(local, locale)
            )
        }
    }
}

fn clock_of(local: &Zoned, locale: Locale) -> String {
    match locale {
        Locale::En => local.strftime("%H:%M").to_string(),
        Locale::Ja => format!("{}:{:02}", local.hour(), local.minute()),
    }
}

fn abbreviation(local: &Zoned) -> String {
    local.strftime("%Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn a_moment_carries_the_zone_of_the_page() {
        let tokyo = zone("Asia/Tokyo");
        let instant = at("2024-07-17T04:13:05Z");
        assert_eq!(moment(instant, &tokyo, Locale::En), "Jul 17, 13:13 JST");
        assert_eq!(moment(instant, &tokyo, Locale::Ja), "7月17日 13:13 JST");
        assert_eq!(
            moment(instant, &zone("America/Sao_Paulo"), Locale::En),
            "Jul 17, 01:13 -03"
        );
        assert_eq!(
            moment(instant, &TimeZone::UTC, Locale::En),
            "Jul 17, 04:13 UTC"
        );
    }

    #[test]
    fn a_moment_with_its_year_has_the_form_of_incident_pages() {
        let instant = at("2025-05-08T13:07:59Z");
        let london = zone("Europe/London");
        assert_eq!(
            moment_with_year(instant, &london, Locale::En),
            "May 08, 2025 - 14:07 BST"
        );
        let tokyo = zone("Asia/Tokyo");
        assert_eq!(
            moment_with_year(instant, &tokyo, Locale::Ja),
            "2025年5月8日 22:07 JST"
        );
    }

    #[test]
    fn days_and_months_are_written_in_full() {
        let day_of = civil::date(2024, 7, 17);
        assert_eq!(date(day_of, Locale::En), "Jul 17, 2024");
        assert_eq!(date(day_of, Locale::Ja), "2024年7月17日（水）");
        assert_eq!(day(day_of, Locale::Ja), "7月17日");
        assert_eq!(month(day_of, Locale::En), "July 2024");
        assert_eq!(month(day_of, Locale::Ja), "2024年7月");
        assert_eq!(month_name(day_of, Locale::En), "July");
        assert_eq!(date(civil::date(2024, 3, 5), Locale::En), "Mar 5, 2024");
    }

    #[test]
    fn a_clock_has_a_leading_nought_in_english_only() {
        let instant = at("2024-07-17T00:18:00Z");
        let tokyo = zone("Asia/Tokyo");
        assert_eq!(clock(instant, &tokyo, Locale::En), "09:18");
        assert_eq!(clock(instant, &tokyo, Locale::Ja), "9:18");
        assert_eq!(clock_with_zone(instant, &tokyo, Locale::Ja), "9:18 JST");
    }

    #[test]
    fn a_window_within_a_day_names_the_day_once() {
        let (from, to) = (at("2024-01-24T00:00:00Z"), at("2024-01-24T03:00:00Z"));
        assert_eq!(
            window(from, to, &TimeZone::UTC, Locale::En),
            "Jan 24, 00:00-03:00 UTC"
        );
        let (from, to) = (at("2024-01-23T15:00:00Z"), at("2024-01-23T18:00:00Z"));
        let tokyo = zone("Asia/Tokyo");
        assert_eq!(
            window(from, to, &tokyo, Locale::Ja),
            "1月24日 0:00〜3:00 JST"
        );
    }

    #[test]
    fn a_window_across_days_names_both() {
        let (from, to) = (at("2024-01-24T22:00:00Z"), at("2024-01-25T03:00:00Z"));
        let utc = TimeZone::UTC;
        assert_eq!(
            window(from, to, &utc, Locale::En),
            "Jan 24, 22:00 - Jan 25, 03:00 UTC"
        );
        let tokyo = zone("Asia/Tokyo");
        let (from, to) = (at("2024-01-24T13:00:00Z"), at("2024-01-24T18:00:00Z"));
        assert_eq!(
            window(from, to, &tokyo, Locale::Ja),
            "1月24日 22:00〜1月25日 3:00 JST"
        );
    }

    #[test]
    fn a_window_across_a_change_of_the_clock_names_both_zones() {
        let (from, to) = (at("2024-03-10T09:00:00Z"), at("2024-03-10T11:00:00Z"));
        assert_eq!(
            window(from, to, &zone("America/Los_Angeles"), Locale::En),
            "Mar 10, 01:00 PST - 04:00 PDT"
        );
    }

    #[test]
    fn iso_instants_have_three_digits_cut_and_z_for_utc_alone() {
        let instant = at("2024-07-17T04:13:05.999999Z");
        assert_eq!(iso_ms(instant, &TimeZone::UTC), "2024-07-17T04:13:05.999Z");
        assert_eq!(
            iso_ms(instant, &zone("Etc/UTC")),
            "2024-07-17T04:13:05.999Z"
        );
        assert_eq!(
            iso_ms(instant, &zone("Asia/Tokyo")),
            "2024-07-17T13:13:05.999+09:00"
        );
        let winter = at("2024-01-17T04:13:05Z");
        assert_eq!(
            iso_ms(winter, &zone("Europe/London")),
            "2024-01-17T04:13:05.000+00:00"
        );
        let newfoundland = zone("America/St_Johns");
        assert_eq!(
            iso_ms(winter, &newfoundland),
            "2024-01-17T00:43:05.000-03:30"
        );
    }

    #[test]
    fn rss_instants_have_a_numeric_zone() {
        let instant = at("2024-07-17T04:13:05Z");
        assert_eq!(
            rss(instant, &zone("Asia/Tokyo")),
            "Wed, 17 Jul 2024 13:13:05 +0900"
        );
        assert_eq!(
            rss(instant, &TimeZone::UTC),
            "Wed, 17 Jul 2024 04:13:05 +0000"
        );
    }

    #[test]
    fn durations_are_cut_to_minutes_and_never_nought() {
        let english = |seconds| duration(seconds, Locale::En);
        assert_eq!(english(-5), "1 min");
        assert_eq!(english(1), "1 min");
        assert_eq!(english(119), "1 min");
        assert_eq!(english(120), "2 mins");
        assert_eq!(english(3_600), "1 hr");
        assert_eq!(english(4_379), "1 hr 12 mins");
        assert_eq!(english(7_260), "2 hrs 1 min");
        assert_eq!(duration(4_320, Locale::Ja), "1時間12分");
        assert_eq!(duration(86_400, Locale::Ja), "24時間");
        assert_eq!(duration_plain(4_320, Locale::En), "1 hr 12 min");
        assert_eq!(duration_plain(1_200, Locale::En), "20 min");
    }
}
