//! What is said to operators.

use noroshi_channel::Kind;
use noroshi_domain::contradiction::{self, Contradiction};
use noroshi_domain::subscriber::Level;
use noroshi_domain::{ComponentId, Instant, Locale, Promise, PromiseKind, State};
use noroshi_page::address::page_url;
use noroshi_page::message;
use noroshi_page::view::View;
use noroshi_store::{Notice, Store, StoreError};
use noroshi_text::{dates, labels, msg};

use super::Worded;
use crate::event::Event;
use crate::limits::{AILING_MAX, DIGEST_LINES_MAX};

/// Something that asks for operators; `None` where it asks for nobody any more.
pub(super) fn notice(
    view: &View<'_>,
    event: &Event,
    notice: &Notice,
    locale: Locale,
) -> Option<Worded> {
    let told = match event {
        Event::Promise {
            incident,
            promise,
            is_overdue,
        } => {
            let told = view.told(incident)?;
            let own = told.promises.iter().find(|own| own.id == *promise)?;
            // What was met or lifted meanwhile asks for nobody.
            if !own.is_open() {
                return None;
            }
            let name = view.pick(&told.incident.name, locale).0;
            let (title, text) = promised(view, (own, name), *is_overdue, locale);
            let path = format!("/incidents/{incident}");
            (title, text, (path, false), Level::Minor)
        }
        Event::Contradiction {
            component,
            since,
            is_over,
        } => contradicted(view, (component, *since), *is_over, locale)?,
        Event::Stuck { .. } => stuck(view, event, locale)?,
        _ => return None,
    };
    let (title, text, (path, is_over), level) = told;
    let url = format!("{}{path}", console(view));
    let said = message::notice(view, (&title, &text), (&url, level), notice.at, locale);
    Some(Worded {
        kind: if is_over {
            Kind::NoticeOver
        } else {
            Kind::Notice
        },
        said,
        document: None,
    })
}

/// Title, text, the path in the console with whether it is over, and how bad it is.
type Told = (String, String, (String, bool), Level);

fn promised(
    view: &View<'_>,
    (own, name): (&Promise, &str),
    is_overdue: bool,
    locale: Locale,
) -> (String, String) {
    let due = time(view, own.due_at, locale);
    match (own.kind, is_overdue) {
        (PromiseKind::Postmortem, _) => (
            msg::notice_postmortem(locale),
            msg::notice_postmortem_text(locale, name, &due),
        ),
        (_, true) => (
            msg::notice_promise_overdue(locale, &due),
            msg::notice_promise_overdue_text(locale, name, &due),
        ),
        (_, false) => (
            msg::notice_promise_soon(locale, &due),
            msg::notice_promise_soon_text(locale, name, &due),
        ),
    }
}

fn contradicted(
    view: &View<'_>,
    (component, since): (&ComponentId, Instant),
    is_over: bool,
    locale: Locale,
) -> Option<Told> {
    let system = view.system(component)?;
    let name = view.pick(&system.fact.name, locale).0;
    Some(if is_over {
        let title = msg::notice_contradiction_over(locale, name);
        let text = msg::notice_contradiction_over_text(locale);
        (title, text, (String::new(), true), Level::Good)
    } else {
        let shown = labels::status(system.status, locale);
        let measured = labels::status(view.measured_status(component), locale);
        let since = time(view, since, locale);
        let title = msg::notice_contradiction(locale, name);
        let text = msg::notice_contradiction_text(locale, &shown, &measured, &since);
        (title, text, (String::new(), false), Level::Major)
    })
}

fn stuck(view: &View<'_>, event: &Event, locale: Locale) -> Option<Told> {
    let Event::Stuck {
        lane,
        name,
        since,
        reason,
        count,
        is_over,
    } = event
    else {
        return None;
    };
    let name = match name {
        Some(name) => name.clone(),
        None => labels::lane(lane, locale),
    };
    let path = "/channels".to_owned();
    Some(if *is_over {
        let title = msg::notice_channel_over(locale, &name);
        let text = msg::notice_channel_over_text(locale);
        (title, text, (path, true), Level::Good)
    } else {
        let since = time(view, *since, locale);
        let reason = labels::delivery_reason(reason, locale);
        let title = msg::notice_channel(locale, &name);
        let text = msg::notice_channel_text(locale, *count, &since, &reason);
        (title, text, (path, false), Level::Major)
    })
}

/// What stands open, in one message; `None`: nothing does.
pub(super) fn digest(
    store: &Store,
    (state, view): (&State, &View<'_>),
    notice: &Notice,
    locale: Locale,
) -> Result<Option<Worded>, StoreError> {
    let page = &view.page().id;
    let ailing = store.ailing(page, AILING_MAX)?.into_iter();
    let ailing = ailing.filter(|own| !own.lane.contains('/')).map(|own| {
        let since = time(view, own.since, locale);
        let reason = labels::delivery_reason(&own.reason, locale);
        let text = msg::notice_channel_text(locale, own.count, &since, &reason);
        format!("{}: {text}", labels::lane(&own.lane, locale))
    });
    let lists = [
        (
            msg::notice_digest_promises(locale),
            owed((state, view), false, locale),
        ),
        (
            msg::notice_digest_contradictions(locale),
            contradictions((state, view), locale),
        ),
        (msg::notice_digest_channels(locale), ailing.collect()),
        (
            msg::notice_digest_postmortems(locale),
            owed((state, view), true, locale),
        ),
    ];
    let lists: Vec<(String, Vec<String>)> = lists
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(heading, lines)| (heading, lines.into_iter().take(DIGEST_LINES_MAX).collect()))
        .collect();
    if lists.is_empty() {
        return Ok(None);
    }
    let of = (console(view), Level::Minor);
    let said = message::digest(view, &lists, (&of.0, of.1), notice.at, locale);
    Ok(Some(Worded {
        kind: Kind::Digest,
        said,
        document: None,
    }))
}

/// Open promises by when they are due: those of updates, or those of postmortems.
fn owed((state, view): (&State, &View<'_>), postmortems: bool, locale: Locale) -> Vec<String> {
    let mut open: Vec<&Promise> = state
        .promises
        .values()
        .filter(|own| own.is_open() && (own.kind == PromiseKind::Postmortem) == postmortems)
        .collect();
    open.sort_by_key(|own| (own.due_at, own.id.clone()));
    let lines = open.into_iter().filter_map(|own| {
        let incident = state.incidents.get(&own.incident_id)?;
        let name = view.pick(&incident.name, locale).0;
        let stands = incident.deleted_at.is_none();
        let text = promised(view, (own, name), own.is_overdue(view.now()), locale).1;
        stands.then_some(text)
    });
    lines.collect()
}

fn contradictions((state, view): (&State, &View<'_>), locale: Locale) -> Vec<String> {
    let open = contradiction::open(state, view.now()).into_iter();
    let open = open.filter(|own| own.told_at <= view.now());
    open.filter_map(|own: Contradiction| {
        let of = (&own.component_id, own.since);
        let (title, text, ..) = contradicted(view, of, false, locale)?;
        Some(format!("{title}: {text}"))
    })
    .collect()
}

fn time(view: &View<'_>, at: Instant, locale: Locale) -> String {
    dates::moment(at.timestamp(), view.page().zone.time_zone(), locale)
}

/// Where the page's screens for operators stand: at the host of its address.
fn console(view: &View<'_>) -> String {
    let url = page_url(view.page());
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    format!("{}/console/pages/{}", &url[..end], view.page().id)
}
