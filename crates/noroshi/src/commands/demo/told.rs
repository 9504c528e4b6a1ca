//! What the company told: texts kept as data beside this file, and the times that stand in them.
//!
//! A text never holds a time of its own. It names one, and the time is written in when the
//! demo is made, so that what is said and what is recorded can not differ:
//!
//! | in a text | becomes |
//! | --- | --- |
//! | `{period}` | when the impact began and ended |
//! | `{lasting}` | how long it lasted |
//! | `{from}`, `{to}` | the time of day it began, ended |
//! | `{t 25}` | the time of day 25 minutes after it began |
//! | `{d 25}` | the day then |
//! | `{dt 25}` | day and time then |
//! | `{D 25}` | the day with its year |

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Weekday};
use noroshi_domain::{ComponentId, Instant, Lifecycle, Locale, MINUTE_US, Status, Texts, Zone};
use serde::Deserialize;

/// A text in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) en: String,
    pub(super) ja: String,
}

/// What happened in two years, oldest first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Past {
    pub(super) incident: Vec<Told>,
}

/// One incident of the past.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    /// On which day it began: so many days before today, or the last working day before that.
    pub(super) days: i64,
    /// At which time of that day.
    pub(super) at: String,
    /// Whether the beginning is known about only.
    #[serde(default)]
    pub(super) about: bool,
    /// For how many minutes customers felt it.
    pub(super) lasts: i64,
    pub(super) title: Words,
    pub(super) who: Option<Words>,
    pub(super) check: Option<Words>,
    pub(super) todo: Option<Words>,
    /// Effects may last for so many minutes after the end.
    pub(super) effects: Option<i64>,
    pub(super) update: Vec<Said>,
    pub(super) report: Option<Report>,
}

/// One update.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// So many minutes after the impact began; of a script, seconds after it starts.
    pub(super) after: i64,
    pub(super) is: Lifecycle,
    #[serde(default)]
    pub(super) status: BTreeMap<ComponentId, Status>,
    /// A next update is promised within so many minutes.
    pub(super) promise: Option<i64>,
    /// A next update is promised for when something happens.
    pub(super) promise_when: Option<Words>,
    /// A report is promised.
    #[serde(default)]
    pub(super) promise_report: bool,
    pub(super) en: String,
    pub(super) ja: String,
}

/// A postmortem.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    /// So many days after the day on which the impact began.
    pub(super) days: i64,
    /// At which time of that day.
    pub(super) at: String,
    pub(super) en: String,
    pub(super) ja: String,
}

/// What was and is planned, and what is announced.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plans {
    pub(super) maintenance: Vec<Planned>,
    pub(super) recurring: Recurring,
    pub(super) announcement: Vec<Announced>,
}

/// One planned work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    /// So many days before today; negative: to come.
    pub(super) days: i64,
    pub(super) at: String,
    /// Minutes.
    pub(super) lasts: i64,
    /// How many days ahead it is announced.
    pub(super) ahead: i64,
    pub(super) components: Vec<ComponentId>,
    pub(super) title: Words,
    pub(super) en: String,
    pub(super) ja: String,
}

/// Planned work that comes again every four weeks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recurring {
    pub(super) at: String,
    pub(super) lasts: i64,
    pub(super) components: Vec<ComponentId>,
    pub(super) title: Words,
    pub(super) en: String,
    pub(super) ja: String,
}

/// One announcement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Announced {
    /// So many days before today.
    pub(super) days: i64,
    pub(super) at: String,
    /// How many days it stands.
    pub(super) stands: i64,
    pub(super) title: Words,
    pub(super) en: String,
    pub(super) ja: String,
}

/// What goes on while somebody watches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scripts {
    pub(super) script: Vec<Script>,
}

/// One incident that opens, is updated, worsens and resolves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// It is said to have begun so many minutes before it is told.
    pub(super) since: i64,
    pub(super) title: Words,
    pub(super) who: Option<Words>,
    pub(super) check: Option<Words>,
    pub(super) todo: Option<Words>,
    pub(super) update: Vec<Said>,
}

impl Words {
    pub(super) fn texts(&self) -> Texts {
        both(&self.en, &self.ja)
    }
}

/// Both languages of a text without times.
pub(super) fn both(en: &str, ja: &str) -> Texts {
    Texts::of(Locale::En, en.trim_end()).with(Locale::Ja, ja.trim_end())
}

/// Reads one of the files that are built in.
///
/// # Panics
/// When the file is not as it must be, which the tests rule out.
pub(super) fn read<T: for<'a> Deserialize<'a>>(file: &str) -> T {
    toml::from_str(file).unwrap_or_else(|error| panic!("the demo's own texts: {error}"))
}

/// The instant of a time of day (`13:05`) of a date.
pub(super) fn instant(zone: &Zone, date: Date, at: &str) -> Instant {
    let minutes = i64::from(hour_of(at)) * 60 + i64::from(number(&at[3..]));
    zone.start_of(date).plus_us(minutes * MINUTE_US)
}

fn hour_of(at: &str) -> i8 {
    number(&at[..2])
}

fn number(digits: &str) -> i8 {
    digits.parse().expect("times are written 13:05")
}

/// The date so many days before another.
pub(super) fn days_before(today: Date, days: i64) -> Date {
    today
        .checked_sub(jiff::Span::new().days(days))
        .expect("two years back is a date")
}

/// The hours in which people work; what happens outside of them may happen on any day.
const WORKING_HOURS: std::ops::Range<i8> = 8..20;

/// A date; where it is no working day and the time is one of work, the Friday before it.
pub(super) fn day_of_work(date: Date, at: &str) -> Date {
    match date.weekday() {
        Weekday::Saturday if WORKING_HOURS.contains(&hour_of(at)) => days_before(date, 1),
        Weekday::Sunday if WORKING_HOURS.contains(&hour_of(at)) => days_before(date, 2),
        _ => date,
    }
}

/// A date; where it is no working day, the Monday after it.
pub(super) fn next_day_of_work(date: Date) -> Date {
    match date.weekday() {
        Weekday::Saturday => days_before(date, -2),
        Weekday::Sunday => days_before(date, -1),
        _ => date,
    }
}

impl Told {
    /// When the impact began and ended, seen from today.
    pub(super) fn window(&self, zone: &Zone, today: Date) -> Window {
        let date = day_of_work(days_before(today, self.days), &self.at);
        let from = instant(zone, date, &self.at);
        Window {
            from,
            to: from.plus_us(self.lasts * MINUTE_US),
            about: self.about,
        }
    }
}

impl Report {
    /// When it was published: some days after an incident began.
    pub(super) fn instant(&self, zone: &Zone, began: Instant) -> Instant {
        let date = days_before(zone.date_of(began), -self.days);
        instant(zone, next_day_of_work(date), &self.at)
    }
}

/// When something began and ended, and whether both are known about only.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) about: bool,
}

impl Window {
    /// Both languages of a text, with its times written in.
    pub(super) fn texts(&self, zone: &Zone, en: &str, ja: &str) -> Texts {
        let filled = |locale, text: &str| self.filled(zone, locale, text.trim_end());
        Texts::of(Locale::En, filled(Locale::En, en)).with(Locale::Ja, filled(Locale::Ja, ja))
    }

    fn filled(&self, zone: &Zone, locale: Locale, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').expect("a brace is closed");
            filled.push_str(before);
            filled.push_str(&self.named(zone, locale, name));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn named(&self, zone: &Zone, locale: Locale, name: &str) -> String {
        let (kind, minutes) = name.split_once(' ').unwrap_or((name, "0"));
        let minutes: i64 = minutes.parse().expect("minutes after the beginning");
        let local = |at: Instant| zone.time_zone().to_datetime(at.timestamp());
        let then = local(self.from.plus_us(minutes * MINUTE_US));
        match kind {
            "period" => self.period(zone, locale),
            "lasting" => lasting(locale, self.to.since_us(self.from) / MINUTE_US),
            "from" | "t" => clock(then),
            "to" => clock(local(self.to)),
            "d" => day(locale, then),
            "dt" => format!("{}{}", before_time(locale, then), clock(then)),
            "D" => day_of_year(locale, then),
            _ => panic!("the demo's own texts: no time is called {kind:?}"),
        }
    }

    fn period(&self, zone: &Zone, locale: Locale) -> String {
        let local = |at: Instant| zone.time_zone().to_datetime(at.timestamp());
        let (from, to) = (local(self.from), local(self.to));
        let last_day = if from.date() == to.date() {
            String::new()
        } else {
            before_time(locale, to)
        };
        let first_day = before_time(locale, from);
        let (begin, end) = (clock(from), clock(to));
        match (locale, self.about) {
            (Locale::En, false) => format!("{first_day}{begin} to {last_day}{end} JST"),
            (Locale::En, true) => format!("{first_day}about {begin} to {last_day}{end} JST"),
            (Locale::Ja, false) => format!("{first_day}{begin} 〜 {last_day}{end}"),
            (Locale::Ja, true) => format!("{first_day}{begin}頃 〜 {last_day}{end}頃"),
        }
    }
}

fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn day(locale: Locale, at: DateTime) -> String {
    match locale {
        Locale::En => format!("{} {}", MONTHS[at.month() as usize - 1], at.day()),
        Locale::Ja => format!("{}月{}日", at.month(), at.day()),
    }
}

fn day_of_year(locale: Locale, at: DateTime) -> String {
    let day = day(locale, at);
    match locale {
        Locale::En => format!("{day}, {}", at.year()),
        Locale::Ja => format!("{}年{day}", at.year()),
    }
}

fn before_time(locale: Locale, at: DateTime) -> String {
    match locale {
        Locale::En => format!("{}, ", day(locale, at)),
        Locale::Ja => format!("{} ", day(locale, at)),
    }
}

/// A length of time in words.
fn lasting(locale: Locale, minutes: i64) -> String {
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let counted = |count: i64, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    match (locale, hours, minutes) {
        (Locale::En, 0, _) => counted(minutes, "minute"),
        (Locale::En, _, 0) => counted(hours, "hour"),
        (Locale::En, ..) => format!("{} {}", counted(hours, "hour"), counted(minutes, "minute")),
        (Locale::Ja, 0, _) => format!("{minutes}分"),
        (Locale::Ja, _, 0) => format!("{hours}時間"),
        (Locale::Ja, ..) => format!("{hours}時間{minutes}分"),
    }
}
