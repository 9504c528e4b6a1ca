//! From a page's state to documents: the only file that calls the `page` crate.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use noroshi_domain::{
    ComponentId, DAY_US, Impact, IncidentId, IncidentKind, IncidentRecord, Instant, Lane, Locale,
    STATE_DAYS, Span, State, Texts, hash_hex,
};
use noroshi_page::badge::{Badges, Shown};
use noroshi_page::calendar::{self, Calendar};
use noroshi_page::embed;
use noroshi_page::{
    self as page, Fault, Filter, Listing, Past, Search, View, api_v2, feeds, html, months::Months,
};
use noroshi_store::Store;
use sha2::{Digest, Sha256};

use crate::asset::redirect_page;
use crate::error::PublishError;
use crate::limits::{
    API_INCIDENTS, ELSEWHERE_COMPONENTS, JOURNAL_PAGE_ENTRIES, MONTH_INCIDENTS, REACH_DAYS,
    RECENT_DAYS, SEARCH_RESULTS,
};
use crate::path::{self, ContentType, PagePath};
use crate::published::Made;
use crate::threads::{Halt, on_each};

/// A year and a month of a page's zone.
pub type Month = (i16, i8);

/// What of the history is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// One month, as addresses write it; else three months of `page_number`.
    pub month: Option<String>,
    /// From 1.
    pub page_number: i64,
    /// Only what touched this component.
    pub component: Option<ComponentId>,
    /// Only this impact.
    pub impact: Option<Impact>,
    /// Words to be found, whatever the month.
    pub words: Option<String>,
}

/// One part of the live set while it is made.
type Part<'a> = Box<dyn Fn() -> Result<Vec<Made>, PublishError> + Send + Sync + 'a>;

/// The live set but for the beat.
pub(crate) fn live(
    state: &State,
    store: &Store,
    now: Instant,
    halt: &Halt,
) -> Result<Vec<Made>, PublishError> {
    let view = View::project(state, now);
    let records = live_records(state, &view);
    let mut parts = first_parts(state, &view);
    parts.push(Box::new(|| lists(state, store, &view)));
    parts.extend(calendars(state, store, &view)?);
    parts.extend(plain_parts(state, &view));
    parts.extend(elsewhere_parts(state, &view));
    parts.extend(records.iter().map(|record| -> Part<'_> {
        Box::new(|| {
            let whole = if is_older_than_state(record, now) {
                store.incident(&state.page.id, &record.incident.id)?
            } else {
                None
            };
            Ok(incident_in(state, &view, whole.as_ref().unwrap_or(record)))
        })
    }));
    all_of(&parts, halt)
}

/// What readers of an outage look at: front page, documents, open incidents. Needs no record.
///
/// `confirmed_at`: when the record last answered, where that is long ago.
pub fn first(state: &State, now: Instant, confirmed_at: Option<Instant>) -> Vec<Made> {
    let mut view = View::project(state, now);
    if let Some(at) = confirmed_at {
        view = view.last_confirmed(at);
    }
    let records = live_records(state, &view);
    let mut parts = first_parts(state, &view);
    parts.extend(
        records
            .iter()
            .filter(|record| record.incident.is_open() && !is_older_than_state(record, now))
            .map(|record| -> Part<'_> { Box::new(|| Ok(incident_in(state, &view, record))) }),
    );
    all_of(&parts, &Halt::default()).expect("nothing of this asks the record or is halted")
}

fn all_of(parts: &[Part<'_>], halt: &Halt) -> Result<Vec<Made>, PublishError> {
    let mut made = Vec::new();
    for some in on_each(parts, halt, |part| part())? {
        made.extend(some?);
    }
    Ok(made)
}

/// A part for each locale.
fn parts_of<'a>(
    state: &'a State,
    path: &PagePath,
    make: impl Fn(Locale) -> Vec<u8> + Send + Sync + Copy + 'a,
) -> Vec<Part<'a>> {
    let part = |locale| -> Part<'a> {
        let path = path.clone();
        Box::new(move || {
            let (path, body) = (path.clone(), make(locale));
            let locale = Some(locale);
            Ok(vec![Made { path, locale, body }])
        })
    };
    locales(state).map(part).collect()
}

fn first_parts<'a>(state: &'a State, view: &'a View<'_>) -> Vec<Part<'a>> {
    let mut parts = parts_of(state, &path::front(), |locale| page::front(view, locale));
    parts.push(Box::new(|| {
        Ok(vec![
            single(path::api_v2("summary"), api_v2::summary(view)),
            single(path::api_v2("status"), api_v2::status(view)),
            single(path::api_v2("components"), api_v2::components(view)),
            single(
                path::api_v2("incidents/unresolved"),
                api_v2::unresolved(view),
            ),
            single(
                path::api_v2("scheduled-maintenances/upcoming"),
                api_v2::upcoming(view),
            ),
            single(
                path::api_v2("scheduled-maintenances/active"),
                api_v2::active(view),
            ),
        ])
    }));
    parts
}

fn plain_parts<'a>(state: &'a State, view: &'a View<'_>) -> Vec<Part<'a>> {
    let missing = |locale| page::error(view, Fault::NotFound, None, locale);
    let mut parts = parts_of(state, &path::not_found(), missing);
    parts.extend(parts_of(state, &path::api(), |locale| {
        page::api_help(view, locale)
    }));
    parts.extend(parts_of(state, &path::announcements(), |locale| {
        page::announcements(view, locale)
    }));
    parts.push(Box::new(|| Ok(scripts())));
    parts.push(Box::new(|| Ok(cover(state))));
    parts.push(Box::new(|| Ok(late_bars(view))));
    parts
}

/// What is made to be put elsewhere: the embedded frame, calendars of planned work, badges.
fn elsewhere_parts<'a>(state: &'a State, view: &'a View<'_>) -> Vec<Part<'a>> {
    let part = |locale| -> Part<'a> { Box::new(move || Ok(elsewhere(view, locale))) };
    locales(state).map(part).collect()
}

fn elsewhere(view: &View<'_>, locale: Locale) -> Vec<Made> {
    let badges = Badges::of(view);
    let calendar = Calendar::of(view, locale);
    let mut made = in_locale(&path::calendar(), locale, Some(calendar.whole()));
    let mut add = |path: &PagePath, body| made.extend(in_locale(path, locale, body));
    add(&path::embed_frame(), Some(embed::frame(view, locale)));
    #[cfg(feature = "card")]
    add(&path::card(), crate::card::png(view, locale));
    for shown in Shown::all() {
        add(&path::badge(shown), badges.page(shown, locale));
    }
    for system in view.systems().iter().take(ELSEWHERE_COMPONENTS) {
        let component = &system.fact.id;
        let own = calendar.of_component(component);
        add(&path::calendar_of(component), own);
        for shown in Shown::all() {
            let body = badges.component(component, shown, locale);
            add(&path::badge_of(component, shown), body);
        }
    }
    made
}

/// A component's calendar or badge, for those that have none made beforehand.
pub fn component_file(
    state: &State,
    (component, file): (&ComponentId, &str),
    (locale, now): (Locale, Instant),
) -> Option<Vec<u8>> {
    let view = View::project(state, now);
    if file == path::CALENDAR_FILE {
        return Calendar::of(&view, locale).of_component(component);
    }
    let shown = Shown::all().find(|shown| path::badge_file(*shown) == file)?;
    Badges::of(&view).component(component, shown, locale)
}

/// The bars that the front page leaves to images.
fn late_bars(view: &View<'_>) -> Vec<Made> {
    let bars = page::late_bars(view).into_iter();
    bars.map(|(id, body)| single(path::late_bars_of(&id), body))
        .collect()
}

/// The cover image, where there is one.
fn cover(state: &State) -> Vec<Made> {
    let cover = page::brand::cover(&state.page.settings);
    let made = cover.map(|cover| single(path::cover(&cover), cover.bytes));
    made.into_iter().collect()
}

/// The script that every page loads, and those of what stands on other sites.
fn scripts() -> Vec<Made> {
    let page = html::scripts::page().to_owned().into_bytes();
    let embedded = [embed::SCRIPT, embed::FRAME_SCRIPT].map(|script| script.as_bytes().to_vec());
    let embedded = path::embed_scripts().into_iter().zip(embedded);
    std::iter::once((path::script(), page))
        .chain(embedded)
        .map(|(path, body)| single(path, body))
        .collect()
}

/// Lists of the newest things: the API's, the feeds, the history, the record.
fn lists(state: &State, store: &Store, view: &View<'_>) -> Result<Vec<Made>, PublishError> {
    let page = &state.page.id;
    let newest = |kind| store.newest_incidents(page, kind, API_INCIDENTS);
    let incidents = newest(Some(IncidentKind::Incident))?;
    let maintenances = newest(Some(IncidentKind::Maintenance))?;
    let both = newest(None)?;
    let entries = store.journal(page, 0, JOURNAL_PAGE_ENTRIES)?;
    let mut made = vec![
        single(
            path::api_v2("incidents"),
            api_v2::incidents(view, &incidents),
        ),
        single(
            path::api_v2("scheduled-maintenances"),
            api_v2::scheduled_maintenances(view, &maintenances),
        ),
        single(
            path::journal(),
            page::journal_json(page, &entries, state.head.seq),
        ),
    ];
    made.extend(localized(state, &path::atom(), |locale| {
        feeds::atom(view, &both, locale)
    }));
    made.extend(localized(state, &path::rss(), |locale| {
        feeds::rss(view, &both, locale)
    }));
    Ok(made)
}

/// The history's newest months and the uptime of what is showcased.
fn calendars<'a>(
    state: &'a State,
    store: &Store,
    view: &'a View<'_>,
) -> Result<Vec<Part<'a>>, PublishError> {
    let Some(months) = Months::of_page(&state.page.zone, view.now(), 1) else {
        return Ok(Vec::new());
    };
    let past = Arc::new(PastOf::load(state, store, &months)?);
    let mut parts = parts_of(state, &path::uptime(), |locale| {
        page::uptime_index(view, locale)
    });
    for locale in locales(state) {
        let past = Arc::clone(&past);
        parts.push(Box::new(move || {
            let body = page::history(view, 1, past.listing(&Filter::default()), locale);
            Ok(in_locale(&path::history(), locale, body))
        }));
    }
    for first in months.firsts {
        let past = Arc::clone(&past);
        parts.push(Box::new(move || {
            let filter = Filter::default();
            let month = (first.year(), first.month());
            Ok(month_in(state, view, month, past.listing(&filter)))
        }));
    }
    for system in view.systems().iter().filter(|system| system.fact.showcase) {
        let (id, past) = (&system.fact.id, Arc::clone(&past));
        parts.push(Box::new(move || Ok(uptime_in(state, view, id, &past))));
    }
    Ok(parts)
}

/// Three months of a component's uptime, for people and for programs.
fn uptime_in(state: &State, view: &View<'_>, id: &ComponentId, past: &PastOf) -> Vec<Made> {
    let spans = past.spans_of(id);
    let of = Past {
        spans: &spans,
        records: &past.records,
    };
    let mut made = Vec::new();
    if let Some(json) = page::uptime_json(view, id, of, 1) {
        made.push(single(path::uptime_of_json(id), json));
    }
    for locale in locales(state) {
        let body = page::uptime_component(view, id, of, 1, locale);
        made.extend(in_locale(&path::uptime_of(id), locale, body));
    }
    made
}

fn in_locale(path: &PagePath, locale: Locale, body: Option<Vec<u8>>) -> Vec<Made> {
    let made = body.map(|body| Made {
        path: path.clone(),
        locale: Some(locale),
        body,
    });
    made.into_iter().collect()
}

/// A month of the history; nothing where it is none.
pub fn month(
    state: &State,
    store: &Store,
    (year, month): Month,
    now: Instant,
) -> Result<Vec<Made>, PublishError> {
    let view = View::project(state, now);
    let code = format!("{year:04}-{month:02}");
    let Some(months) = Months::parse(&state.page.zone, now, &code) else {
        return Ok(Vec::new());
    };
    let past = PastOf::listed(state, store, &months)?;
    let filter = Filter::default();
    Ok(month_in(state, &view, (year, month), past.listing(&filter)))
}

fn month_in(
    state: &State,
    view: &View<'_>,
    (year, month): Month,
    listing: Listing<'_>,
) -> Vec<Made> {
    let code = format!("{year:04}-{month:02}");
    locales(state)
        .filter_map(|locale| {
            let body = page::history_month(view, &code, listing, locale)?;
            Some(Made {
                path: path::month(year, month),
                locale: Some(locale),
                body,
            })
        })
        .collect()
}

/// The history as it was asked for; `None` where there are no such months.
pub fn history(
    state: &State,
    store: &Store,
    query: &HistoryQuery,
    (locale, now): (Locale, Instant),
) -> Result<Option<Vec<u8>>, PublishError> {
    let view = View::project(state, now);
    let zone = &state.page.zone;
    let filter = Filter {
        component: query.component.clone(),
        impact: query.impact,
        month: query.month.clone().filter(|_| query.words.is_some()),
    };
    if let Some(words) = &query.words {
        let records = found(state, store, (words, query.month.as_deref()), now)?;
        let listing = Listing {
            records: &records,
            oldest_at: None,
            filter: &filter,
        };
        let search = Search {
            words,
            page_number: query.page_number,
        };
        return Ok(page::history_search(&view, search, listing, locale));
    }
    let months = match &query.month {
        Some(month) => Months::parse(zone, now, month),
        None => Months::of_page(zone, now, query.page_number),
    };
    let Some(months) = months else {
        return Ok(None);
    };
    let past = PastOf::listed(state, store, &months)?;
    let listing = past.listing(&filter);
    Ok(match &query.month {
        Some(month) => page::history_month(&view, month, listing, locale),
        None => page::history(&view, query.page_number, listing, locale),
    })
}

/// What holds all the words, of one month where one is named, the latest first.
fn found(
    state: &State,
    store: &Store,
    (words, month): (&str, Option<&str>),
    now: Instant,
) -> Result<Vec<IncidentRecord>, PublishError> {
    let months = month.map(|month| Months::parse(&state.page.zone, now, month));
    let is_wanted = |listed_at: Instant| match &months {
        None => true,
        // What is no month holds nothing.
        Some(months) => months
            .as_ref()
            .is_some_and(|months| months.from <= listed_at && listed_at < months.to),
    };
    let mut records = Vec::new();
    for id in store.search(&state.page.id, words, SEARCH_RESULTS)? {
        let known = state.incidents.get(&id).map(|own| record_of(state, own));
        let record = match known.filter(|record| !is_older_than_state(record, now)) {
            Some(record) => Some(record),
            None => store.incident(&state.page.id, &id)?,
        };
        records.extend(record.filter(|record| is_wanted(record.incident.listed_at)));
    }
    Ok(records)
}

/// Three months of a component's uptime, as a page or (no locale) as its document.
pub fn uptime_page(
    state: &State,
    store: &Store,
    (component, page_number): (&ComponentId, i64),
    (locale, now): (Option<Locale>, Instant),
) -> Result<Option<Vec<u8>>, PublishError> {
    let view = View::project(state, now);
    let Some(months) = Months::of_page(&state.page.zone, now, page_number) else {
        return Ok(None);
    };
    // Whoever asks for what is not shown costs the record nothing.
    if !view
        .system(component)
        .is_some_and(|system| system.fact.showcase)
    {
        return Ok(None);
    }
    let past = PastOf::load(state, store, &months)?;
    let spans = past.spans_of(component);
    let of = Past {
        spans: &spans,
        records: &past.records,
    };
    Ok(match locale {
        Some(locale) => page::uptime_component(&view, component, of, page_number, locale),
        None => page::uptime_json(&view, component, of, page_number),
    })
}

/// `/journal.json?after=N`: the entries that follow one.
pub fn journal(state: &State, store: &Store, after_seq: i64) -> Result<Vec<u8>, PublishError> {
    let page = &state.page.id;
    let entries = store.journal(page, after_seq.max(0), JOURNAL_PAGE_ENTRIES)?;
    Ok(page::journal_json(page, &entries, state.head.seq))
}

/// What went wrong, in a page's own words; `is_missing`: nothing is there, else it can not be made
/// now.
pub fn error(state: &State, is_missing: bool, (locale, now): (Locale, Instant)) -> Vec<u8> {
    let fault = if is_missing {
        Fault::NotFound
    } else {
        Fault::Unavailable
    };
    page::error(&View::project(state, now), fault, None, locale)
}

/// What is said under a name that belongs to no page.
pub fn unknown_host(host: &str, (locale, now): (Locale, Instant)) -> Vec<u8> {
    page::unknown_host(host, locale, now)
}

/// An incident's page, its document and its short link; nothing where readers may not see it.
pub fn incident(state: &State, record: &IncidentRecord, now: Instant) -> Vec<Made> {
    incident_in(state, &View::project(state, now), record)
}

/// An incident from the record, as a page, its document or its calendar; `None` where there is none
/// to see.
pub fn incident_alone(
    state: &State,
    store: &Store,
    (id, content_type): (&IncidentId, ContentType),
    (locale, now): (Locale, Instant),
) -> Result<Option<Vec<u8>>, PublishError> {
    let view = View::project(state, now);
    let Some(record) = store.incident(&state.page.id, id)? else {
        return Ok(None);
    };
    Ok(match content_type {
        ContentType::Html => page::incident(&view, &record, locale),
        ContentType::Json => api_v2::incident(&view, &record),
        ContentType::Calendar => calendar::maintenance(&view, &record, locale),
        _ => None,
    })
}

fn incident_in(state: &State, view: &View<'_>, record: &IncidentRecord) -> Vec<Made> {
    let own = path::incident(&record.incident.id);
    let Some(json) = api_v2::incident(view, record) else {
        return Vec::new();
    };
    let mut made = vec![single(path::incident_json(&record.incident.id), json)];
    for locale in locales(state) {
        if let Some(body) = calendar::maintenance(view, record, locale) {
            made.push(Made {
                path: path::incident_calendar(&record.incident.id),
                locale: Some(locale),
                body,
            });
        }
        if let Some(body) = page::incident(view, record, locale) {
            made.push(Made {
                path: own.clone(),
                locale: Some(locale),
                body,
            });
        }
    }
    if let Some(short) = path::short(&record.incident.shortcode) {
        let prefix = state.page.path.as_deref().unwrap_or_default();
        made.extend(localized(state, &short, |_| {
            redirect_page(prefix, own.as_str())
        }));
    }
    made
}

/// The page's own address, as documents name it, without a trailing slash.
pub fn page_url(page: &noroshi_domain::Page) -> String {
    page::address::page_url(page)
}

/// `/beat.json`: where the journal ends, signed by the caller, and when the next beat is due.
pub fn beat(state: &State, head: &serde_json::Value, (now, next_at): (Instant, Instant)) -> Made {
    single(
        path::beat(),
        page::beat(&View::project(state, now), head, next_at),
    )
}

/// `/state.json`: what the open view is made of.
pub fn public_state(state: &State, now: Instant) -> Made {
    single(path::state(), page::state_json(&View::project(state, now)))
}

/// The state that a `/state.json` holds; `None` where it is none of this version.
pub fn read_state(json: &[u8]) -> Option<State> {
    page::read_state(json)
}

/// A notice's words in each language of its page, with the mark that it is outside the record.
pub fn notice_body(page: &noroshi_domain::Page, text: &str, until: Instant) -> Texts {
    page::notice_body(page, text, until)
}

/// When the page would next differ with no new fact.
pub fn next_change_at(state: &State, now: Instant) -> Instant {
    page::next_change_at(state, now)
}

/// SHA-256 of every style sheet in the pages, base64.
pub fn styles() -> Vec<String> {
    html::STYLES
        .iter()
        .map(|style| BASE64_STANDARD.encode(Sha256::digest(style)))
        .collect()
}

/// The same for a page, its own branding among them.
pub fn styles_of(state: &State) -> Vec<String> {
    let mut styles = styles();
    if let Some(style) = page::brand::style(&state.page.settings) {
        styles.push(BASE64_STANDARD.encode(Sha256::digest(style)));
    }
    styles
}

/// SHA-256 of the style sheet in the embedded frame, base64.
pub fn embed_style() -> String {
    BASE64_STANDARD.encode(Sha256::digest(html::STYLE_EMBED))
}

/// SHA-256 of the script in the head of every page, base64.
pub fn script_in_head() -> &'static str {
    static HASH: LazyLock<String> =
        LazyLock::new(|| BASE64_STANDARD.encode(Sha256::digest(html::scripts::theme())));
    &HASH
}

/// What stands on every page of the archive, hashed: when it changes, all of it is made anew.
pub fn frame(state: &State) -> String {
    let components: Vec<_> = state
        .components
        .values()
        .map(|one| {
            (
                &one.id,
                &one.name,
                &one.group_id,
                one.restricted,
                one.showcase,
            )
        })
        .collect();
    let groups: Vec<_> = state
        .groups
        .values()
        .map(|group| (&group.id, &group.name))
        .collect();
    let text = serde_json::to_vec(&(&state.page, components, groups))
        .expect("facts are strings and numbers under string keys");
    hash_hex(&text)
}

/// Incidents of the live set: open ones and those of the last days.
fn live_records(state: &State, view: &View<'_>) -> Vec<IncidentRecord> {
    let today = state.page.zone.date_of(view.now());
    let days = jiff::Span::new().days(RECENT_DAYS - 1);
    let first = today.checked_sub(days).unwrap_or(today);
    let since = state.page.zone.start_of(first);
    view.incidents()
        .iter()
        .filter(|incident| incident.is_open() || incident.listed_at >= since)
        .map(|incident| record_of(state, incident))
        .collect()
}

/// An incident with all that the state holds of it.
fn record_of(state: &State, incident: &noroshi_domain::Incident) -> IncidentRecord {
    let mut updates: Vec<_> = state.all_updates_of(&incident.id).cloned().collect();
    updates.sort_by(|one, two| {
        let key = |update: &noroshi_domain::Update| (update.display_at, update.created_at);
        (key(two), &two.id).cmp(&(key(one), &one.id))
    });
    let mut claims: Vec<_> = state
        .claims
        .values()
        .filter(|claim| claim.holder.incident_id() == Some(&incident.id))
        .cloned()
        .collect();
    claims.sort_by(|one, two| (one.from, &one.id).cmp(&(two.from, &two.id)));
    IncidentRecord {
        incident: incident.clone(),
        updates,
        promises: state
            .promises_of(&incident.id)
            .into_iter()
            .cloned()
            .collect(),
        claims,
    }
}

/// Whether an incident may have parts that the state no longer holds.
fn is_older_than_state(record: &IncidentRecord, now: Instant) -> bool {
    record.incident.listed_at < now.plus_seconds(-STATE_DAYS * 86_400)
}

/// What some months say of the past.
struct PastOf {
    spans: Vec<Span>,
    /// Those listed in the months, then those that began before and reach into them.
    records: Vec<IncidentRecord>,
    listed_count: usize,
    oldest_at: Option<Instant>,
}

impl PastOf {
    /// What is listed in the months, and whether there is anything before them.
    fn listed(state: &State, store: &Store, months: &Months) -> Result<Self, PublishError> {
        let before = store.incidents_between(&state.page.id, Instant::MIN, months.from, 1)?;
        let records = records_between(state, store, months.from, months.to)?;
        let oldest = records.last().map(|record| record.incident.listed_at);
        Ok(Self {
            spans: Vec::new(),
            listed_count: records.len(),
            oldest_at: before.first().map(|incident| incident.listed_at).or(oldest),
            records,
        })
    }

    /// The same with what began before and reaches into the months, and with public spans.
    fn load(state: &State, store: &Store, months: &Months) -> Result<Self, PublishError> {
        let mut past = Self::listed(state, store, months)?;
        let page = &state.page.id;
        past.spans = store.spans_between(page, Lane::Public, None, months.from, months.to)?;
        let since = months.from.plus_us(-REACH_DAYS * DAY_US);
        for record in records_between(state, store, since, months.from)? {
            if record
                .incident
                .resolved_at
                .is_none_or(|at| at >= months.from)
            {
                past.records.push(record);
            }
        }
        Ok(past)
    }

    fn listing<'b>(&'b self, filter: &'b Filter) -> Listing<'b> {
        let records = &self.records[..self.listed_count];
        Listing {
            records,
            oldest_at: self.oldest_at,
            filter,
        }
    }

    fn spans_of(&self, component: &ComponentId) -> Vec<Span> {
        self.spans
            .iter()
            .filter(|span| span.component_id == *component)
            .cloned()
            .collect()
    }
}

fn records_between(
    state: &State,
    store: &Store,
    from: Instant,
    to: Instant,
) -> Result<Vec<IncidentRecord>, PublishError> {
    let page = &state.page.id;
    let listed = store.incidents_between(page, from, to, MONTH_INCIDENTS)?;
    let mut records = Vec::with_capacity(listed.len());
    for incident in listed {
        // Those of the state are here already; the others are read one by one.
        if state.incidents.get(&incident.id) == Some(&incident) {
            records.push(record_of(state, &incident));
        } else if let Some(record) = store.incident(page, &incident.id)? {
            records.push(record);
        }
    }
    Ok(records)
}

fn locales(state: &State) -> impl Iterator<Item = Locale> {
    state.page.locales.iter().copied()
}

fn localized(state: &State, path: &PagePath, make: impl Fn(Locale) -> Vec<u8>) -> Vec<Made> {
    locales(state)
        .map(|locale| Made {
            path: path.clone(),
            locale: Some(locale),
            body: make(locale),
        })
        .collect()
}

fn single(path: PagePath, body: Vec<u8>) -> Made {
    Made {
        path,
        locale: None,
        body,
    }
}
