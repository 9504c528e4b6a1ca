//! Subscribers of a page: found, brought in from a list, given back as one, looked at with what
//! they were sent, asked again, erased.

use askama::Template;
use axum::extract::Path;
use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use noroshi_domain::subscriber::{Channel, SubscriberState};
use noroshi_domain::{IncidentId, Locale};
use noroshi_ops::Stored;
use noroshi_ops::subscribers::{Imported, LineFault, Subscriber};
use noroshi_store::Delivery;
use noroshi_text::{labels, msg};

use crate::console::flash::Told;
use crate::console::refusal;
use crate::console::sheet::Button;
use crate::console::shell::Shell;
use crate::console::templates::refusable;
use crate::console::visit::{Desk, Visit, refused, shown};
use crate::limits::{DELIVERIES_SHOWN, LINE_FAULTS_SHOWN, SUBSCRIBERS_SHOWN};

const PATH: &str = "/subscribers";
/// Fields of the form that are read; what comes after is not.
const FIELDS_MAX: usize = 4;

/// The list.
#[derive(Template)]
#[template(path = "console/subscribers.html")]
struct List {
    shell: Shell,
    l: Locale,
    action: String,
    import: String,
    export: String,
    words: String,
    /// Value, words, chosen.
    states: Vec<(&'static str, String, bool)>,
    count: i64,
    rows: Vec<Row>,
    /// The screens before and after this one.
    earlier: Option<String>,
    later: Option<String>,
}

struct Row {
    href: String,
    address: String,
    channel: String,
    state: (&'static str, String),
    scope: String,
    since: String,
}

/// `GET …/subscribers?words=&state=&page=`.
pub(super) async fn get_subscribers(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let words = visit.query("words").unwrap_or_default();
    let state = visit.query("state").and_then(|name| state_of(&name));
    let nth = visit.query("page").and_then(|text| text.parse().ok());
    let nth: usize = nth.unwrap_or(1).clamp(1, 1_000_000);
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let (page, caller, sought) = (desk.page.clone(), desk.visit.caller.clone(), words.clone());
    let skip = (nth - 1) * SUBSCRIBERS_SHOWN;
    let (found, count) = desk
        .visit
        .call(move |app| {
            let by = (sought.as_str(), state);
            app.find_subscribers(&caller, &page, by, (skip, SUBSCRIBERS_SHOWN))
        })
        .await?;
    let address = |to: usize| {
        let state = state.map_or("", SubscriberState::as_str);
        let words = crate::paths::encode(&words);
        desk.address(&format!("{PATH}?words={words}&state={state}&page={to}"))
    };
    let states = SubscriberState::ALL.map(|own| (own.as_str(), named(own, l), Some(own) == state));
    let all = [("", msg::subscribers_all(l), state.is_none())];
    let list = List {
        shell: desk.shell(&msg::subscribers(l)),
        l,
        action: desk.address(PATH),
        import: desk.address("/subscribers/import"),
        export: desk.address("/subscribers.csv"),
        states: all.into_iter().chain(states).collect(),
        count: count as i64,
        rows: found.iter().map(|own| row(&desk, own)).collect(),
        earlier: (nth > 1).then(|| address(nth - 1)),
        later: (skip + found.len() < count).then(|| address(nth + 1)),
        words,
    };
    Ok(shown(&list))
}

fn state_of(name: &str) -> Option<SubscriberState> {
    SubscriberState::ALL
        .into_iter()
        .find(|own| own.as_str() == name)
}

fn named(state: SubscriberState, l: Locale) -> String {
    match state {
        SubscriberState::Active => msg::subscribers_active(l),
        SubscriberState::Unconfirmed => msg::subscribers_unconfirmed(l),
        SubscriberState::Quarantined => msg::subscribers_quarantined(l),
        SubscriberState::Unsubscribed => msg::subscribers_unsubscribed(l),
    }
}

const fn tone(state: SubscriberState) -> &'static str {
    match state {
        SubscriberState::Active => "ok",
        SubscriberState::Quarantined => "maj",
        SubscriberState::Unconfirmed | SubscriberState::Unsubscribed => "unk",
    }
}

fn row(desk: &Desk, own: &Stored<Subscriber>) -> Row {
    let (l, value) = (desk.locale(), &own.value);
    Row {
        href: desk.address(&format!("{PATH}/{}", own.id)),
        address: value.shown_address().to_owned(),
        channel: labels::channel(value.channel, l),
        state: (tone(value.state), named(value.state, l)),
        scope: scope(desk, value),
        since: desk.time(own.created_at),
    }
}

/// Of what somebody is told, in a line.
fn scope(desk: &Desk, own: &Subscriber) -> String {
    let l = desk.locale();
    if let Some(incident) = &own.scope.incident {
        let known = desk.state.incidents.get(incident);
        let name = known.map_or(incident.as_str(), |own| desk.pick(&own.name));
        return msg::subscribers_of_incident(l, name);
    }
    if own.scope.is_whole_page() {
        return msg::subscribers_of_page(l);
    }
    let components = own.scope.components.iter().flatten();
    let components = components.filter_map(|id| desk.state.components.get(id));
    let groups = own.scope.groups.iter();
    let groups = groups.filter_map(|id| desk.state.groups.get(id));
    let names = groups
        .map(|own| desk.pick(&own.name))
        .chain(components.map(|own| desk.pick(&own.name)));
    labels::names(names, l)
}

/// `GET …/subscribers.csv`: all of them as a list.
pub(super) async fn export(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let name = format!("attachment; filename=\"subscribers-{page}.csv\"");
    let csv = desk
        .visit
        .call(move |app| app.export_subscribers(&caller, &page))
        .await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, csv).into_response())
}

/// The screen that takes a list.
#[derive(Template)]
#[template(path = "console/subscribers_import.html")]
struct Import {
    shell: Shell,
    l: Locale,
    problem: Option<String>,
    /// Lines that can not be read.
    faults: Vec<String>,
    /// What was done.
    done: Option<String>,
    action: String,
    back: String,
    list: String,
}

fn import_screen(desk: &Desk) -> Import {
    let l = desk.locale();
    Import {
        shell: desk.shell(&msg::subscribers_import(l)),
        l,
        problem: None,
        faults: Vec::new(),
        done: None,
        action: desk.address("/subscribers/import"),
        back: desk.address(PATH),
        list: String::new(),
    }
}

/// `GET …/subscribers/import`.
pub(super) async fn get_import(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    Ok(shown(&import_screen(&desk)))
}

/// `POST …/subscribers/import`: a file, or lines that were typed.
pub(super) async fn post_import(
    visit: Visit,
    Path(page): Path<String>,
    parts: Multipart,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let mut screen = import_screen(&desk);
    let list = match read(parts).await {
        Some(list) if !list.trim().is_empty() => list,
        found => {
            screen.problem = Some(match found {
                Some(_) => msg::subscribers_import_empty(l),
                None => msg::subscribers_import_broken(l),
            });
            return Ok(refused(&screen));
        }
    };
    let (page, caller, csv) = (desk.page.clone(), desk.visit.caller.clone(), list.clone());
    let done = desk
        .visit
        .call(move |app| refusable(app.import_subscribers(&caller, &page, &csv)))
        .await?;
    match done {
        Ok(done) if done.faults.is_empty() => {
            let words =
                msg::subscribers_imported(l, &done.added.to_string(), &done.known.to_string());
            screen.done = Some(words);
            Ok(shown(&screen))
        }
        Ok(done) => {
            screen.problem = Some(msg::subscribers_import_faults(l, done.faults.len() as i64));
            screen.faults = faults(&done, l);
            screen.list = list;
            Ok(refused(&screen))
        }
        Err(error) => {
            screen.problem = Some(refusal::word(&desk, &error));
            screen.list = list;
            Ok(refused(&screen))
        }
    }
}

/// The lines that came, of a file or typed; `None`: the form can not be read.
async fn read(mut parts: Multipart) -> Option<String> {
    let mut list = String::new();
    for _ in 0..FIELDS_MAX {
        let Some(part) = parts.next_field().await.ok()? else {
            break;
        };
        let text = part.bytes().await.ok()?;
        // Spreadsheets write UTF-8 with or without a mark; what is neither is told of by its line.
        let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
        if !text.trim().is_empty() {
            list = text;
        }
    }
    Some(list)
}

fn faults(done: &Imported, l: Locale) -> Vec<String> {
    let shown = done.faults.iter().take(LINE_FAULTS_SHOWN);
    let shown = shown.map(|fault: &LineFault| {
        let line = &fault.line.to_string();
        match fault.what {
            "address" => msg::subscribers_fault_address(l, line),
            "component" => msg::subscribers_fault_component(l, line),
            "locale" => msg::subscribers_fault_locale(l, line),
            _ => msg::subscribers_fault_channel(l, line),
        }
    });
    shown.collect()
}

/// One of them.
#[derive(Template)]
#[template(path = "console/subscriber.html")]
struct One {
    shell: Shell,
    l: Locale,
    back: String,
    state: (&'static str, String),
    /// Labels and words.
    facts: Vec<(String, String)>,
    log: Vec<Line>,
    buttons: Vec<Button>,
    problem: Option<String>,
}

/// A line of what was sent.
struct Line {
    at: String,
    what: String,
    state: String,
    reason: String,
}

/// `GET …/subscribers/{subscriber_id}`.
pub(super) async fn get_subscriber(
    visit: Visit,
    Path((page, id)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    Ok(shown(&one(&desk, &id, None).await?))
}

async fn one(desk: &Desk, id: &str, problem: Option<String>) -> Result<One, Response> {
    let l = desk.locale();
    let (page, id) = (desk.page.clone(), id.to_owned());
    let (own, log) = desk
        .visit
        .call(move |app| {
            let own = app.subscriber_by_code(&page, &id)?;
            let log = app.store().deliveries_of(&own.id, DELIVERIES_SHOWN)?;
            Ok((own, log))
        })
        .await?;
    let path = desk.address(&format!("{PATH}/{}", own.id));
    let mut buttons = Vec::new();
    if own.value.state == SubscriberState::Unconfirmed {
        let words = msg::subscribers_ask(l);
        buttons.push(Button::plain(format!("{path}/ask"), words));
    }
    buttons.push(Button {
        hint: msg::subscribers_erase_hint(l),
        sure: msg::subscribers_erase_sure(l),
        ..Button::plain(format!("{path}/erase"), msg::subscribers_erase(l))
    });
    Ok(One {
        shell: desk.shell(own.value.shown_address()),
        l,
        back: desk.address(PATH),
        state: (tone(own.value.state), named(own.value.state, l)),
        facts: facts(desk, &own),
        log: log.iter().map(|own| line(desk, own)).collect(),
        buttons,
        problem,
    })
}

fn facts(desk: &Desk, own: &Stored<Subscriber>) -> Vec<(String, String)> {
    let (l, value) = (desk.locale(), &own.value);
    let language = value.locale.unwrap_or(desk.state.page.default_locale);
    let mut facts = vec![
        (
            msg::subscribers_channel(l),
            labels::channel(value.channel, l),
        ),
        (msg::subscribers_scope(l), scope(desk, value)),
        (msg::subscribers_language(l), labels::language(language)),
        (msg::subscribers_since(l), desk.time(own.created_at)),
    ];
    if let Some(at) = value.confirmed_at {
        facts.push((msg::subscribers_confirmed(l), desk.time(at)));
    }
    if let Some(at) = value.quarantined_at {
        facts.push((msg::subscribers_quarantined_at(l), desk.time(at)));
    }
    let contact = value.email.clone();
    if let Some(contact) = contact.filter(|_| value.channel == Channel::Webhook) {
        facts.push((msg::subscribers_contact(l), contact));
    }
    facts
}

fn line(desk: &Desk, own: &Delivery) -> Line {
    let l = desk.locale();
    let incident = own.thread.strip_prefix(&format!("{}-", desk.page));
    let incident = incident.and_then(|id| IncidentId::parse(id).ok());
    let incident = incident.and_then(|id| desk.state.incidents.get(&id));
    let what = match incident {
        Some(incident) => desk.pick(&incident.name).to_owned(),
        None if own.thread.starts_with("confirm-") => msg::subscribers_log_confirmation(l),
        None => own.thread.clone(),
    };
    let state = match own.state.as_str() {
        "pending" => msg::delivery_pending(l),
        "sending" => msg::delivery_sending(l),
        "delivered" => msg::delivery_delivered(l),
        "failed" => msg::delivery_failed(l),
        "uncertain" => msg::delivery_uncertain(l),
        "superseded" => msg::delivery_superseded(l),
        _ => msg::delivery_suppressed(l),
    };
    Line {
        at: desk.time(own.done_at.unwrap_or(own.made_at)),
        what,
        state,
        reason: labels::delivery_reason(&own.reason, l),
    }
}

/// `POST …/subscribers/{subscriber_id}/ask`: asks again whether the address is his.
pub(super) async fn ask(
    visit: Visit,
    Path((page, id)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let (page, caller, own) = (desk.page.clone(), desk.visit.caller.clone(), id.clone());
    let done = desk
        .visit
        .call(move |app| refusable(app.resend_confirmation(&caller, &page, &own)))
        .await?;
    if done.is_ok() {
        return Ok(desk.done(&format!("{PATH}/{id}"), Told::SubscriberAsked));
    }
    let problem = msg::subscribers_not_asked(desk.locale());
    Ok(refused(&one(&desk, &id, Some(problem)).await?))
}

/// `POST …/subscribers/{subscriber_id}/erase`.
pub(super) async fn erase(
    visit: Visit,
    Path((page, id)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    desk.visit
        .call(move |app| app.erase_subscriber(&caller, &page, &id))
        .await?;
    Ok(desk.done(PATH, Told::SubscriberErased))
}
