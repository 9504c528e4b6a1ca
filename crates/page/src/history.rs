//! The history: incidents by month, filtered, searched.

use jiff::civil::Date;
use noroshi_domain::{ComponentId, Impact, IncidentRecord, Instant, Lifecycle, Locale};
use noroshi_text::{dates, msg};

use crate::frame::Frame;
use crate::history_props::props;
use crate::html::{self, Choice, Filters, History, HistoryIncident, Link, Month, Select};
use crate::months::{Months, month_code};
use crate::telling;
use crate::view::{Told, View};
use crate::words;

/// What of the history is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what touched this component.
    pub component: Option<ComponentId>,
    /// Only this impact.
    pub impact: Option<Impact>,
    /// Only this month, as addresses write it: `2026-03`.
    pub month: Option<String>,
}

/// The incidents that a page of the history is made of.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'b> {
    /// Records listed within the months asked for (or found by a search), in any order.
    pub records: &'b [IncidentRecord],
    /// When the page's oldest incident is listed: there are no months before it.
    pub oldest_at: Option<Instant>,
    /// What of them is asked for.
    pub filter: &'b Filter,
}

/// An incident in its month.
pub(crate) struct Listed<'b> {
    pub(crate) told: Told<'b>,
    /// From when.
    pub(crate) from: Instant,
    /// From when until when, in words.
    pub(crate) when: String,
    /// Its last update as HTML.
    pub(crate) body: html::Safe,
    /// The last that was said before its report.
    ending: html::Safe,
    /// Language of the ending where it is not the page's.
    lang: Option<String>,
}

/// `/history?page=N`: three months; `None` where there is no such page.
pub fn history(
    view: &View<'_>,
    page_number: i64,
    listing: Listing<'_>,
    locale: Locale,
) -> Option<Vec<u8>> {
    let months = Months::of_page(&view.page().zone, view.now(), page_number)?;
    let frame = Frame::new(view, locale);
    let filter = listing.filter;
    let link = |number: i64, label: String| {
        let mut parts = filter_query(filter);
        if number > 1 {
            parts.push(format!("page={number}"));
        }
        frame.link(&with_query("/history", &parts), &label)
    };
    let newer = (page_number > 1).then(|| link(page_number - 1, msg::later_months(locale)));
    let older = listing
        .oldest_at
        .filter(|oldest| *oldest < months.from)
        .and_then(|_| Months::of_page(&view.page().zone, view.now(), page_number + 1))
        .map(|_| link(page_number + 1, msg::earlier_months(locale)));
    let range = range(&months, locale);
    let context = months_page(&frame, &months, listing, (newer, older));
    Some(html::render(&History { range, ..context }).into_bytes())
}

/// `/history/2026-03`: one month; `None` for what is no month of the past.
pub fn history_month(
    view: &View<'_>,
    month: &str,
    listing: Listing<'_>,
    locale: Locale,
) -> Option<Vec<u8>> {
    let months = Months::parse(&view.page().zone, view.now(), month)?;
    let frame = Frame::new(view, locale);
    let first = *months.firsts.first()?;
    let link = |first: Date, label: String| {
        let path = format!("/history/{}", month_code(first));
        frame.link(&with_query(&path, &filter_query(listing.filter)), &label)
    };
    let next = first.last_of_month().tomorrow().ok();
    let newer = next
        .filter(|next| *next <= view.page().zone.date_of(view.now()))
        .map(|next| link(next, msg::later_months(locale)));
    let older = listing
        .oldest_at
        .filter(|oldest| *oldest < months.from)
        .and_then(|_| first.yesterday().ok())
        .map(|before| link(before.first_of_month(), msg::earlier_months(locale)));
    let context = months_page(&frame, &months, listing, (newer, older));
    let title = dates::month(first, locale);
    let path = format!("/history/{}", month_code(first));
    let context = History {
        shell: frame.page(&title, &path),
        range: title,
        filters: html::Filters {
            month: month.to_owned(),
            ..context.filters
        },
        ..context
    };
    Some(html::render(&context).into_bytes())
}

fn months_page(
    frame: &Frame<'_, '_>,
    months: &Months,
    listing: Listing<'_>,
    (newer, older): (Option<Link>, Option<Link>),
) -> History {
    let (view, locale) = (frame.view, frame.locale);
    let zone = &view.page().zone;
    let mut by_month: Vec<Vec<Listed<'_>>> = months.firsts.iter().map(|_| Vec::new()).collect();
    for own in listed(frame, listing) {
        let first = zone.date_of(own.told.incident.listed_at).first_of_month();
        if let Some(place) = months.firsts.iter().position(|known| *known == first) {
            by_month[place].push(own);
        }
    }
    let component = listing.filter.component.as_ref().map(ComponentId::as_str);
    let props = props(view, months, &by_month, component, locale);
    let heading = msg::incident_history(locale);
    History {
        shell: frame.page(&heading, "/history"),
        back: frame.back(),
        heading,
        sections: frame.sections(false),
        sections_label: msg::pages(locale),
        filters: filters(frame, listing.filter),
        months: months
            .firsts
            .iter()
            .zip(&by_month)
            .map(|(first, own)| month(frame, *first, own, listing.filter))
            .collect(),
        results: None,
        range: String::new(),
        pager_label: msg::pages(locale),
        newer,
        older,
        props,
    }
}

/// The visible records that match, the latest listed first.
fn listed<'b>(frame: &Frame<'_, 'b>, listing: Listing<'b>) -> Vec<Listed<'b>> {
    matching(frame, listing)
        .into_iter()
        .map(|told| list(frame, told))
        .collect()
}

/// The same, as they are told.
pub(crate) fn matching<'b>(frame: &Frame<'_, 'b>, listing: Listing<'b>) -> Vec<Told<'b>> {
    let view = frame.view;
    let mut told: Vec<Told<'_>> = listing
        .records
        .iter()
        .filter_map(|record| view.told_of(record))
        .filter(|told| matches(view, told, listing.filter))
        .collect();
    told.sort_by(|one, two| {
        let (one, two) = (one.incident, two.incident);
        (two.listed_at, &two.id).cmp(&(one.listed_at, &one.id))
    });
    told
}

fn matches(view: &View<'_>, told: &Told<'_>, filter: &Filter) -> bool {
    let incident = told.incident;
    // What is planned stands on the front page until its time has come.
    let planned = incident.lifecycle == Lifecycle::Scheduled && incident.listed_at > view.now();
    let component = filter
        .component
        .as_ref()
        .is_none_or(|wanted| told.touched.iter().any(|touched| touched.id == wanted));
    let impact = filter
        .impact
        .is_none_or(|wanted| incident.shown_impact() == wanted);
    !planned && component && impact
}

fn list<'b>(frame: &Frame<'_, '_>, told: Told<'b>) -> Listed<'b> {
    let (view, locale) = (frame.view, frame.locale);
    let said = |update| words::body(view, &told, update, locale);
    let last = told.updates.first().map(said);
    // A report is read on the page of its incident: here stands how it ended.
    let ending = told
        .updates
        .iter()
        .find(|update| update.fact.lifecycle != Lifecycle::Postmortem)
        .map(said);
    let (ending, lang) = ending.map_or((String::new(), None), |body| (body.text, body.lang));
    let from = told
        .incident
        .plan
        .as_ref()
        .map_or(told.felt_from(), |plan| plan.scheduled_for);
    Listed {
        from,
        when: telling::window(frame, &told),
        body: words::safe(last.as_ref().map_or("", |body| &body.text)),
        ending: words::safe(&ending),
        lang,
        told,
    }
}

/// To the report of an incident, where one is published.
fn report(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<Link> {
    let published = told
        .updates
        .iter()
        .any(|update| update.fact.lifecycle == Lifecycle::Postmortem);
    let href = format!("{}#postmortem", frame.addresses.incident(&told.incident.id));
    published.then(|| Link::new(&href, &msg::read_postmortem(frame.locale)))
}

fn month(frame: &Frame<'_, '_>, first: Date, own: &[Listed<'_>], filter: &Filter) -> Month {
    let locale = frame.locale;
    let path = format!("/history/{}", month_code(first));
    Month {
        title: dates::month(first, locale),
        href: frame.addresses.path(&path),
        incidents: own.iter().map(|listed| line(frame, listed)).collect(),
        empty: if *filter == Filter::default() {
            msg::no_incidents_in_month(locale)
        } else {
            msg::no_incidents_match(locale)
        },
    }
}

fn line(frame: &Frame<'_, '_>, listed: &Listed<'_>) -> HistoryIncident {
    let locale = frame.locale;
    let incident = listed.told.incident;
    let title = words::pick(frame.view, &incident.name, locale);
    let impact = incident.shown_impact();
    HistoryIncident {
        href: frame.addresses.incident(&incident.id),
        title: title.text.to_owned(),
        lang: title.lang.or_else(|| listed.lang.clone()),
        impact: words::impact_level(impact),
        impact_words: words::impact_told(impact, locale),
        body: listed.ending.clone(),
        report: report(frame, &listed.told),
        when: listed.when.clone(),
        components: telling::names(frame, &listed.told),
    }
}

pub(crate) fn filters(frame: &Frame<'_, '_>, filter: &Filter) -> Filters {
    let (view, locale) = (frame.view, frame.locale);
    let all = |label: String, selected: bool| Choice {
        value: String::new(),
        label,
        selected,
    };
    let mut components = vec![all(
        msg::filter_all_components(locale),
        filter.component.is_none(),
    )];
    components.extend(view.systems().iter().map(|system| Choice {
        value: system.fact.id.to_string(),
        label: view.pick(&system.fact.name, locale).0.to_owned(),
        selected: filter.component.as_ref() == Some(&system.fact.id),
    }));
    let mut impacts = vec![all(
        msg::filter_all_impacts(locale),
        filter.impact.is_none(),
    )];
    impacts.extend(Impact::ALL.iter().map(|impact| Choice {
        value: impact.as_str().to_owned(),
        label: noroshi_text::labels::impact(*impact, locale),
        selected: filter.impact == Some(*impact),
    }));
    let select = |name: &str, label: String, options| Select {
        name: name.to_owned(),
        label,
        options,
    };
    let filtered = *filter != Filter::default();
    Filters {
        action: frame.addresses.path("/history"),
        search_label: msg::search_label(locale),
        query: String::new(),
        month_label: msg::filter_month(locale),
        month: filter.month.clone().unwrap_or_default(),
        selects: vec![
            select("component", msg::filter_component(locale), components),
            select("impact", msg::filter_impact(locale), impacts),
        ],
        submit: msg::filter_apply(locale),
        clear: filtered.then(|| frame.link("/history", &msg::filter_clear(locale))),
    }
}

pub(crate) fn filter_query(filter: &Filter) -> Vec<String> {
    let component = filter
        .component
        .as_ref()
        .map(|code| format!("component={code}"));
    let impact = filter
        .impact
        .map(|impact| format!("impact={}", impact.as_str()));
    let month = filter.month.as_ref().map(|month| format!("month={month}"));
    component.into_iter().chain(impact).chain(month).collect()
}

pub(crate) fn with_query(path: &str, parts: &[String]) -> String {
    if parts.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", parts.join("&"))
    }
}

/// The months shown, in words.
pub(crate) fn range(months: &Months, locale: Locale) -> String {
    match (months.firsts.last(), months.firsts.first()) {
        (Some(first), Some(last)) => msg::uptime_months(
            locale,
            &dates::month(*first, locale),
            &dates::month(*last, locale),
        ),
        _ => String::new(),
    }
}
