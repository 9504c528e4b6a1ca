//! One incident: what was told and promised, what was said and measured, and all that can be mended.
//!
//! Every form stands on the same screen. What is refused comes back there, in its place, with every
//! word that was typed.

mod acts;
mod lanes;
mod list;
mod postmortem;
mod related;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{
    Incident, IncidentKind, IncidentRecord, Instant, Lifecycle, Locale, Promise, PromiseKind,
    Status, Texts, Update,
};
use noroshi_ops::{Chance, Permission, Stored};
use noroshi_page::html::Safe;
use noroshi_text::{dates, labels, msg};

pub(super) use acts::{
    amend, delete, edit_update, edit_window, erase_update, lift_promise, place_hold, relate,
    restore, take_over, write_note, write_postmortem,
};
pub(super) use list::get_incidents;

use self::lanes::Lanes;
use self::postmortem::Report;
use self::related::Related;
use crate::console::form::Form;
use crate::console::notes::{self, Note};
use crate::console::now::tone;
use crate::console::shell::Shell;
use crate::console::times;
use crate::console::visit::{Desk, Visit, refused, safe, shown};

/// The screen.
#[derive(Template)]
#[template(path = "console/incident.html")]
struct Screen {
    shell: Shell,
    l: Locale,
    /// Address of the incident's screens.
    own: String,
    /// The caller may change it.
    may_post: bool,
    /// It was deleted.
    deleted: bool,
    automatic: bool,
    marks: Vec<(&'static str, String)>,
    public_href: String,
    /// A new id for each form that is carried out once.
    command: String,
    seq: i64,
    zone: String,
    /// Which form was refused, and why.
    refused: Option<(&'static str, String)>,
    facts: Vec<(String, String)>,
    fields: Vec<(String, Safe)>,
    promises: Vec<Promised>,
    updates: Vec<Told>,
    window: Window,
    lanes: Option<Lanes>,
    systems: Vec<System>,
    /// Something measures one of them: a hold could change something.
    is_measured: bool,
    statuses: Vec<(String, String)>,
    typed: Typed,
    report: Option<Report>,
    related: Option<Related>,
    notes: Vec<Noted>,
}

impl Screen {
    /// Why the form of this place was refused.
    fn problem(&self, place: &str) -> Option<&str> {
        let refused = self
            .refused
            .as_ref()
            .filter(|(section, _)| *section == place);
        refused.map(|(_, problem)| problem.as_str())
    }
}

/// A promise, and whether it can be lifted.
struct Promised {
    id: String,
    tone: &'static str,
    words: String,
    is_open: bool,
}

/// An update on the timeline.
struct Told {
    id: String,
    label: String,
    at: String,
    datetime: String,
    /// Edited, erased.
    marks: Vec<String>,
    bodies: Vec<(&'static str, String, Safe)>,
    changes: Vec<String>,
    /// The form that changes it; none: it can not be.
    edit: Option<Edit>,
}

/// The form of an update's words.
struct Edit {
    open: bool,
    fields: Vec<(&'static str, String, String)>,
    display_at: String,
}

/// The form of the impact window.
struct Window {
    from: String,
    from_about: bool,
    to: String,
    to_about: bool,
}

/// A system that it touches, for the forms that choose one.
struct System {
    id: String,
    name: String,
    tone: &'static str,
    words: String,
    measured: bool,
}

/// What was typed into the forms that begin empty.
#[derive(Default)]
struct Typed {
    component: String,
    status: String,
    from: String,
    to: String,
    reason: String,
    note: String,
}

/// A note.
struct Noted {
    author: String,
    at: String,
    text: String,
}

/// Where the screen is opened: which form was refused and why, with what was typed into it.
#[derive(Default)]
struct Focus {
    refused: Option<(&'static str, String)>,
    form: Form,
    /// The update whose words are being changed.
    update: Option<String>,
}

/// `GET …/incidents/{incident_id}`.
pub(super) async fn get_incident(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let record = desk.incident(&incident).await?;
    let focus = Focus {
        update: desk.visit.query("edit"),
        ..Focus::default()
    };
    show(desk, record, focus).await
}

/// Shows the screen; as refused where something was.
async fn show(mut desk: Desk, record: IncidentRecord, focus: Focus) -> Result<Response, Response> {
    let is_refused = focus.refused.is_some();
    let id = record.incident.id.clone();
    let (page, own, caller) = (desk.page.clone(), id.clone(), desk.visit.caller.clone());
    let (notes, draft) = desk
        .visit
        .call(move |app| {
            let notes = notes::of(app, (&page, &own))?;
            let draft = postmortem::draft(app, &caller, (&page, &own))?;
            Ok((notes, draft))
        })
        .await?;
    desk.put(record.clone());
    let screen = screen(&desk, &record, &focus, (notes, draft));
    Ok(if is_refused {
        refused(&screen)
    } else {
        shown(&screen)
    })
}

fn screen(
    desk: &Desk,
    record: &IncidentRecord,
    focus: &Focus,
    (notes, draft): (Vec<Stored<Note>>, Option<Form>),
) -> Screen {
    let l = desk.locale();
    let incident = &record.incident;
    let page = &desk.state.page;
    let path = format!("/incidents/{}", incident.id);
    let title = desk.pick(&incident.name).to_owned();
    let shell = desk.shell(&title);
    let prefix = shell
        .page
        .as_ref()
        .map_or("", |page| page.public_href.trim_end_matches('/'));
    let systems = systems(desk, incident);
    let public_href = format!("{prefix}{path}");
    Screen {
        own: desk.address(&path),
        l,
        may_post: desk.may(Permission::PostIncident),
        deleted: incident.deleted_at.is_some(),
        automatic: incident.automatic,
        marks: marks(desk, incident),
        public_href,
        command: Chance::System.command_id().to_string(),
        seq: desk.state.head.seq,
        zone: dates::zone_name(desk.now.timestamp(), page.zone.time_zone()),
        refused: focus.refused.clone(),
        facts: clock_facts(desk, record),
        fields: guidance(desk, incident),
        promises: record
            .promises
            .iter()
            .rev()
            .map(|own| promised(desk, own))
            .collect(),
        updates: updates(desk, record, focus),
        window: window(desk, incident, focus),
        lanes: lanes::of(desk, incident),
        is_measured: systems.iter().any(|system| system.measured),
        systems,
        statuses: said_statuses(l),
        typed: typed(&focus.form),
        report: postmortem::of(desk, record, draft.as_ref()),
        related: {
            let refused = focus.refused.as_ref();
            let typed = refused.filter(|(section, _)| *section == "related");
            related::of(desk, incident, typed.map(|_| &focus.form))
        },
        notes: notes.into_iter().map(|note| noted(desk, note)).collect(),
        shell,
    }
}

fn typed(form: &Form) -> Typed {
    let get = |name: &str| form.raw(name).to_owned();
    Typed {
        component: get("component"),
        status: get("status"),
        from: get("from"),
        to: get("to"),
        reason: get("reason"),
        note: get("note"),
    }
}

fn noted(desk: &Desk, note: Stored<Note>) -> Noted {
    Noted {
        at: desk.time(note.value.written_at),
        author: note.value.author,
        text: note.value.text,
    }
}

fn marks(desk: &Desk, incident: &Incident) -> Vec<(&'static str, String)> {
    let (state, now, l) = (&desk.state, desk.now, desk.locale());
    let stands = labels::lifecycle(incident.lifecycle, l);
    if incident.deleted_at.is_some() {
        return vec![("unk", msg::console_deleted(l))];
    }
    if incident.lifecycle.is_over() {
        return vec![("ok", stands)];
    }
    let statuses = incident
        .components
        .iter()
        .map(|id| state.public_at(id, now));
    let worst = statuses.max().unwrap_or(Status::Operational);
    vec![(tone(worst), labels::status(worst, l)), ("", stands)]
}

/// When what happened: the clock facts, as far as they are known.
fn clock_facts(desk: &Desk, record: &IncidentRecord) -> Vec<(String, String)> {
    let l = desk.locale();
    let incident = &record.incident;
    let impact = |time: Option<noroshi_domain::ImpactTime>| {
        time.map(|time| {
            let shown = desk.time(time.at);
            if time.about {
                msg::about_time(l, &shown)
            } else {
                shown
            }
        })
    };
    let at = |at: Option<Instant>| at.map(|at| desk.time(at));
    let published = incident
        .postmortem
        .as_ref()
        .map(|report| report.published_at);
    let plan = incident.plan.as_ref();
    [
        (
            msg::console_fact_planned(l),
            at(plan.map(|plan| plan.scheduled_for)),
        ),
        (
            msg::console_fact_planned_end(l),
            at(plan.map(|plan| plan.scheduled_until)),
        ),
        (msg::console_fact_began(l), impact(incident.impact_from)),
        (
            msg::console_fact_measured(l),
            at(incident.first_measured_at),
        ),
        (
            msg::console_fact_published(l),
            at(incident.first_published_at),
        ),
        (msg::console_fact_mitigated(l), at(incident.mitigated_at)),
        (msg::console_fact_ended(l), impact(incident.impact_to)),
        (msg::console_fact_resolved(l), at(incident.resolved_at)),
        (msg::console_fact_postmortem(l), at(published)),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value?)))
    .collect()
}

fn guidance(desk: &Desk, incident: &Incident) -> Vec<(String, Safe)> {
    let l = desk.locale();
    [
        (msg::who_is_affected(l), &incident.who_is_affected),
        (msg::how_to_check(l), &incident.how_to_check),
        (msg::what_to_do_now(l), &incident.what_to_do),
    ]
    .into_iter()
    .filter(|(_, texts)| !texts.is_empty())
    .map(|(label, texts)| (label, safe(desk.pick(texts))))
    .collect()
}

fn promised(desk: &Desk, promise: &Promise) -> Promised {
    let l = desk.locale();
    let due = match promise.kind {
        PromiseKind::Postmortem => {
            let zone = &desk.state.page.zone;
            // The end of a day is the first instant of the next.
            dates::day(zone.date_of(promise.due_at.plus_us(-1)), l)
        }
        PromiseKind::NextUpdateBy | PromiseKind::NextUpdateWhen => desk.time(promise.due_at),
    };
    let what = match promise.kind {
        PromiseKind::NextUpdateBy => msg::next_update_by(l, &due),
        PromiseKind::NextUpdateWhen => msg::next_update_when(l, desk.pick(&promise.words)),
        PromiseKind::Postmortem => msg::console_postmortem_by(l, &due),
    };
    let late = |at: Instant| times::apart(at, promise.due_at, l);
    let (tone, how) = if let Some(reason) = &promise.lifted_reason {
        ("unk", msg::console_promise_lifted(l, reason))
    } else if let Some(at) = promise.met_at {
        if promise.was_met_late() {
            (
                "deg",
                msg::console_promise_late(l, &desk.time(at), &late(at)),
            )
        } else {
            ("ok", msg::console_promise_kept(l, &desk.time(at)))
        }
    } else if promise.is_overdue(desk.now) {
        ("par", msg::console_overdue_by(l, &late(desk.now)))
    } else {
        ("mnt", msg::console_due_in(l, &late(desk.now)))
    };
    Promised {
        id: promise.id.to_string(),
        tone,
        words: msg::console_promise_line(l, &what, &how),
        is_open: promise.is_open(),
    }
}

fn updates(desk: &Desk, record: &IncidentRecord, focus: &Focus) -> Vec<Told> {
    let mut shown: Vec<&Update> = record
        .updates
        .iter()
        .filter(|update| update.hidden_at.is_none())
        .collect();
    shown.sort_by_key(|update| (update.display_at, update.created_at, update.id.clone()));
    let mut before = None;
    let mut told = Vec::with_capacity(shown.len());
    for update in shown {
        told.push(told_update(desk, record, (update, before), focus));
        before = Some(update.lifecycle);
    }
    told.reverse();
    told
}

fn told_update(
    desk: &Desk,
    record: &IncidentRecord,
    (update, before): (&Update, Option<Lifecycle>),
    focus: &Focus,
) -> Told {
    let l = desk.locale();
    let report = record.incident.postmortem.as_ref();
    let is_report = report.is_some_and(|report| report.update_id == update.id);
    let mut marks = Vec::new();
    if let Some(at) = update.edited_at {
        marks.push(msg::edited(l, &desk.time(at)));
    }
    if update.erased_at.is_some() {
        marks.push(msg::text_erased(l));
    }
    let body =
        |(locale, text): (Locale, &str)| (locale.as_str(), labels::language(locale), safe(text));
    let can_edit = !is_report && desk.may(Permission::PostIncident);
    let changed = update
        .affected
        .iter()
        .filter(|own| own.old_status != own.new_status);
    Told {
        id: update.id.to_string(),
        label: labels::update(update.lifecycle, before, l),
        at: desk.time(update.display_at),
        datetime: times::datetime(update.display_at, &desk.state.page.zone),
        marks,
        bodies: update.body.iter().map(body).collect(),
        changes: changed
            .map(|own| {
                let status = |status| labels::status(status, l);
                msg::change_of_status(
                    l,
                    &own.name,
                    &status(own.old_status),
                    &status(own.new_status),
                )
            })
            .collect(),
        edit: can_edit.then(|| edit_of(desk, update, focus)),
    }
}

fn edit_of(desk: &Desk, update: &Update, focus: &Focus) -> Edit {
    let open = focus.update.as_deref() == Some(update.id.as_str());
    let was_sent = open && focus.refused.is_some();
    let field = |locale: &Locale| {
        let stands = update.body.get(*locale).unwrap_or_default();
        let typed = focus.form.raw(&format!("body.{}", locale.as_str()));
        let text = if was_sent { typed } else { stands };
        (locale.as_str(), labels::language(*locale), text.to_owned())
    };
    let display_at = times::typed(update.display_at, &desk.state.page.zone);
    Edit {
        open,
        fields: desk.locales().iter().map(field).collect(),
        display_at: if was_sent {
            focus.form.raw("display_at").to_owned()
        } else {
            display_at
        },
    }
}

fn window(desk: &Desk, incident: &Incident, focus: &Focus) -> Window {
    let zone = &desk.state.page.zone;
    if matches!(focus.refused, Some(("window", _))) {
        let form = &focus.form;
        return Window {
            from: form.raw("impact_from").to_owned(),
            from_about: form.has("impact_from_about"),
            to: form.raw("impact_to").to_owned(),
            to_about: form.has("impact_to_about"),
        };
    }
    let typed = |time: Option<noroshi_domain::ImpactTime>| {
        time.map_or_else(String::new, |time| times::typed(time.at, zone))
    };
    Window {
        from: typed(incident.impact_from),
        from_about: incident.impact_from.is_some_and(|time| time.about),
        to: typed(incident.impact_to),
        to_about: incident.impact_to.is_some_and(|time| time.about),
    }
}

fn systems(desk: &Desk, incident: &Incident) -> Vec<System> {
    let (state, now, l) = (&desk.state, desk.now, desk.locale());
    let attached = incident.components.iter();
    attached
        .filter_map(|id| state.components.get(id))
        .map(|component| {
            let public = state.public_at(&component.id, now);
            System {
                id: component.id.to_string(),
                name: desk.pick(&component.name).to_owned(),
                tone: tone(public),
                words: labels::status(public, l),
                measured: state.measured_at(&component.id, now).is_some(),
            }
        })
        .collect()
}

/// The five statuses that can be said.
fn said_statuses(l: Locale) -> Vec<(String, String)> {
    let said = Status::ALL
        .into_iter()
        .filter(|status| status.can_be_said());
    said.map(|status| (status.as_str().to_owned(), labels::status(status, l)))
        .collect()
}

/// A text of an update with what was typed over what stands.
fn texts_over(form: &Form, stands: &Texts, locales: &[Locale]) -> Texts {
    let typed = form.texts("body", locales);
    let kept = stands
        .iter()
        .filter(|(locale, _)| !locales.contains(locale));
    let kept: Vec<(Locale, String)> = kept
        .map(|(locale, text)| (locale, text.to_owned()))
        .collect();
    let typed = typed.iter().map(|(locale, text)| (locale, text.to_owned()));
    kept.into_iter().chain(typed).collect()
}

/// Whether planned work or something that happened.
fn is_incident(incident: &Incident) -> bool {
    incident.kind == IncidentKind::Incident
}
