//! Uptime: seconds per status and day, and the percentage they give.
//!
//! DOMAIN "Uptime"; reference part 4. Integer arithmetic throughout, so that whoever computes it
//! again from the record gets the same figure.

use std::fmt;

use jiff::civil::Date;

use crate::facts::{Span, Weights};
use crate::status::Status;
use crate::time::{Instant, SECOND_US, Zone};

/// What every day divides by, also those of 23 or 25 hours.
pub const DAY_S: i64 = 86_400;

/// Whole seconds of a day per status; what is left of the day was operational.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seconds {
    /// Major outage.
    pub major: i64,
    /// Partial outage.
    pub partial: i64,
    /// Degraded performance.
    pub degraded: i64,
    /// Under maintenance.
    pub maintenance: i64,
    /// Not measured.
    pub unknown: i64,
}

impl Seconds {
    /// Downtime in thousandths of a second.
    pub const fn downtime_ms(&self, weights: Weights) -> i64 {
        weights.major * self.major
            + weights.partial * self.partial
            + weights.degraded * self.degraded
            + weights.maintenance * self.maintenance
    }

    /// The worst status with at least a second.
    pub const fn worst(&self) -> Status {
        match self {
            Self { major: 1.., .. } => Status::MajorOutage,
            Self { partial: 1.., .. } => Status::PartialOutage,
            Self { degraded: 1.., .. } => Status::DegradedPerformance,
            Self {
                maintenance: 1.., ..
            } => Status::UnderMaintenance,
            Self { unknown: 1.., .. } => Status::Unknown,
            _ => Status::Operational,
        }
    }

    /// Whether nothing but operational was seen.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }

    /// Seconds of one status; 0 for operational.
    pub const fn of(&self, status: Status) -> i64 {
        match status {
            Status::Operational => 0,
            Status::Unknown => self.unknown,
            Status::UnderMaintenance => self.maintenance,
            Status::DegradedPerformance => self.degraded,
            Status::PartialOutage => self.partial,
            Status::MajorOutage => self.major,
        }
    }
}

/// One local day of one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which day.
    pub date: Date,
    /// Its first instant.
    pub from: Instant,
    /// The next day's first instant.
    pub to: Instant,
    /// Whether it counts: from `start_date` on.
    pub counted: bool,
    /// Seconds per status, up to now.
    pub seconds: Seconds,
}

/// The local days of a window, cut once for all components.
#[derive(Debug, Clone)]
pub struct Calendar {
    now: Instant,
    days: Vec<(Date, Instant, Instant)>,
}

impl Calendar {
    /// The days from `first` to `last`, both included, none after today, none the zone skipped.
    pub fn new(zone: &Zone, first: Date, last: Date, now: Instant) -> Self {
        let last = last.min(zone.date_of(now));
        let mut days = Vec::new();
        let mut date = first;
        let mut from = zone.start_of(first);
        while date <= last {
            let Ok(tomorrow) = date.tomorrow() else { break };
            let to = zone.start_of(tomorrow);
            if from < to && zone.date_of(from) == date {
                days.push((date, from, to));
            }
            date = tomorrow;
            from = to;
        }
        Self { now, days }
    }

    /// The last `count` days, today included.
    pub fn last_days(zone: &Zone, count: i64, now: Instant) -> Self {
        let today = zone.date_of(now);
        let back = jiff::Span::new().days(count - 1);
        let first = today.checked_sub(back).unwrap_or(Date::MIN);
        Self::new(zone, first, today, now)
    }

    /// The instant it is seen at.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Dates with their bounds, oldest first.
    pub fn bounds(&self) -> &[(Date, Instant, Instant)] {
        &self.days
    }

    /// A component's days, given its spans of one lane in any order.
    pub fn days<'a>(
        &self,
        spans: impl IntoIterator<Item = &'a Span>,
        start_date: Option<Date>,
    ) -> Vec<Day> {
        let mut micros = vec![[0_i64; 6]; self.days.len()];
        for span in spans {
            let to = span.to.unwrap_or(Instant::MAX).min(self.now);
            let first = self.days.partition_point(|(_, _, end)| *end <= span.from);
            for (index, (_, start, end)) in self.days.iter().enumerate().skip(first) {
                if *start >= to {
                    break;
                }
                let overlap = to.min(*end).since_us(span.from.max(*start));
                micros[index][span.status as usize] += overlap.max(0);
            }
        }
        self.days
            .iter()
            .zip(micros)
            .map(|(&(date, from, to), micros)| Day {
                date,
                from,
                to,
                counted: start_date.is_none_or(|start| date >= start),
                seconds: Seconds {
                    major: micros[Status::MajorOutage as usize] / SECOND_US,
                    partial: micros[Status::PartialOutage as usize] / SECOND_US,
                    degraded: micros[Status::DegradedPerformance as usize] / SECOND_US,
                    maintenance: micros[Status::UnderMaintenance as usize] / SECOND_US,
                    unknown: micros[Status::Unknown as usize] / SECOND_US,
                },
            })
            .collect()
    }
}

/// A component's days from `first` to `last`.
pub fn days<'a>(
    spans: impl IntoIterator<Item = &'a Span>,
    zone: &Zone,
    (first, last): (Date, Date),
    start_date: Option<Date>,
    now: Instant,
) -> Vec<Day> {
    Calendar::new(zone, first, last, now).days(spans, start_date)
}

/// How today enters the divisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Today {
    /// The seconds since it began: pages, badges, feeds, reports, our own API.
    UpToNow,
    /// A whole day: the documents of the v1 and v2 shape (reference 4.1).
    Whole,
}

/// A share of 1, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent {
    up_ms: i64,
    whole_ms: i64,
}

impl Percent {
    /// Hundredths of a percent, cut: 9146 for 91.46 %.
    pub fn hundredths(self) -> i64 {
        let share = i128::from(self.up_ms) * 10_000 / i128::from(self.whole_ms);
        i64::try_from(share).unwrap_or(0)
    }

    /// As a fraction of 1, in full precision.
    pub fn fraction(self) -> f64 {
        // Reference 4.5: 1 minus the share of downtime, not the share of uptime.
        1.0 - (self.whole_ms - self.up_ms) as f64 / self.whole_ms as f64
    }
}

impl fmt::Display for Percent {
    /// Cut to two decimals, at least one written: `100.0`, `99.9`, `91.46`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.hundredths();
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        if rest % 10 == 0 {
            write!(formatter, "{whole}.{}", rest / 10)
        } else {
            write!(formatter, "{whole}.{rest:02}")
        }
    }
}

impl Percent {
    /// The lower of two.
    #[must_use]
    pub fn lower(self, other: Self) -> Self {
        let own = i128::from(self.up_ms) * i128::from(other.whole_ms);
        let others = i128::from(other.up_ms) * i128::from(self.whole_ms);
        if own <= others { self } else { other }
    }
}

/// The uptime of some days; `None` is "no data".
pub fn percent(days: &[Day], weights: Weights, today: Today, now: Instant) -> Option<Percent> {
    let mut downtime_ms = 0;
    let mut divisor_s = 0;
    for day in days.iter().filter(|day| day.counted) {
        downtime_ms += day.seconds.downtime_ms(weights);
        divisor_s += length_s(day, today, now) - day.seconds.unknown;
    }
    (divisor_s > 0).then(|| Percent {
        up_ms: (divisor_s * 1000 - downtime_ms).max(0),
        whole_ms: divisor_s * 1000,
    })
}

fn length_s(day: &Day, today: Today, now: Instant) -> i64 {
    let is_today = day.from <= now && now < day.to;
    if is_today && today == Today::UpToNow {
        (now.since_us(day.from) / SECOND_US).min(DAY_S)
    } else {
        DAY_S
    }
}

/// A group's days: the mean of seconds over its members that count that day, rounded down.
///
/// Every member's days are of the same calendar.
pub fn group_days(members: &[Vec<Day>]) -> Vec<Day> {
    let Some(first) = members.first() else {
        return Vec::new();
    };
    first
        .iter()
        .enumerate()
        .map(|(index, day)| {
            let counted: Vec<Seconds> = members
                .iter()
                .filter_map(|days| days.get(index))
                .filter(|day| day.counted)
                .map(|day| day.seconds)
                .collect();
            Day {
                counted: !counted.is_empty(),
                seconds: mean(&counted),
                ..*day
            }
        })
        .collect()
}

fn mean(members: &[Seconds]) -> Seconds {
    let count = i64::try_from(members.len()).unwrap_or(i64::MAX).max(1);
    let of = |pick: fn(&Seconds) -> i64| members.iter().map(pick).sum::<i64>() / count;
    Seconds {
        major: of(|seconds| seconds.major),
        partial: of(|seconds| seconds.partial),
        degraded: of(|seconds| seconds.degraded),
        maintenance: of(|seconds| seconds.maintenance),
        unknown: of(|seconds| seconds.unknown),
    }
}

/// The colours of bars that scrapers know (reference 4.5), as RGB.
const GREEN: [i64; 3] = [0x2f, 0xcc, 0x66];
const YELLOW: [i64; 3] = [0xf1, 0xc4, 0x0f];
const ORANGE: [i64; 3] = [0xe6, 0x7e, 0x22];
const RED: [i64; 3] = [0xe7, 0x4c, 0x3c];
const NO_DATA: [i64; 3] = [0xb3, 0xba, 0xc5];

/// A day's bar colour as `#rrggbb`, by weighted outage seconds (reference 4.5).
pub fn bar_colour(day: &Day) -> String {
    let outage_ms = 1000 * day.seconds.major + 300 * day.seconds.partial;
    let rgb = if day.counted {
        match outage_ms {
            0 => GREEN,
            1..1_188_000 => {
                let start = mix(GREEN, YELLOW, 1, 2);
                mix(start, YELLOW, outage_ms, 1_188_000)
            }
            1_188_000..1_980_000 => mix(YELLOW, ORANGE, outage_ms - 1_188_000, 792_000),
            1_980_000..3_600_000 => mix(ORANGE, RED, outage_ms - 1_980_000, 1_620_000),
            _ => RED,
        }
    } else {
        NO_DATA
    };
    format!("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2])
}

fn mix(from: [i64; 3], to: [i64; 3], part: i64, whole: i64) -> [i64; 3] {
    std::array::from_fn(|channel| {
        let way = (to[channel] - from[channel]) * part;
        from[channel] + (way + way.signum() * whole / 2) / whole
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::id::ComponentId;
    use crate::status::Lane;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn span(status: Status, from: &str, to: &str) -> Span {
        Span {
            component_id: ComponentId::parse("a").unwrap(),
            lane: Lane::Public,
            status,
            from: at(from),
            to: Some(at(to)),
        }
    }

    fn figure(major: i64, partial: i64) -> String {
        let now = at("2026-03-02T00:00:00Z");
        let mut days = days(
            [],
            &Zone::utc(),
            (date(2026, 3, 1), date(2026, 3, 1)),
            None,
            now,
        );
        days[0].seconds = Seconds {
            major,
            partial,
            ..Seconds::default()
        };
        percent(&days, Weights::default(), Today::UpToNow, now)
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_percentage_is_cut_and_written_with_at_least_one_decimal() {
        assert_eq!(figure(0, 0), "100.0");
        assert_eq!(figure(1, 0), "99.99");
        assert_eq!(figure(0, 1), "99.99");
        assert_eq!(figure(7378, 0), "91.46");
        assert_eq!(figure(425, 0), "99.5");
        assert_eq!(figure(86_400, 0), "0.0");
    }

    #[test]
    fn a_day_of_25_hours_holds_90000_seconds_and_counts_as_86400() {
        let zone = Zone::parse("America/New_York").unwrap();
        let outage = span(
            Status::MajorOutage,
            "2026-10-30T00:00:00Z",
            "2026-11-05T00:00:00Z",
        );
        let now = at("2026-12-01T00:00:00Z");
        let days = days(
            [&outage],
            &zone,
            (date(2026, 11, 1), date(2026, 11, 1)),
            None,
            now,
        );
        assert_eq!(days[0].seconds.major, 90_000);
        let percent = percent(&days, Weights::default(), Today::UpToNow, now).unwrap();
        assert_eq!(percent.hundredths(), 0);
    }

    #[test]
    fn today_counts_up_to_now_or_whole() {
        let outage = span(
            Status::MajorOutage,
            "2026-03-01T00:00:00Z",
            "2026-03-01T01:00:00Z",
        );
        let now = at("2026-03-01T02:00:00Z");
        let day = (date(2026, 3, 1), date(2026, 3, 1));
        let days = days([&outage], &Zone::utc(), day, None, now);
        let of = |today| {
            percent(&days, Weights::default(), today, now)
                .unwrap()
                .to_string()
        };
        assert_eq!(of(Today::UpToNow), "50.0");
        assert_eq!(of(Today::Whole), "95.83");
    }

    #[test]
    fn unknown_seconds_leave_the_divisor_and_nothing_left_is_no_data() {
        let blind = span(
            Status::Unknown,
            "2026-03-01T00:00:00Z",
            "2026-03-02T00:00:00Z",
        );
        let now = at("2026-03-03T00:00:00Z");
        let day = (date(2026, 3, 1), date(2026, 3, 1));
        let days = days([&blind], &Zone::utc(), day, None, now);
        assert_eq!(
            percent(&days, Weights::default(), Today::UpToNow, now),
            None
        );
    }

    #[test]
    fn days_before_the_start_date_do_not_count() {
        let outage = span(
            Status::MajorOutage,
            "2026-03-01T00:00:00Z",
            "2026-03-02T00:00:00Z",
        );
        let now = at("2026-03-03T00:00:00Z");
        let window = (date(2026, 3, 1), date(2026, 3, 2));
        let days = days([&outage], &Zone::utc(), window, Some(date(2026, 3, 2)), now);
        let percent = percent(&days, Weights::default(), Today::UpToNow, now).unwrap();
        assert_eq!(percent.to_string(), "100.0");
        assert_eq!(bar_colour(&days[0]), "#b3bac5");
    }

    #[test]
    fn bars_take_the_colours_that_scrapers_know() {
        let now = at("2026-03-02T00:00:00Z");
        let window = (date(2026, 3, 1), date(2026, 3, 1));
        let mut day = days([], &Zone::utc(), window, None, now)[0];
        let mut colour = |major| {
            day.seconds.major = major;
            bar_colour(&day)
        };
        assert_eq!(colour(0), "#2fcc66");
        assert_eq!(colour(1188), "#f1c40f");
        assert_eq!(colour(1980), "#e67e22");
        assert_eq!(colour(3600), "#e74c3c");
    }

    proptest! {
        #[test]
        fn day_totals_sum_to_the_window(
            zone in prop::sample::select(vec!["America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]),
            start in 0_i64..400 * 86_400,
            length in 1_i64..200 * 86_400,
        ) {
            let zone = Zone::parse(zone).unwrap();
            let from = at("2025-10-01T00:00:00Z").plus_seconds(start);
            let to = from.plus_seconds(length);
            let outage = Span {
                component_id: ComponentId::parse("a").unwrap(),
                lane: Lane::Public,
                status: Status::PartialOutage,
                from,
                to: Some(to),
            };
            let window = (date(2025, 9, 1), date(2027, 12, 31));
            let days = days([&outage], &zone, window, None, at("2028-01-01T00:00:00Z"));
            let sum: i64 = days.iter().map(|day| day.seconds.partial).sum();
            prop_assert_eq!(sum, length);
        }
    }
}
