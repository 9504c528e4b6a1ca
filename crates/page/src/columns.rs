//! Rows of days: the bars of components and groups, the horizon, the legend.

use noroshi_domain::Status;
use noroshi_domain::uptime::{Percent, Today, bar_colour};
use noroshi_text::{dates, labels, msg};

use crate::bars_image;
use crate::days::Days;
use crate::frame::Frame;
use crate::html::{
    self, Bars, BarsEvent, BarsUptime, BarsWords, Horizon, Legend, LegendItem, Link, Outage, Slot,
};
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
    /// Days on which nothing happened tell so, too.
    pub(crate) calm: bool,
    /// Path of the image that draws them; none where the page does.
    pub(crate) image: Option<String>,
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
        image: of.image.clone(),
        label: spoken,
        days: days
            .list
            .iter()
            .zip(&days.worst)
            .map(|(day, worst)| html::Day {
                status: bars_image::look(day.counted, *worst),
                fill: bar_colour(day),
            })
            .collect(),
        slots: (0..days.list.len())
            .map(|index| slot(frame, of, days, index))
            .collect(),
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
        related: msg::related(locale),
        nothing_related: msg::nothing_related(locale),
    }
}

fn month_starts(days: &Days<'_>) -> Vec<u16> {
    (0_u16..)
        .zip(&days.list)
        .filter(|(_, day)| day.date.day() == 1)
        .map(|(index, _)| index)
        .collect()
}

/// What a day tells. A day before the first that counts has no data, whatever happened.
fn slot(frame: &Frame<'_, '_>, of: &BarsOf<'_>, days: &Days<'_>, index: usize) -> Slot {
    let (view, locale) = (frame.view, frame.locale);
    let day = &days.list[index];
    let related = &days.related[index];
    let was_calm = days.worst[index] == Status::Operational && day.seconds.is_clear();
    if day.counted && !(was_calm && related.is_empty()) {
        return Slot::Event(BarsEvent {
            label: spoken_day(frame, days, index),
            date: dates::date(day.date, locale),
            outages: outages(frame, days, index),
            related: related
                .iter()
                .map(|incident| {
                    let title = view.pick(&incident.name, locale).0;
                    Link::new(&frame.addresses.incident(&incident.id), title)
                })
                .collect(),
        });
    }
    if !of.calm {
        return Slot::Silent;
    }
    Slot::Calm {
        date: dates::date(day.date, locale),
        words: if day.counted {
            msg::no_downtime(locale)
        } else {
            msg::no_data(locale)
        },
    }
}

/// What was on a day, the worst first: statuses with their durations, of a group its members.
fn outages(frame: &Frame<'_, '_>, days: &Days<'_>, index: usize) -> Vec<Outage> {
    let locale = frame.locale;
    let day = &days.list[index];
    TROUBLES
        .iter()
        .filter_map(|status| {
            let words = match days.members.get(index) {
                Some(members) => labels::day_members(*status, *members.get(status)?, locale),
                None if day.seconds.of(*status) > 0 => {
                    let duration = dates::duration(day.seconds.of(*status), locale);
                    labels::day_status(*status, &duration, locale)
                }
                // It has only just begun.
                None if days.worst[index] == *status => Some(labels::status(*status, locale)),
                None => None,
            };
            Some(Outage {
                status: words::look(*status),
                words: words?,
            })
        })
        .collect()
}

/// A day in words: date, what was and how long, related incidents.
pub(crate) fn spoken_day(frame: &Frame<'_, '_>, days: &Days<'_>, index: usize) -> String {
    let locale = frame.locale;
    let day = &days.list[index];
    let mut parts: Vec<String> = outages(frame, days, index)
        .into_iter()
        .map(|outage| outage.words)
        .collect();
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
        .filter(|system| system.status == Status::Operational && !view.is_doubted(system))
        .count();
    let columns = if systems.len() <= HORIZON_SYSTEMS_MAX {
        systems
            .iter()
            .map(|system| words::look_of(view, system))
            .collect()
    } else {
        view.rows()
            .iter()
            .map(|row| match *row {
                Row::System(index) => words::look_of(view, &systems[index]),
                Row::Group(index) => words::look_of_group(view, &view.groups()[index]),
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
