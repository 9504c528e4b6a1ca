//! The front page, top to bottom (PAGES "The front page").

mod past;
mod systems;

use std::collections::HashMap;

use noroshi_domain::{
    ComponentId, Impact, IncidentId, IncidentKind, Instant, Lifecycle, Locale, Status, Texts,
};
use noroshi_text::{labels, msg};

use crate::bars_image;
use crate::brand;
use crate::columns;
use crate::days::Board;
use crate::frame::Frame;
use crate::html::{
    self, Announcements, Front, Lead, Link, Moment, Notice, OpenIncident, Scheduled,
    ScheduledMaintenance, UptimeScript,
};
use crate::plain::announced;
use crate::telling;
use crate::uptime_json::embedded;
use crate::view::{Told, View};
use crate::words;

/// Beyond this many showcased components the front page leaves bars to their own pages.
const BARS_MAX: usize = 400;
/// Beyond this many, bars are images that browsers fetch when they come into sight.
pub(crate) const BARS_DRAWN_MAX: usize = 40;

/// The front page in a language.
pub fn front(view: &View<'_>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let told = view.recent_told(past::first_instant(view), view.calendar_from());
    let events = view.events(&told);
    let board = Board::of(view, &events, (BARS_MAX, BARS_DRAWN_MAX));
    let open = open(&frame, &told);
    let lead = lead(&frame, &open);
    let cover = brand::cover(&view.page().settings).filter(|_| lead.banner && open.is_empty());
    let context = Front {
        shell: frame.front(),
        indicator: words::indicator_level(view.overall().indicator),
        cover: cover.map(|cover| frame.addresses.plain_path(&cover.path)),
        lead,
        open: open
            .iter()
            .map(|told| open_incident(&frame, told))
            .collect(),
        notices: notices(&frame, &told),
        about: words_of(&frame, &view.page().settings.about),
        headline: words_of(&frame, &view.page().settings.headline),
        announcements: announcements(&frame),
        components: systems::components(&frame, &board),
        scheduled: scheduled(&frame, &told),
        past: past::past(&frame, &told),
        uptime_script: embedded(view, &board)
            .map(|(data, values)| UptimeScript::new(&data, &values)),
    };
    html::render(&context).into_bytes()
}

/// One incident as the front page shows it while it is open, alone: what operators are shown before
/// they publish. Its links lead nowhere, because its page may not stand yet.
pub fn incident_card(view: &View<'_>, id: &IncidentId, locale: Locale) -> Option<String> {
    let frame = Frame::new(view, locale);
    let told = view.told(id)?;
    let card = html::IncidentCard {
        incident: open_incident(&frame, &told),
    };
    let made = html::render(&card);
    let mut parts = made.split("<a ");
    let mut alone = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        alone.push_str("<a ");
        alone.push_str(&part.replacen("href=\"", "data-href=\"", 1));
    }
    Some(alone)
}

/// The bars that the front page leaves to images of their own, each with its component.
pub fn late_bars(view: &View<'_>) -> Vec<(ComponentId, Vec<u8>)> {
    let shown = view.systems().iter();
    if shown.filter(|system| system.fact.showcase).count() <= BARS_DRAWN_MAX {
        return Vec::new();
    }
    let board = Board::of(view, &HashMap::new(), (BARS_MAX, BARS_DRAWN_MAX));
    let settings = &view.page().settings;
    board
        .late()
        .map(|(id, days)| (id.clone(), bars_image::svg(days, settings)))
        .collect()
}

/// Words of the page's operator, where he has written some.
fn words_of(frame: &Frame<'_, '_>, texts: &Texts) -> Option<html::Words> {
    let picked = words::pick(frame.view, texts, frame.locale);
    (!picked.text.is_empty()).then(|| html::Words {
        text: words::safe(picked.text),
        lang: picked.lang,
    })
}

/// Open incidents and maintenances in progress, the latest first.
fn open<'t, 'v>(frame: &Frame<'_, '_>, told: &'t [Told<'v>]) -> Vec<&'t Told<'v>> {
    let mut open: Vec<&Told<'_>> = told
        .iter()
        .filter(|told| told.incident.is_open() && told.incident.lifecycle != Lifecycle::Scheduled)
        .collect();
    // What hurts stands above planned work; within each the latest stands first.
    open.sort_by_key(|told| {
        let planned = told.incident.kind == IncidentKind::Maintenance;
        (planned, frame.view.now().since_us(told.felt_from()))
    });
    open
}

fn lead(frame: &Frame<'_, '_>, open: &[&Told<'_>]) -> Lead {
    let (view, locale) = (frame.view, frame.locale);
    let (own, sentence) = words::overall(view, locale);
    let banner = !open
        .iter()
        .any(|told| told.incident.kind == IncidentKind::Incident);
    let horizon = columns::horizon(frame);
    let hurt = open.iter().map(|told| told.incident.shown_impact()).max();
    let status = if view.confirmed_at().is_some() && banner {
        // What can not be confirmed is never green.
        html::Status::Unknown
    } else if let Some(impact) = hurt.filter(|impact| !banner && *impact != Impact::None) {
        // One colour above the incident and on it.
        words::impact_level(impact).status()
    } else {
        own
    };
    Lead {
        banner,
        status,
        sentence: if banner {
            sentence
        } else {
            horizon.label.clone()
        },
        as_of: words::moment(
            view,
            view.confirmed_at().unwrap_or(view.now()),
            locale,
            |time| msg::as_of(locale, time),
        ),
        horizon,
    }
}

fn open_incident(frame: &Frame<'_, '_>, told: &Told<'_>) -> OpenIncident {
    let (view, locale) = (frame.view, frame.locale);
    let incident = told.incident;
    let title = words::pick(view, &incident.name, locale);
    let (worst, worst_words) = telling::worst(frame, told);
    let (follow, affected_label) = match incident.kind {
        IncidentKind::Incident => (
            msg::incident_updates(locale),
            msg::affected_components(locale),
        ),
        IncidentKind::Maintenance => (
            msg::maintenance_updates(locale),
            msg::maintained_components(locale),
        ),
    };
    OpenIncident {
        code: incident.id.to_string(),
        href: frame.addresses.incident(&incident.id),
        title: title.text.to_owned(),
        lang: title.lang,
        impact: words::impact_level(incident.shown_impact()),
        worst,
        worst_words,
        lifecycle: labels::lifecycle(incident.lifecycle, locale),
        since: since(frame, told),
        warning: telling::lateness(frame, told),
        promise: telling::open_promise(frame, told).or_else(|| telling::planned_end(frame, told)),
        affected_label,
        affected: telling::affected_now(frame, told),
        fields: telling::fields(frame, told),
        updates: telling::updates(frame, told),
        // The feed is the whole page's, so the incident's own page is where it is followed.
        follow: Link::new(&frame.addresses.incident(&incident.id), &follow),
    }
}

/// "Impact since", with the mark of a time that is only roughly known; of a maintenance its
/// window, which says until when.
fn since(frame: &Frame<'_, '_>, told: &Told<'_>) -> Moment {
    let (view, locale, incident) = (frame.view, frame.locale, told.incident);
    if let (IncidentKind::Maintenance, Some(plan)) = (incident.kind, &incident.plan) {
        let window = words::window(view, plan.scheduled_for, plan.scheduled_until, locale);
        return words::found_in(view, plan.scheduled_for, &window, locale);
    }
    let from = told.felt_from();
    let time = words::clock_or_time(view, from, locale);
    let text = match incident.impact_from {
        Some(from) if from.about => msg::impact_from_about(locale, &time),
        _ => msg::impact_from(locale, &time),
    };
    words::found_in(view, from, &text, locale)
}

/// Contradictions, components that are not measured, planned work that is late.
fn notices(frame: &Frame<'_, '_>, told: &[Told<'_>]) -> Vec<Notice> {
    let (view, locale) = (frame.view, frame.locale);
    let name = |system: &crate::view::System<'_>| view.pick(&system.fact.name, locale).0.to_owned();
    let contradictions = view.contradictions().iter().filter_map(|found| {
        let system = view.system(&found.component_id)?;
        let since = words::clock_or_time(view, found.since, locale);
        let text = if view.is_doubted(system) {
            let said = labels::status(system.status, locale);
            msg::contradiction_said(locale, &name(system), &said, &since)
        } else {
            msg::contradiction(locale, &name(system), &since)
        };
        Some(Notice {
            status: html::Status::Degraded,
            text,
            link: None,
        })
    });
    let silent = view.systems().iter().filter_map(|system| {
        let since = words::clock_or_time(view, system.unknown_since?, locale);
        Some(Notice {
            status: html::Status::Unknown,
            text: msg::not_measured_notice(locale, &name(system), &since),
            link: None,
        })
    });
    let late = told
        .iter()
        .filter(|told| told.incident.lifecycle == Lifecycle::Scheduled)
        .filter_map(|told| {
            let title = view.pick(&told.incident.name, locale).0;
            Some(Notice {
                status: html::Status::Maintenance,
                text: telling::lateness(frame, told)?,
                link: Some(Link::new(
                    &frame.addresses.incident(&told.incident.id),
                    title,
                )),
            })
        });
    let stale = telling::stale(frame);
    stale
        .into_iter()
        .chain(contradictions)
        .chain(silent)
        .chain(late)
        .collect()
}

fn announcements(frame: &Frame<'_, '_>) -> Option<Announcements> {
    let view = frame.view;
    let items: Vec<_> = view
        .announcements()
        .into_iter()
        .map(|announcement| announced(frame, announcement))
        .filter(|announced| announced.current)
        .collect();
    let all = frame.link("/announcements", &msg::all_announcements(frame.locale));
    (!items.is_empty()).then(|| Announcements {
        heading: msg::announcements(frame.locale),
        items,
        all: Some(all),
    })
}

fn scheduled(frame: &Frame<'_, '_>, told: &[Told<'_>]) -> Option<Scheduled> {
    let mut planned: Vec<&Told<'_>> = told
        .iter()
        .filter(|told| told.incident.lifecycle == Lifecycle::Scheduled)
        .collect();
    planned.sort_by_key(|told| (told.incident.started_at, told.incident.id.clone()));
    let items: Vec<ScheduledMaintenance> = planned
        .into_iter()
        .filter_map(|told| planned_maintenance(frame, told))
        .collect();
    (!items.is_empty()).then(|| Scheduled {
        heading: msg::scheduled_maintenance(frame.locale),
        items,
    })
}

fn planned_maintenance(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<ScheduledMaintenance> {
    let (view, locale) = (frame.view, frame.locale);
    let incident = told.incident;
    let plan = incident.plan.as_ref()?;
    let title = words::pick(view, &incident.name, locale);
    let window = words::window(view, plan.scheduled_for, plan.scheduled_until, locale);
    Some(ScheduledMaintenance {
        href: frame.addresses.incident(&incident.id),
        title: title.text.to_owned(),
        lang: title.lang,
        window_label: msg::maintenance_window(locale),
        window: words::found_in(view, plan.scheduled_for, &window, locale),
        unix: seconds(plan.scheduled_for).to_string(),
        components_label: msg::components(locale),
        components: telling::names(frame, told),
        warning: telling::lateness(frame, told),
        updates: telling::updates(frame, told),
        calendar: Some(frame.add_to_calendar(incident)),
    })
}

const fn seconds(at: Instant) -> i64 {
    at.micros().div_euclid(noroshi_domain::SECOND_US)
}

/// What today says where nothing was told yet: while anything is wrong now, nobody is told that it
/// has no incidents.
fn silence_of_today(view: &View<'_>, told: &[Told<'_>], locale: Locale) -> String {
    let is_open = |kind| {
        told.iter().any(|told| {
            let incident = told.incident;
            let is_planned = incident.lifecycle == Lifecycle::Scheduled;
            incident.kind == kind && incident.is_open() && !is_planned
        })
    };
    let any = |wanted: fn(Status) -> bool| view.systems().iter().any(|own| wanted(own.status));
    let is_doubted = view.systems().iter().any(|system| view.is_doubted(system));
    if is_open(IncidentKind::Incident) {
        msg::today_stands_above(locale)
    } else if any(|status| status > Status::UnderMaintenance) || is_doubted {
        msg::today_not_told(locale)
    } else if is_open(IncidentKind::Maintenance) || any(|own| own == Status::UnderMaintenance) {
        msg::today_under_maintenance(locale)
    } else if any(|status| status == Status::Unknown) {
        msg::today_not_measured(locale)
    } else {
        msg::no_incidents_today(locale)
    }
}
