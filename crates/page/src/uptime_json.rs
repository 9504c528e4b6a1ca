//! Uptime for programs (reference 4.5): the twin of a calendar, and what the front page embeds.
//!
//! Here today counts as a whole day, and the windows are of 90, 61 and 31 days, as clients of this
//! shape expect; the figures on the page itself count today up to now.

use std::fmt::Write;

use noroshi_domain::uptime::{self, Calendar, Day, Today};
use noroshi_domain::{ComponentId, Incident, IncidentRecord, Locale, Span};
use noroshi_text::dates;
use serde::Serialize;

use crate::api_v2::{Nullable, bytes};
use crate::days::{Board, Days};
use crate::months::{Months, days_of};
use crate::view::{Row, Told, View};
use crate::words;

/// The windows of the embedded figures, in days.
const WINDOWS: [usize; 3] = [90, 61, 31];

#[derive(Serialize)]
struct Twin<'v> {
    component: TwinComponent<'v>,
    months: Vec<TwinMonth<'v>>,
}

#[derive(Serialize)]
struct TwinComponent<'v> {
    code: &'v str,
    name: &'v str,
}

#[derive(Serialize)]
struct TwinMonth<'v> {
    name: String,
    year: i16,
    uptime_percentage: Option<f64>,
    days: Vec<TwinDay<'v>>,
}

#[derive(Serialize)]
struct TwinDay<'v> {
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    p: i64,
    m: i64,
    events: Vec<EventShape<'v>>,
}

#[derive(Serialize)]
struct EventShape<'v> {
    name: &'v str,
    code: &'v str,
}

/// What of the past the months of a page need: the component's public spans and the incidents
/// that may have touched it.
#[derive(Debug, Clone, Copy)]
pub struct Past<'b> {
    /// Public spans of the component that touch the months.
    pub spans: &'b [Span],
    /// Incidents that touch the months.
    pub records: &'b [IncidentRecord],
}

/// `/uptime/CODE.json?page=N`; `None` where the component is not showcased or the page is none.
pub fn uptime_json(
    view: &View<'_>,
    component: &ComponentId,
    past: Past<'_>,
    page_number: i64,
) -> Option<Vec<u8>> {
    let system = view.system(component).filter(|own| own.fact.showcase)?;
    let months = Months::of_page(&view.page().zone, view.now(), page_number)?;
    let told: Vec<Told<'_>> = past
        .records
        .iter()
        .filter_map(|record| view.told_of(record))
        .collect();
    let events = view.events(&told);
    let own = events.get(component).map_or(&[][..], Vec::as_slice);
    let months = months
        .firsts
        .iter()
        .map(|first| {
            let calendar = month_calendar(view, *first);
            let days = Days::of(&calendar, system, past.spans, own);
            twin_month(view, *first, &days)
        })
        .collect();
    Some(bytes(&Twin {
        component: TwinComponent {
            code: component.as_str(),
            name: view.plain(&system.fact.name),
        },
        months,
    }))
}

/// The days of a month up to today.
pub(crate) fn month_calendar(view: &View<'_>, first: jiff::civil::Date) -> Calendar {
    let zone = &view.page().zone;
    Calendar::new(zone, first, first.last_of_month(), view.now())
}

fn twin_month<'v>(view: &'v View<'_>, first: jiff::civil::Date, days: &Days<'v>) -> TwinMonth<'v> {
    let mut shapes: Vec<TwinDay<'_>> = Vec::new();
    for date in days_of(first) {
        // A date that the zone skipped has no day at all.
        if let Ok(index) = days.list.binary_search_by_key(&date, |day| day.date) {
            let day = &days.list[index];
            let (p, m) = outages(day);
            shapes.push(TwinDay {
                date: Some(words::iso(view, day.from)),
                p,
                m,
                events: events_of(view, &days.related[index]),
            });
        } else if date > view.page().zone.date_of(view.now()) {
            shapes.push(TwinDay {
                date: None,
                p: 0,
                m: 0,
                events: Vec::new(),
            });
        }
    }
    TwinMonth {
        name: dates::month_name(first, Locale::En),
        year: first.year(),
        uptime_percentage: uptime::percent(&days.list, view.weights(), Today::Whole, view.now())
            .map(uptime::Percent::fraction),
        days: shapes,
    }
}

/// Seconds of partial and major outage that count.
const fn outages(day: &Day) -> (i64, i64) {
    if day.counted {
        (day.seconds.partial, day.seconds.major)
    } else {
        (0, 0)
    }
}

fn events_of<'v>(view: &'v View<'_>, related: &[&'v Incident]) -> Vec<EventShape<'v>> {
    related
        .iter()
        .map(|incident| EventShape {
            name: view.plain(&incident.name),
            code: incident.id.as_str(),
        })
        .collect()
}

#[derive(Serialize)]
struct Embedded<'v> {
    component: EmbeddedComponent<'v>,
    days: Vec<EmbeddedDay<'v>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EmbeddedComponent<'v> {
    code: &'v str,
    name: &'v str,
    /// Components have it, with a null where all days count; groups have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<Nullable<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_group: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Vec<&'v str>>,
}

#[derive(Serialize)]
struct EmbeddedDay<'v> {
    date: String,
    outages: Outages,
    related_events: Vec<EventShape<'v>>,
}

#[derive(Serialize)]
struct Outages {
    #[serde(skip_serializing_if = "is_nought")]
    p: i64,
    #[serde(skip_serializing_if = "is_nought")]
    m: i64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
const fn is_nought(seconds: &i64) -> bool {
    *seconds == 0
}

#[derive(Serialize)]
struct Values<'v> {
    component: &'v str,
    ninety: Option<f64>,
    sixty: Option<f64>,
    thirty: Option<f64>,
}

/// The JSON of `uptimeData` and of `uptimeValues`, of all that is drawn; `None` where nothing is.
pub(crate) fn embedded<'v>(view: &'v View<'_>, board: &Board<'v>) -> Option<(String, String)> {
    let mut data: Vec<(&str, Embedded<'_>)> = Vec::new();
    let mut values: Vec<Values<'_>> = Vec::new();
    for row in view.rows() {
        match *row {
            Row::System(index) => add_system(view, board, index, (&mut data, &mut values)),
            Row::Group(index) => {
                let group = &view.groups()[index];
                if let Some(days) = board.group(view, group) {
                    let code = group.fact.id.as_str();
                    let members = group.members.iter();
                    let component = EmbeddedComponent {
                        code,
                        name: view.plain(&group.fact.name),
                        start_date: None,
                        is_group: Some(true),
                        group: Some(
                            members
                                .map(|member| view.systems()[*member].fact.id.as_str())
                                .collect(),
                        ),
                    };
                    values.push(values_of(view, code, &days));
                    data.push((code, embed(view, component, &days)));
                }
                for member in &group.members {
                    add_system(view, board, *member, (&mut data, &mut values));
                }
            }
        }
    }
    (!data.is_empty()).then(|| (object(&data), text(&values)))
}

fn add_system<'v>(
    view: &'v View<'_>,
    board: &Board<'v>,
    index: usize,
    (data, values): (&mut Vec<(&'v str, Embedded<'v>)>, &mut Vec<Values<'v>>),
) {
    let fact = view.systems()[index].fact;
    // The figures stand beside the bars that the page itself draws.
    let drawn = board.system(&fact.id).filter(|_| !board.is_late(&fact.id));
    let Some(days) = drawn else {
        return;
    };
    let code = fact.id.as_str();
    let component = EmbeddedComponent {
        code,
        name: view.plain(&fact.name),
        start_date: Some(Nullable(fact.start_date.map(|date| date.to_string()))),
        is_group: None,
        group: None,
    };
    values.push(values_of(view, code, days));
    data.push((code, embed(view, component, days)));
}

fn embed<'v>(
    view: &'v View<'_>,
    component: EmbeddedComponent<'v>,
    days: &Days<'v>,
) -> Embedded<'v> {
    let days = days
        .list
        .iter()
        .zip(&days.related)
        .map(|(day, related)| {
            let (p, m) = outages(day);
            EmbeddedDay {
                date: day.date.to_string(),
                outages: Outages { p, m },
                related_events: events_of(view, related),
            }
        })
        .collect();
    Embedded { component, days }
}

fn values_of<'v>(view: &View<'_>, component: &'v str, days: &Days<'_>) -> Values<'v> {
    let [ninety, sixty, thirty] = WINDOWS.map(|count| {
        let percent = days.percent(view, count, Today::Whole)?;
        Some(percent.hundredths() as f64 / 100.0)
    });
    Values {
        component,
        ninety,
        sixty,
        thirty,
    }
}

/// A JSON object whose keys keep their order.
fn object(entries: &[(&str, Embedded<'_>)]) -> String {
    let mut json = String::from("{");
    for (index, (code, value)) in entries.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(json, "{comma}\"{code}\":{}", text(value)).expect("writing to memory does not fail");
    }
    json.push('}');
    json
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("values have string keys and write to memory")
}
