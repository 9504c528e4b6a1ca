//! Rows of days: the bars of components and groups, the horizon, the legend.

use jiff::civil::Date;
use noroshi_domain::uptime::{Percent, Today, bar_colour};
use noroshi_domain::{Incident, Status};
use noroshi_text::{dates, labels, msg};

use crate::days::Days;
use crate::frame::Frame;
use crate::html::{self, Bars, BarsEvent, BarsUptime, BarsWords, Horizon, Legend, LegendItem};
use crate::months::Months;
use crate::view::{BAR_DAYS, Row};
use crate::words;

/// Above this many components the horizon has a column a group.
const HORIZON_SYSTEMS_MAX: usize = 24;
/// The statuses that were worse than operational, worst first.
pub(crate) const TROUBLES: [Status; 5] = [
    Status::MajorOutage,
    Status::PartialOutage,
    Status::DegradedPerformance,
    Status::UnderMaintenance,
    Status::Unknown,
];

/// Of what a row of bars tells.
pub(crate) struct BarsOf<'s> {
    /// Code of the component or group.
    pub(crate) code: &'s str,
    /// Its name.
    pub(crate) name: &'s str,
    /// Where its calendar stands.
    pub(crate) href: String,
    /// For groups whose figure is the lowest member's: the members' days.
    pub(crate) lowest_of: Option<Vec<&'s Days<'s>>>,
}

/// The bars of some days.
pub(crate) fn bars(frame: &Frame<'_, '_>, of: &BarsOf<'_>, days: &Days<'_>) -> Bars {
    let locale = frame.locale;
    let label = msg::percent_uptime_of(locale, of.name, BAR_DAYS, words::MARK);
    let figure = |count| figure(frame, of, days, count);
    let uptime = figure(BAR_DAYS as usize).map(|ninety| BarsUptime {
        sixty: figure(60).map_or_else(|| ninety.to_string(), |percent| percent.to_string()),
        thirty: figure(30).map_or_else(|| ninety.to_string(), |percent| percent.to_string()),
        ninety: ninety.to_string(),
        href: of.href.clone(),
    });
    let spoken = uptime.as_ref().map_or_else(
        || format!("{}: {}", of.name, msg::uptime_unknown(locale)),
        |uptime| label.replace(words::MARK, &uptime.ninety),
    );
    Bars {
        id: of.code.to_owned(),
        label: spoken,
        days: days
            .list
            .iter()
            .zip(&days.worst)
            .map(|(day, worst)| html::Day {
                status: if day.counted {
                    words::look(*worst)
                } else {
                    html::Status::NoData
                },
                fill: bar_colour(day),
            })
            .collect(),
        events: events(frame, of, days),
        month_starts: month_starts(days),
        uptime,
        words: bars_words(frame),
    }
}

fn figure(
    frame: &Frame<'_, '_>,
    of: &BarsOf<'_>,
    days: &Days<'_>,
    count: usize,
) -> Option<Percent> {
    match &of.lowest_of {
        None => days.percent(frame.view, count, Today::UpToNow),
        Some(members) => members
            .iter()
            .filter_map(|member| member.percent(frame.view, count, Today::UpToNow))
            .reduce(Percent::lower),
    }
}

fn bars_words(frame: &Frame<'_, '_>) -> BarsWords {
    let locale = frame.locale;
    let number = BAR_DAYS.to_string();
    let (ago_before, ago_after) = words::around(&msg::days_ago(locale, BAR_DAYS), &number);
    let (uptime_before, uptime_after) =
        words::around(&msg::percent_uptime(locale, words::MARK), words::MARK);
    BarsWords {
        ago_before,
        ago_after,
        uptime_before,
        uptime_after,
        no_data: msg::uptime_unknown(locale),
        today: msg::today(locale),
        others: msg::no_downtime_on_other_days(locale),
    }
}

fn month_starts(days: &Days<'_>) -> Vec<u16> {
    (0_u16..)
        .zip(&days.list)
        .filter(|(_, day)| day.date.day() == 1)
        .map(|(index, _)| index)
        .collect()
}

fn events(frame: &Frame<'_, '_>, of: &BarsOf<'_>, days: &Days<'_>) -> Vec<BarsEvent> {
    (0_u16..)
        .zip(&days.list)
        .filter_map(|(index, day)| {
            let place = usize::from(index);
            let related = &days.related[place];
            if !day.counted || (day.seconds.is_clear() && related.is_empty()) {
                return None;
            }
            Some(BarsEvent {
                index,
                href: event_href(frame, &of.href, day.date, related),
                label: spoken_day(frame, days, place),
            })
        })
        .collect()
}

/// The one incident of a day, else the day in the calendar.
pub(crate) fn event_href(
    frame: &Frame<'_, '_>,
    calendar: &str,
    date: Date,
    related: &[&Incident],
) -> String {
    if let [only] = related {
        return frame.addresses.incident(&only.id);
    }
    let view = frame.view;
    match Months::page_of(&view.page().zone, view.now(), date) {
        1 => format!("{calendar}#d{date}"),
        page_number => format!("{calendar}?page={page_number}#d{date}"),
    }
}

/// A day in words: date, what was and how long, related incidents.
pub(crate) fn spoken_day(frame: &Frame<'_, '_>, days: &Days<'_>, index: usize) -> String {
    let locale = frame.locale;
    let day = &days.list[index];
    let mut parts: Vec<String> = if let Some(members) = days.members.get(index) {
        TROUBLES
            .iter()
            .filter_map(|status| labels::day_members(*status, *members.get(status)?, locale))
            .collect()
    } else {
        TROUBLES
            .iter()
            .filter(|status| day.seconds.of(**status) > 0)
            .filter_map(|status| {
                let duration = dates::duration(day.seconds.of(*status), locale);
                labels::day_status(*status, &duration, locale)
            })
            .collect()
    };
    if parts.is_empty() {
        parts.push(msg::no_downtime(locale));
    }
    let names = days.related[index]
        .iter()
        .map(|incident| frame.view.pick(&incident.name, locale).0);
    let names = labels::names(names, locale);
    if !names.is_empty() {
        parts.push(format!("{}: {names}", msg::related(locale)));
    }
    let text = parts.join(match locale {
        noroshi_domain::Locale::En => "; ",
        noroshi_domain::Locale::Ja => "／",
    });
    msg::day_spoken(locale, &dates::day(day.date, locale), &text)
}

/// The systems now, one column each; above 24 one a row of the page.
pub(crate) fn horizon(frame: &Frame<'_, '_>) -> Horizon {
    let view = frame.view;
    let systems = view.systems();
    let good = systems
        .iter()
        .filter(|system| system.status == Status::Operational)
        .count();
    let columns = if systems.len() <= HORIZON_SYSTEMS_MAX {
        systems
            .iter()
            .map(|system| words::look(system.status))
            .collect()
    } else {
        view.rows()
            .iter()
            .map(|row| match *row {
                Row::System(index) => words::look(systems[index].status),
                Row::Group(index) => words::look(view.groups()[index].status),
            })
            .collect()
    };
    Horizon {
        label: msg::horizon(frame.locale, good as i64, systems.len() as i64),
        columns,
    }
}

/// What the shapes mean.
pub(crate) fn legend(frame: &Frame<'_, '_>) -> Legend {
    let item = |status: Status| LegendItem {
        status: words::look(status),
        label: labels::legend(status, frame.locale),
    };
    let mut items: Vec<LegendItem> = [
        Status::Operational,
        Status::DegradedPerformance,
        Status::PartialOutage,
        Status::MajorOutage,
        Status::UnderMaintenance,
    ]
    .into_iter()
    .map(item)
    .collect();
    // Said only where it occurs: many pages measure nothing.
    let view = frame.view;
    if view.systems().iter().any(|system| {
        system
            .spans
            .iter()
            .any(|span| span.status == Status::Unknown)
    }) {
        items.push(item(Status::Unknown));
    }
    Legend {
        label: msg::legend(frame.locale),
        items,
    }
}
