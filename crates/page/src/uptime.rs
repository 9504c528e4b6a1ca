//! Uptime: the list of components with their bars, and the calendar of one.

use jiff::civil::{Date, Weekday};
use noroshi_domain::uptime::{self, Day, Today};
use noroshi_domain::{ComponentId, Locale, Status};
use noroshi_text::{dates, labels, msg};

use crate::columns::{self, BarsOf, TROUBLES};
use crate::days::{Board, Days};
use crate::frame::Frame;
use crate::history::range;
use crate::html::{
    self, CalendarMonth, Cell, Choice, Link, Record, RecordRow, Select, UptimeComponent,
    UptimeIndex, UptimeRow,
};
use crate::months::{Months, days_of};
use crate::uptime_json::{Past, month_calendar};
use crate::view::{System, Told, View};
use crate::words;

/// The list shows bars of so many components at most.
const LIST_MAX: usize = 1000;

/// `/uptime`: every showcased component with its ninety days.
pub fn uptime_index(view: &View<'_>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let told = view.recent_told(view.calendar_from(), view.calendar_from());
    let events = view.events(&told);
    let board = Board::of(view, &events, (LIST_MAX, LIST_MAX));
    let rows = view
        .systems()
        .iter()
        .filter_map(|system| {
            let days = board.system(&system.fact.id)?;
            let name = view.pick(&system.fact.name, locale).0;
            let href = frame.addresses.calendar(&system.fact.id);
            let of = BarsOf {
                code: system.fact.id.as_str(),
                name,
                href: href.clone(),
                lowest_of: None,
                calm: board.is_small(),
                image: None,
            };
            Some(UptimeRow {
                name: name.to_owned(),
                href,
                bars: columns::bars(&frame, &of, days),
            })
        })
        .collect();
    let heading = msg::uptime(locale);
    let context = UptimeIndex {
        shell: frame.page(&heading, "/uptime"),
        back: frame.back(),
        heading,
        sections: frame.sections(true),
        sections_label: msg::pages(locale),
        list_heading: msg::components(locale),
        rows,
        empty: msg::uptime_none_shown(locale),
        legend: columns::legend(&frame),
    };
    html::render(&context).into_bytes()
}

/// `/uptime/CODE?page=N`: three months as calendars; `None` where there is none.
pub fn uptime_component(
    view: &View<'_>,
    component: &ComponentId,
    past: Past<'_>,
    page_number: i64,
    locale: Locale,
) -> Option<Vec<u8>> {
    let system = view.system(component).filter(|own| own.fact.showcase)?;
    let window = Months::of_page(&view.page().zone, view.now(), page_number)?;
    let frame = Frame::new(view, locale);
    let told: Vec<Told<'_>> = past
        .records
        .iter()
        .filter_map(|record| view.told_of(record))
        .collect();
    let events = view.events(&told);
    let own = events.get(component).map_or(&[][..], Vec::as_slice);
    let name = view.pick(&system.fact.name, locale).0;
    let months: Vec<(Date, Days<'_>)> = window
        .firsts
        .iter()
        .map(|first| {
            let calendar = month_calendar(view, *first);
            (*first, Days::of(&calendar, system, past.spans, own))
        })
        .collect();
    let (newer, older) = pager(&frame, system, &window, page_number);
    let heading = msg::uptime_of(locale, name);
    let context = UptimeComponent {
        shell: frame.page(&heading, &format!("/uptime/{component}")),
        back: frame.back(),
        heading,
        sections: frame.sections(true),
        sections_label: msg::pages(locale),
        action: frame.addresses.path("/uptime"),
        select: select(&frame, component),
        submit: msg::filter_apply(locale),
        range: range(&window, locale),
        pager_label: msg::pages(locale),
        newer,
        older,
        weekdays: weekdays()
            .map(|day| dates::weekday_short(day, locale).to_owned())
            .collect(),
        months: months
            .iter()
            .map(|(first, days)| calendar_month(&frame, system, *first, days))
            .collect(),
        legend: columns::legend(&frame),
        record: record(&frame, &months),
        notes: vec![msg::uptime_how(locale)],
    };
    Some(html::render(&context).into_bytes())
}

fn pager(
    frame: &Frame<'_, '_>,
    system: &System<'_>,
    window: &Months,
    page_number: i64,
) -> (Option<Link>, Option<Link>) {
    let (view, locale) = (frame.view, frame.locale);
    let path = |number: i64| match number {
        1 => format!("/uptime/{}", system.fact.id),
        number => format!("/uptime/{}?page={number}", system.fact.id),
    };
    let newer =
        (page_number > 1).then(|| frame.link(&path(page_number - 1), &msg::uptime_later(locale)));
    let zone = &view.page().zone;
    let first_at = system
        .fact
        .start_date
        .map_or(system.fact.created_at, |date| zone.start_of(date));
    let older = (first_at < window.from)
        .then(|| frame.link(&path(page_number + 1), &msg::uptime_earlier(locale)));
    (newer, older)
}

fn select(frame: &Frame<'_, '_>, component: &ComponentId) -> Select {
    let view = frame.view;
    Select {
        name: "component".to_owned(),
        label: msg::uptime_choose(frame.locale),
        options: view
            .systems()
            .iter()
            .filter(|system| system.fact.showcase)
            .map(|system| Choice {
                value: system.fact.id.to_string(),
                label: view.pick(&system.fact.name, frame.locale).0.to_owned(),
                selected: system.fact.id == *component,
            })
            .collect(),
    }
}

fn weekdays() -> impl Iterator<Item = Weekday> {
    [
        Weekday::Sunday,
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
    ]
    .into_iter()
}

fn calendar_month(
    frame: &Frame<'_, '_>,
    system: &System<'_>,
    first: Date,
    days: &Days<'_>,
) -> CalendarMonth {
    let (view, locale) = (frame.view, frame.locale);
    let percent = uptime::percent(&days.list, view.weights(), Today::UpToNow, view.now());
    let title = dates::month(first, locale);
    let blanks = usize::try_from(first.weekday().to_sunday_zero_offset()).unwrap_or(0);
    let mut cells: Vec<Cell> = vec![Cell::Blank; blanks];
    cells.extend(days_of(first).map(|date| cell(frame, date, days)));
    while !cells.len().is_multiple_of(7) {
        cells.push(Cell::Blank);
    }
    let name = view.pick(&system.fact.name, locale).0;
    CalendarMonth {
        figure: percent.map_or_else(
            || msg::uptime_unknown(locale),
            |percent| format!("{percent} %"),
        ),
        caption: format!("{title}: {}", msg::days_with_events(locale, name)),
        title,
        weeks: cells.chunks(7).map(<[Cell]>::to_vec).collect(),
    }
}

fn cell(frame: &Frame<'_, '_>, date: Date, days: &Days<'_>) -> Cell {
    let number = date.day().to_string();
    let today = frame.view.page().zone.date_of(frame.view.now());
    let Ok(index) = days.list.binary_search_by_key(&date, |day| day.date) else {
        // Still to come, or a date that the zone skipped: then there is nothing to show at all.
        return if date > today {
            Cell::Future { number }
        } else {
            Cell::Blank
        };
    };
    let day = &days.list[index];
    if !has_event(day, days, index) {
        return Cell::Calm {
            number,
            status: if day.counted {
                html::Status::Operational
            } else {
                html::Status::NoData
            },
            today: date == today,
        };
    }
    let related = &days.related[index];
    let href = match related.as_slice() {
        [only] => frame.addresses.incident(&only.id),
        _ => format!("#d{date}"),
    };
    Cell::Event {
        number,
        status: words::look(days.worst[index]),
        label: columns::spoken_day(frame, days, index),
        href,
        today: date == today,
    }
}

fn has_event(day: &Day, days: &Days<'_>, index: usize) -> bool {
    day.counted && !(day.seconds.is_clear() && days.related[index].is_empty())
}

fn record(frame: &Frame<'_, '_>, months: &[(Date, Days<'_>)]) -> Record {
    let locale = frame.locale;
    let mut rows = Vec::new();
    for (_, days) in months {
        for index in (0..days.list.len()).rev() {
            if has_event(&days.list[index], days, index) {
                rows.push(record_row(frame, days, index));
            }
        }
    }
    Record {
        heading: msg::uptime_days_recorded(locale),
        columns: [
            msg::date_column(locale),
            msg::status_column(locale),
            msg::related_column(locale),
            msg::duration_column(locale),
            msg::uptime(locale),
        ],
        rows,
        empty: msg::no_incidents(locale),
    }
}

fn record_row(frame: &Frame<'_, '_>, days: &Days<'_>, index: usize) -> RecordRow {
    let (view, locale) = (frame.view, frame.locale);
    let day = &days.list[index];
    let troubled_s: i64 = TROUBLES
        .iter()
        .filter(|status| **status != Status::Unknown)
        .map(|status| day.seconds.of(*status))
        .sum();
    let shown_s = if troubled_s > 0 {
        troubled_s
    } else {
        day.seconds.unknown
    };
    let percent = uptime::percent(
        std::slice::from_ref(day),
        view.weights(),
        Today::UpToNow,
        view.now(),
    );
    let related: Vec<Link> = days.related[index]
        .iter()
        .map(|incident| {
            let title = view.pick(&incident.name, locale).0;
            Link::new(&frame.addresses.incident(&incident.id), title)
        })
        .collect();
    RecordRow {
        id: format!("d{}", day.date),
        datetime: day.date.to_string(),
        date: dates::date(day.date, locale),
        status: words::look(days.worst[index]),
        words: labels::status(days.worst[index], locale),
        related_empty: msg::nothing_related(locale),
        related,
        duration: if shown_s > 0 {
            dates::duration(shown_s, locale)
        } else {
            String::new()
        },
        downtime: percent.map_or_else(
            || msg::uptime_unknown(locale),
            |percent| format!("{percent} %"),
        ),
    }
}
