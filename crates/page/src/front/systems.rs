//! The systems of the front page: groups, components, their bars.

use noroshi_domain::{Locale, Status};
use noroshi_text::{labels, msg};

use crate::bars_image;
use crate::columns::{self, BarsOf};
use crate::days::Board;
use crate::frame::Frame;
use crate::html::{self, Bars, Component, Components, Group, Row as HtmlRow};
use crate::view::{Row, System, SystemGroup, View};
use crate::words;

/// The list of systems in page order.
pub(super) fn components(frame: &Frame<'_, '_>, board: &Board<'_>) -> Components {
    let (view, locale) = (frame.view, frame.locale);
    let rows = view
        .rows()
        .iter()
        .filter_map(|row| match *row {
            Row::System(index) => {
                let system = &view.systems()[index];
                is_shown(view, system).then(|| HtmlRow::Single(component(frame, board, system)))
            }
            Row::Group(index) => group(frame, board, &view.groups()[index]).map(HtmlRow::Group),
        })
        .collect();
    Components {
        heading: msg::components(locale),
        uptime: frame
            .shows_uptime()
            .then(|| frame.link("/uptime", &msg::uptime_view_history(locale))),
        rows,
        two_columns: view.page().settings.two_columns,
        empty: msg::no_components(locale),
        legend: columns::legend(frame),
    }
}

/// Some components hide while they are well.
fn is_shown(view: &View<'_>, system: &System<'_>) -> bool {
    let is_well = system.status == Status::Operational && !view.is_doubted(system);
    !(system.fact.only_show_if_degraded && is_well)
}

fn group(frame: &Frame<'_, '_>, board: &Board<'_>, group: &SystemGroup<'_>) -> Option<Group> {
    let (view, locale) = (frame.view, frame.locale);
    let components: Vec<Component> = group
        .members
        .iter()
        .map(|member| &view.systems()[*member])
        .filter(|system| is_shown(view, system))
        .map(|system| component(frame, board, system))
        .collect();
    if components.is_empty() {
        return None;
    }
    // Trouble is never folded away.
    let status = words::look_of_group(view, group);
    let is_well = status == html::Status::Operational;
    let open = !view.page().settings.groups_folded || !is_well;
    Some(Group {
        id: group.fact.id.to_string(),
        name: view.pick(&group.fact.name, locale).0.to_owned(),
        open,
        status,
        api_status: group.compatible.as_str().to_owned(),
        words: if is_well || group.status != Status::Operational {
            labels::status(group.status, locale)
        } else {
            msg::status_being_checked(locale)
        },
        bars: (board.is_small() || !open)
            .then(|| group_bars(frame, board, group))
            .flatten(),
        components,
    })
}

fn group_bars(frame: &Frame<'_, '_>, board: &Board<'_>, group: &SystemGroup<'_>) -> Option<Bars> {
    let days = board.group(frame.view, group)?;
    let worst = frame.view.page().settings.group_uptime_worst;
    let of = BarsOf {
        code: group.fact.id.as_str(),
        name: frame.view.pick(&group.fact.name, frame.locale).0,
        href: frame.addresses.path("/uptime"),
        lowest_of: worst.then(|| board.members(frame.view, group)),
        calm: board.is_small(),
        image: None,
    };
    Some(columns::bars(frame, &of, &days))
}

fn component(frame: &Frame<'_, '_>, board: &Board<'_>, system: &System<'_>) -> Component {
    let (view, locale) = (frame.view, frame.locale);
    let fact = system.fact;
    let name = words::pick(view, &fact.name, locale);
    let bars = board.system(&fact.id).map(|days| {
        let of = BarsOf {
            code: fact.id.as_str(),
            name: name.text,
            href: frame.addresses.calendar(&fact.id),
            lowest_of: None,
            calm: board.is_small(),
            image: board.is_late(&fact.id).then(|| {
                let path = bars_image::path(fact.id.as_str());
                frame.addresses.plain_path(&path)
            }),
        };
        columns::bars(frame, &of, days)
    });
    let status_words = match system.unknown_since {
        Some(since) => msg::not_measured_since(locale, &words::clock_or_time(view, since, locale)),
        None => words::status_of(view, system, locale),
    };
    Component {
        id: fact.id.to_string(),
        name: name.text.to_owned(),
        lang: name.lang.clone(),
        description: description(frame, system),
        status: words::look_of(view, system),
        api_status: system.compatible.as_str().to_owned(),
        words: status_words,
        note: note(frame, system),
        bars,
    }
}

/// Since when it is not operational, and until when that is an operator's word.
fn note(frame: &Frame<'_, '_>, system: &System<'_>) -> Option<String> {
    let (view, locale) = (frame.view, frame.locale);
    let time = |at| words::clock_or_time(view, at, locale);
    let since = system
        .troubled_since
        .map(|since| msg::status_since(locale, &time(since)));
    let held = system
        .hold
        .map(|hold| msg::held_until(locale, &time(hold.to)));
    let parts: Vec<String> = since.into_iter().chain(held).collect();
    (!parts.is_empty()).then(|| parts.join(between(locale)))
}

/// What stands between two short remarks.
const fn between(locale: Locale) -> &'static str {
    match locale {
        Locale::En => " · ",
        Locale::Ja => "／",
    }
}

/// What it is, whose it is, and what it depends on.
fn description(frame: &Frame<'_, '_>, system: &System<'_>) -> Option<String> {
    let (view, locale) = (frame.view, frame.locale);
    let fact = system.fact;
    let mut parts = Vec::new();
    let own = view.pick(&fact.description, locale).0;
    if !own.is_empty() {
        parts.push(own.to_owned());
    }
    if fact.third_party {
        parts.push(msg::third_party(locale));
    }
    let needed = fact
        .depends_on
        .iter()
        .filter_map(|id| view.system(id))
        .map(|needed| view.pick(&needed.fact.name, locale).0);
    let names = labels::names(needed, locale);
    if !names.is_empty() {
        parts.push(msg::depends_on(locale, &names));
    }
    (!parts.is_empty()).then(|| parts.join(between(locale)))
}
