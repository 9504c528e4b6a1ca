//! Fifteen days of past incidents, each under the day it was first told.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use noroshi_domain::{Instant, Lifecycle};
use noroshi_text::{dates, msg};

use crate::frame::Frame;
use crate::html::{Past, PastDay, PastIncident};
use crate::telling;
use crate::view::{Told, View};
use crate::words;

/// How many days stand on the page, today included.
const PAST_DAYS: i64 = 15;

/// The first instant of the oldest day shown.
pub(super) fn first_instant(view: &View<'_>) -> Instant {
    let zone = &view.page().zone;
    zone.start_of(first_day(zone.date_of(view.now())))
}

fn first_day(today: Date) -> Date {
    today
        .checked_sub((PAST_DAYS - 1).days())
        .unwrap_or(Date::MIN)
}

/// The days, today first; what is open stands above already, and what is planned has its own place.
pub(super) fn past(frame: &Frame<'_, '_>, told: &[Told<'_>]) -> Past {
    let (view, locale) = (frame.view, frame.locale);
    let zone = &view.page().zone;
    let today = zone.date_of(view.now());
    let mut by_day: BTreeMap<Date, Vec<&Told<'_>>> = BTreeMap::new();
    for told in told {
        let incident = told.incident;
        if incident.lifecycle.is_over() {
            let day = zone.date_of(incident.listed_at);
            by_day.entry(day).or_default().push(told);
        }
    }
    let silence = super::silence_of_today(view, told, locale);
    let mut days = Vec::new();
    let mut date = today;
    for _ in 0..PAST_DAYS {
        if zone.has(date) {
            let own = by_day.remove(&date).unwrap_or_default();
            let silence = (date == today).then(|| silence.clone());
            days.push(day(frame, date, own, silence));
        }
        let Ok(before) = date.yesterday() else { break };
        date = before;
    }
    Past {
        heading: msg::past_incidents(locale),
        hint: msg::past_days(locale, PAST_DAYS),
        days,
        more: frame.link("/history", &msg::all_past_incidents(locale)),
    }
}

/// One day; `silence` is what today says where nothing was told.
fn day(
    frame: &Frame<'_, '_>,
    date: Date,
    mut told: Vec<&Told<'_>>,
    silence: Option<String>,
) -> PastDay {
    let locale = frame.locale;
    told.sort_by(|one, two| {
        let (one, two) = (one.incident, two.incident);
        (two.listed_at, &two.id).cmp(&(one.listed_at, &one.id))
    });
    PastDay {
        date: words::date_moment(date, locale),
        weekday: dates::weekday_short(date.weekday(), locale).to_owned(),
        empty: told
            .is_empty()
            .then(|| silence.unwrap_or_else(|| msg::no_incidents(locale))),
        incidents: told
            .into_iter()
            .map(|told| past_incident(frame, told))
            .collect(),
    }
}

fn past_incident(frame: &Frame<'_, '_>, told: &Told<'_>) -> PastIncident {
    let locale = frame.locale;
    let incident = told.incident;
    let title = words::pick(frame.view, &incident.name, locale);
    let impact = incident.shown_impact();
    let mut updates = telling::updates(frame, told);
    // A report that is published stands first, whatever was said after it.
    let report = told
        .updates
        .iter()
        .position(|update| update.fact.lifecycle == Lifecycle::Postmortem);
    if let Some(place) = report {
        let report = updates.remove(place);
        updates.insert(0, report);
    }
    PastIncident {
        href: frame.addresses.incident(&incident.id),
        title: title.text.to_owned(),
        lang: title.lang,
        impact: words::impact_level(impact),
        impact_words: words::impact_told(impact, locale),
        window: telling::window(frame, told),
        components: telling::names(frame, told),
        updates,
    }
}
