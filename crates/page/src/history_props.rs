//! The JSON that the history embeds for scrapers (reference 5.3).

use noroshi_domain::Locale;
use noroshi_text::dates;
use serde::Serialize;

use crate::address::page_url;
use crate::history::Listed;
use crate::months::Months;
use crate::view::View;
use crate::words;

#[derive(Serialize)]
struct Props<'v> {
    page_status: PageStatus<'v>,
    components: Vec<Component<'v>>,
    months: Vec<Month<'v>>,
    show_component_filter: bool,
    show_uptime_calendar: bool,
    component_filter: Option<&'v str>,
    start_time: String,
    end_time: String,
}

#[derive(Serialize)]
struct PageStatus<'v> {
    page: Page<'v>,
}

#[derive(Serialize)]
struct Page<'v> {
    id: &'v str,
    name: &'v str,
    url: String,
    time_zone: &'v str,
}

#[derive(Serialize)]
struct Component<'v> {
    code: &'v str,
    name: &'v str,
}

#[derive(Serialize)]
struct Month<'v> {
    name: String,
    year: i16,
    starts_on: i8,
    days: i8,
    incidents: Vec<Incident<'v>>,
}

#[derive(Serialize)]
struct Incident<'v> {
    code: &'v str,
    name: &'v str,
    message: String,
    impact: &'static str,
    timestamp: String,
}

/// The props of a page of months; `listed` holds the incidents of each month, newest first.
pub(crate) fn props(
    view: &View<'_>,
    months: &Months,
    listed: &[Vec<Listed<'_>>],
    component_filter: Option<&str>,
    locale: Locale,
) -> String {
    let page = view.page();
    let components = view.systems().iter().map(|system| Component {
        code: system.fact.id.as_str(),
        name: view.pick(&system.fact.name, locale).0,
    });
    let months_shapes = months
        .firsts
        .iter()
        .zip(listed)
        .map(|(first, incidents)| Month {
            name: dates::month_name(*first, Locale::En),
            year: first.year(),
            starts_on: first.weekday().to_sunday_zero_offset(),
            days: first.days_in_month(),
            incidents: incidents
                .iter()
                .map(|listed| incident(view, listed, locale))
                .collect(),
        });
    let props = Props {
        page_status: PageStatus {
            page: Page {
                id: page.id.as_str(),
                name: view.pick(&page.name, locale).0,
                url: page_url(page),
                time_zone: page.zone.name(),
            },
        },
        components: components.collect(),
        months: months_shapes.collect(),
        show_component_filter: !view.systems().is_empty(),
        show_uptime_calendar: view.systems().iter().any(|system| system.fact.showcase),
        component_filter,
        start_time: words::iso(view, months.from),
        end_time: words::iso(view, months.to.plus_us(-1000)),
    };
    serde_json::to_string(&props).expect("props have string keys and write to memory")
}

fn incident<'v>(view: &'v View<'_>, listed: &'v Listed<'_>, locale: Locale) -> Incident<'v> {
    let told = &listed.told;
    Incident {
        code: told.incident.id.as_str(),
        name: view.pick(&told.incident.name, locale).0,
        message: listed.body.to_string(),
        impact: told.incident.shown_impact().as_str(),
        timestamp: timestamp(view, listed, locale),
    }
}

/// The time with day and clock marked as the page's own HTML has them.
fn timestamp(view: &View<'_>, listed: &Listed<'_>, locale: Locale) -> String {
    let (text, from) = (&listed.when, listed.from);
    let moment = words::found_in(view, from, text, locale);
    let mark = |name: &str, text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("<var data-var='{name}'>{text}</var>")
        }
    };
    format!(
        "{}{}{}{}{}",
        moment.before,
        mark("date", &moment.date),
        moment.between,
        mark("time", &moment.time),
        moment.after
    )
}
