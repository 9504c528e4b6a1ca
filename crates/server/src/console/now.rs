//! Now: what is wrong at a page, what was promised, and what somebody has to do about it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::contradiction::{self, Contradiction};
use noroshi_domain::{
    Claim, Component, ComponentId, Holder, Incident, IncidentId, IncidentKind, Instant, Lifecycle,
    Locale, Promise, PromiseKind, State, Status,
};
use noroshi_ops::{Permission, Stored};
use noroshi_text::{dates, labels, msg};

use crate::console::composer;
use crate::console::draft::{self, Draft};
use crate::console::shell::Shell;
use crate::console::times;
use crate::console::visit::{Desk, Visit, shown};
use crate::limits::REVIEWS_SHOWN_MAX;

/// Planned work without a window is named after this many seconds: a day.
const FORGOTTEN_WORK_S: i64 = 86_400;
/// An incident is asked about when what it claims has been well so long by measurement, in seconds.
const WELL_S: i64 = 1_800;

/// The screen.
#[derive(Template)]
#[template(path = "console/now.html")]
struct Now {
    shell: Shell,
    l: Locale,
    subtitle: String,
    /// Where an incident is reported; none: the caller may not.
    report: Option<String>,
    blocks: Vec<Block>,
    systems: Vec<Lanes>,
}

/// Things of one kind that stand on the screen.
struct Block {
    heading: String,
    count: i64,
    items: Vec<Item>,
}

/// One thing, and what can be done about it.
struct Item {
    /// Class of its colour; empty: none.
    tone: &'static str,
    /// It wants somebody now.
    hot: bool,
    /// The figure: how late, since when.
    figure: String,
    /// The line beneath it.
    under: String,
    /// Its status: class and words.
    status: Option<(&'static str, String)>,
    title: String,
    href: Option<String>,
    detail: String,
    actions: Vec<Action>,
}

/// A button.
struct Action {
    label: String,
    href: String,
    primary: bool,
    /// It is sent, with these fields; none: it is a link.
    fields: Option<Vec<(&'static str, String)>>,
}

/// One system: what was said, what was measured, what readers see.
struct Lanes {
    name: String,
    /// They differ.
    differs: bool,
    tone: &'static str,
    cells: [(&'static str, String); 3],
}

/// `GET /console/pages/{page_id}`.
pub(super) async fn get_now(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let page = desk.page.clone();
    let drafts = desk
        .visit
        .call(move |app| draft::in_review(app, &page))
        .await?;
    Ok(shown(&screen(&desk, &drafts)))
}

fn screen(desk: &Desk, drafts: &[Stored<Draft>]) -> Now {
    let l = desk.locale();
    let waiting = (waiting(desk) + drafts.len()) as i64;
    let at = dates::moment(desk.now.timestamp(), desk.state.page.zone.time_zone(), l);
    let blocks = [
        (msg::console_now_promises(l), promises(desk, false)),
        (msg::console_now_reviews(l), reviews(desk, drafts)),
        (msg::console_now_contradictions(l), contradictions(desk)),
        (msg::console_now_open(l), open(desk)),
        (msg::console_now_without(l), without_incident(desk)),
        (msg::console_now_held(l), held(desk)),
        (msg::console_now_postmortems(l), promises(desk, true)),
    ];
    Now {
        shell: desk.shell(&msg::console_now(l)),
        l,
        subtitle: msg::console_now_subtitle(l, &at, waiting),
        report: desk
            .may(Permission::PostIncident)
            .then(|| desk.address("/incidents/new")),
        blocks: blocks
            .into_iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(heading, items)| Block {
                heading,
                count: items.len() as i64,
                items,
            })
            .collect(),
        systems: systems(desk),
    }
}

/// How many things want somebody: what is late, what contradicts, what is owed, what is forgotten.
pub(crate) fn waiting(desk: &Desk) -> usize {
    let (state, now) = (&desk.state, desk.now);
    let late = open_promises(state).filter(|(promise, _)| promise.is_overdue(now));
    late.count() + contradiction::open(state, now).len() + forgotten(state, now).len()
}

fn open_promises(state: &State) -> impl Iterator<Item = (&Promise, &Incident)> {
    state.promises.values().filter_map(|promise| {
        let incident = state.incidents.get(&promise.incident_id)?;
        let stands = promise.is_open() && incident.deleted_at.is_none();
        stands.then_some((promise, incident))
    })
}

fn promises(desk: &Desk, postmortems: bool) -> Vec<Item> {
    let wanted = |kind| (kind == PromiseKind::Postmortem) == postmortems;
    let mut open: Vec<_> = open_promises(&desk.state)
        .filter(|(promise, _)| wanted(promise.kind))
        .collect();
    open.sort_by_key(|(promise, _)| (promise.due_at, promise.id.clone()));
    open.into_iter()
        .map(|(promise, incident)| promise_item(desk, promise, incident))
        .collect()
}

fn promise_item(desk: &Desk, promise: &Promise, incident: &Incident) -> Item {
    let l = desk.locale();
    let overdue = promise.is_overdue(desk.now);
    let due = match promise.kind {
        // The end of a day is the first instant of the next.
        PromiseKind::Postmortem => {
            let day = desk.state.page.zone.date_of(promise.due_at.plus_us(-1));
            dates::day(day, l)
        }
        _ => desk.time(promise.due_at),
    };
    let left = times::apart(promise.due_at, desk.now, l);
    let figure = if overdue {
        msg::console_overdue_by(l, &left)
    } else if promise.due_at < desk.now {
        due.clone()
    } else {
        msg::console_due_in(l, &left)
    };
    let reminded = promise.next_reminder_at();
    let next = reminded.map_or_else(String::new, |at| {
        msg::console_reminded_at(l, &desk.time(at.max(desk.now)))
    });
    let said = match promise.kind {
        PromiseKind::Postmortem => msg::console_postmortem_owed(l),
        PromiseKind::NextUpdateWhen => msg::console_promised_when(l, desk.pick(&promise.words)),
        PromiseKind::NextUpdateBy if overdue => msg::console_promise_shown_late(l),
        PromiseKind::NextUpdateBy => msg::console_promised_by(l, &due),
    };
    let path = format!("/incidents/{}", incident.id);
    let (label, to) = match promise.kind {
        PromiseKind::Postmortem => (
            msg::console_write_postmortem(l),
            format!("{path}#postmortem"),
        ),
        _ => (msg::console_write_update(l), format!("{path}/update")),
    };
    Item {
        tone: if overdue { "par" } else { "" },
        hot: overdue,
        figure,
        under: msg::console_until(l, &due),
        status: None,
        title: desk.pick(&incident.name).to_owned(),
        href: Some(desk.address(&path)),
        detail: sentences(&[said, next], l),
        actions: link(desk, label, &to, overdue),
    }
}

/// Sentences one after another, as the language does.
fn sentences(all: &[String], locale: Locale) -> String {
    let between = match locale {
        Locale::En => " ",
        Locale::Ja => "",
    };
    let said: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|sentence| !sentence.is_empty())
        .collect();
    said.join(between)
}

/// A link that only those see who may post.
fn link(desk: &Desk, label: String, path: &str, primary: bool) -> Vec<Action> {
    let action = desk.may(Permission::PostIncident).then(|| Action {
        label,
        href: desk.address(path),
        primary,
        fields: None,
    });
    action.into_iter().collect()
}

fn send(
    desk: &Desk,
    label: String,
    path: &str,
    fields: Vec<(&'static str, String)>,
) -> Vec<Action> {
    let action = desk.may(Permission::PostIncident).then(|| Action {
        label,
        href: desk.address(path),
        primary: false,
        fields: Some(fields),
    });
    action.into_iter().collect()
}

/// Drafts that somebody should look at.
fn reviews(desk: &Desk, drafts: &[Stored<Draft>]) -> Vec<Item> {
    let shown = drafts.iter().take(REVIEWS_SHOWN_MAX);
    shown.filter_map(|draft| review_item(desk, draft)).collect()
}

fn review_item(desk: &Desk, draft: &Stored<Draft>) -> Option<Item> {
    let l = desk.locale();
    let own = &draft.value;
    let review = own.review.as_ref()?;
    let about = own.subject().strip_prefix("update ");
    let standing = about.and_then(|code| IncidentId::parse(code).ok());
    let standing = standing.and_then(|id| desk.state.incidents.get(&id));
    let path = match about {
        Some(code) => format!("/incidents/{code}/update?review={}", draft.id),
        None => format!("/incidents/new?review={}", draft.id),
    };
    Some(Item {
        tone: "",
        hot: false,
        figure: times::apart(desk.now, review.asked_at, l),
        under: msg::console_since(l, &desk.time(review.asked_at)),
        status: None,
        title: composer::review_title(own, standing, desk),
        href: None,
        detail: msg::console_review_by(l, &review.author),
        actions: link(desk, msg::console_review_open(l), &path, true),
    })
}

fn contradictions(desk: &Desk) -> Vec<Item> {
    contradiction::open(&desk.state, desk.now)
        .into_iter()
        .filter_map(|found| contradiction_item(desk, &found))
        .collect()
}

fn contradiction_item(desk: &Desk, found: &Contradiction) -> Option<Item> {
    let (state, now, l) = (&desk.state, desk.now, desk.locale());
    let component = state.components.get(&found.component_id)?;
    let measured = state.measured_at(&component.id, now)?;
    let public = state.public_at(&component.id, now);
    let hold = state.hold_at(&component.id, now);
    let told = match found.public_at {
        Some(at) if at <= now => msg::console_contradiction_shown(l),
        Some(at) => msg::console_contradiction_from(l, &desk.time(at)),
        None => msg::console_contradiction_never(l),
    };
    let until = hold.map_or_else(String::new, |hold| {
        msg::console_held_until(l, &desk.time(hold.to), &hold.reason)
    });
    let report = format!("/incidents/new?component={}", component.id);
    let mut actions = Vec::new();
    if let Some(hold) = hold {
        let path = format!("/holds/{}/end", hold.id);
        actions.extend(send(desk, msg::console_end_hold(l), &path, Vec::new()));
    }
    actions.extend(link(desk, msg::console_report_short(l), &report, false));
    Some(Item {
        tone: tone(measured),
        hot: true,
        figure: times::apart(now, found.since, l),
        under: msg::console_since(l, &desk.time(found.since)),
        status: None,
        title: msg::console_contradiction(
            l,
            desk.pick(&component.name),
            &labels::status(public, l),
            &labels::status(measured, l),
        ),
        href: None,
        detail: sentences(&[until, told], l),
        actions,
    })
}

/// Open incidents and planned work that has begun or should have.
fn open(desk: &Desk) -> Vec<Item> {
    let mut open: Vec<&Incident> = desk
        .state
        .incidents
        .values()
        .filter(|incident| incident.is_open())
        .filter(|incident| match &incident.plan {
            Some(plan) => {
                incident.lifecycle != Lifecycle::Scheduled || plan.scheduled_for <= desk.now
            }
            None => true,
        })
        .collect();
    open.sort_by_key(|incident| {
        let planned = incident.kind == IncidentKind::Maintenance;
        (
            planned,
            std::cmp::Reverse(incident.started_at),
            incident.id.clone(),
        )
    });
    open.into_iter()
        .map(|incident| open_item(desk, incident))
        .collect()
}

fn open_item(desk: &Desk, incident: &Incident) -> Item {
    let (state, now, l) = (&desk.state, desk.now, desk.locale());
    let from = incident
        .impact_from
        .map_or(incident.started_at, |time| time.at);
    let worst = incident
        .components
        .iter()
        .map(|id| state.public_at(id, now))
        .max()
        .unwrap_or(Status::Operational);
    let path = format!("/incidents/{}", incident.id);
    let mut detail = vec![labels::lifecycle(incident.lifecycle, l)];
    let names = incident
        .components
        .iter()
        .filter_map(|id| state.components.get(id))
        .map(|component| desk.pick(&component.name));
    let names = labels::names(names, l);
    if !names.is_empty() {
        detail.push(names);
    }
    detail.extend(missing_languages(desk, incident));
    if let Some(since) = well_since(state, incident, now) {
        detail.push(msg::console_well_since(l, &desk.time(since)));
    }
    if let Some(plan) = incident
        .plan
        .as_ref()
        .filter(|plan| plan.scheduled_until < now)
    {
        detail.push(msg::maintenance_overrunning(
            l,
            &desk.time(plan.scheduled_until),
        ));
    }
    let mut actions = vec![Action {
        label: msg::console_open(l),
        href: desk.address(&path),
        primary: false,
        fields: None,
    }];
    if incident.kind == IncidentKind::Incident {
        let write = format!("{path}/update");
        actions.extend(link(desk, msg::console_write_update(l), &write, false));
    }
    Item {
        tone: tone(worst),
        hot: false,
        figure: times::apart(now, from, l),
        under: String::new(),
        status: Some((tone(worst), labels::status(worst, l))),
        title: desk.pick(&incident.name).to_owned(),
        href: Some(desk.address(&path)),
        detail: detail.join(match l {
            Locale::En => " · ",
            Locale::Ja => "・",
        }),
        actions,
    }
}

/// Languages of the page in which the latest update has no words.
fn missing_languages(desk: &Desk, incident: &Incident) -> Option<String> {
    let updates = desk.state.updates_of(&incident.id);
    let body = &updates.first()?.body;
    let missing: Vec<String> = desk
        .state
        .page
        .locales
        .iter()
        .filter(|locale| !body.is_empty() && body.get(**locale).is_none())
        .map(|locale| labels::language(*locale))
        .collect();
    let names = labels::names(missing.iter().map(String::as_str), desk.locale());
    (!missing.is_empty()).then(|| msg::console_no_text_in(desk.locale(), &names))
}

/// Since when all that an incident claims has been well by measurement, where that is long enough
/// to ask whether it is over.
fn well_since(state: &State, incident: &Incident, now: Instant) -> Option<Instant> {
    let claimed: Vec<&ComponentId> = state
        .claims
        .values()
        .filter(|claim| claim.to.is_none() && claim.holder.incident_id() == Some(&incident.id))
        .filter(|claim| claim.status.is_bad())
        .map(|claim| &claim.component_id)
        .collect();
    let mut latest = None;
    for id in &claimed {
        let mut spans = state.spans_of(noroshi_domain::Lane::Measured, id).rev();
        let current = spans.find(|span| span.to.is_none())?;
        if current.status != Status::Operational {
            return None;
        }
        latest = latest.max(Some(current.from));
    }
    latest.filter(|since| since.plus_seconds(WELL_S) <= now)
}

/// Claims that nobody looks after: said without an incident, or by planned work that was forgotten.
fn forgotten(state: &State, now: Instant) -> Vec<&Claim> {
    let mut found: Vec<&Claim> = state
        .claims
        .values()
        .filter(|claim| claim.to.is_none())
        .filter(|claim| match &claim.holder {
            Holder::Standing => !has_open_incident(state, &claim.component_id),
            Holder::Maintenance(id) => {
                let windowless = state.incidents.get(id).is_none_or(|own| own.plan.is_none());
                windowless && claim.from.plus_seconds(FORGOTTEN_WORK_S) <= now
            }
            Holder::Incident(_) => false,
        })
        .collect();
    found.sort_by_key(|claim| (claim.from, claim.id.clone()));
    found
}

fn has_open_incident(state: &State, component: &ComponentId) -> bool {
    let mut open = state.incidents.values().filter(|own| own.is_open());
    open.any(|own| own.kind == IncidentKind::Incident && own.components.contains(component))
}

fn without_incident(desk: &Desk) -> Vec<Item> {
    let (now, l) = (desk.now, desk.locale());
    let item = |claim: &Claim| {
        let component = desk.state.components.get(&claim.component_id)?;
        let path = format!("/components/{}/status", component.id);
        let fields = vec![("status", Status::Operational.as_str().to_owned())];
        let mut actions = send(desk, msg::console_end_status(l), &path, fields);
        let report = format!("/incidents/new?component={}", component.id);
        actions.extend(link(desk, msg::console_report_short(l), &report, false));
        Some(Item {
            tone: tone(claim.status),
            hot: false,
            figure: times::apart(now, claim.from, l),
            under: msg::console_since(l, &desk.time(claim.from)),
            status: Some((tone(claim.status), labels::status(claim.status, l))),
            title: desk.pick(&component.name).to_owned(),
            href: None,
            detail: msg::console_said_without(l),
            actions,
        })
    };
    forgotten(&desk.state, now)
        .into_iter()
        .filter_map(item)
        .collect()
}

fn held(desk: &Desk) -> Vec<Item> {
    let (state, now, l) = (&desk.state, desk.now, desk.locale());
    // What contradicts stands above with its hold.
    let contradicted: Vec<ComponentId> = contradiction::open(state, now)
        .into_iter()
        .map(|found| found.component_id)
        .collect();
    let mut holds: Vec<_> = state
        .holds
        .values()
        .filter(|hold| hold.from <= now && now < hold.to)
        .filter(|hold| !contradicted.contains(&hold.component_id))
        .collect();
    holds.sort_by_key(|hold| (hold.to, hold.id.clone()));
    let item = |hold: &noroshi_domain::Hold| {
        let component = state.components.get(&hold.component_id)?;
        let path = format!("/holds/{}/end", hold.id);
        Some(Item {
            tone: tone(hold.status),
            hot: false,
            figure: times::apart(hold.to, now, l),
            under: msg::console_until(l, &desk.time(hold.to)),
            status: Some((tone(hold.status), labels::status(hold.status, l))),
            title: desk.pick(&component.name).to_owned(),
            href: None,
            detail: msg::console_hold_reason(l, &hold.reason),
            actions: send(desk, msg::console_end_hold(l), &path, Vec::new()),
        })
    };
    holds.into_iter().filter_map(item).collect()
}

fn systems(desk: &Desk) -> Vec<Lanes> {
    let (state, now) = (&desk.state, desk.now);
    let mut declared: BTreeMap<&ComponentId, Status> = BTreeMap::new();
    for claim in state.claims.values().filter(|claim| claim.to.is_none()) {
        let worst = declared.entry(&claim.component_id).or_default();
        *worst = (*worst).max(claim.status);
    }
    let lanes = |component: &Component| {
        let said = declared.get(&component.id).copied().unwrap_or_default();
        let measured = state.measured_at(&component.id, now);
        let public = state.public_at(&component.id, now);
        let differs = measured.is_some_and(|measured| measured != public) || said > public;
        let cell = |status: Status| (tone(status), labels::status(status, desk.locale()));
        Lanes {
            name: desk.pick(&component.name).to_owned(),
            differs,
            tone: tone(measured.unwrap_or(public)),
            cells: [
                cell(said),
                measured.map_or_else(|| ("", msg::console_no_monitor(desk.locale())), cell),
                cell(public),
            ],
        }
    };
    state.live_components().into_iter().map(lanes).collect()
}

/// The class of a status's colour and icon.
pub(crate) const fn tone(status: Status) -> &'static str {
    match status {
        Status::Operational => "ok",
        Status::Unknown => "unk",
        Status::UnderMaintenance => "mnt",
        Status::DegradedPerformance => "deg",
        Status::PartialOutage => "par",
        Status::MajorOutage => "maj",
    }
}
