//! The systems of the front page: groups, components, their bars.

use noroshi_domain::Status;
use noroshi_text::{labels, msg};

use crate::bars_image;
use crate::columns::{self, BarsOf};
use crate::days::Board;
use crate::frame::Frame;
use crate::html::{Bars, Component, Components, Group, Row as HtmlRow};
use crate::view::{Row, System, SystemGroup};
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
                is_shown(system).then(|| HtmlRow::Single(component(frame, board, system)))
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
fn is_shown(system: &System<'_>) -> bool {
    !(system.fact.only_show_if_degraded && system.status == Status::Operational)
}

fn group(frame: &Frame<'_, '_>, board: &Board<'_>, group: &SystemGroup<'_>) -> Option<Group> {
    let (view, locale) = (frame.view, frame.locale);
    let components: Vec<Component> = group
        .members
        .iter()
        .map(|member| &view.systems()[*member])
        .filter(|system| is_shown(system))
        .map(|system| component(frame, board, system))
        .collect();
    if components.is_empty() {
        return None;
    }
    // Trouble is never folded away.
    let open = !view.page().settings.groups_folded || group.status != Status::Operational;
    Some(Group {
        id: group.fact.id.to_string(),
        name: view.pick(&group.fact.name, locale).0.to_owned(),
        open,
        status: words::look(group.status),
        api_status: group.compatible.as_str().to_owned(),
        words: labels::status(group.status, locale),
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
    let held = system.hold.map(|hold| {
        let until = words::clock_or_time(view, hold.to, locale);
        msg::held_until(locale, &until)
    });
    let status_words = match system.unknown_since {
        Some(since) => msg::not_measured_since(locale, &words::clock_or_time(view, since, locale)),
        None => labels::status(system.status, locale),
    };
    Component {
        id: fact.id.to_string(),
        name: name.text.to_owned(),
        lang: name.lang.clone(),
        description: description(frame, system),
        status: words::look(system.status),
        api_status: system.compatible.as_str().to_owned(),
        words: status_words,
        note: held,
        bars,
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
    (!parts.is_empty()).then(|| {
        parts.join(match locale {
            noroshi_domain::Locale::En => " · ",
            noroshi_domain::Locale::Ja => "／",
        })
    })
}
