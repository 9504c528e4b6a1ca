//! Planned work: what is under way and to come, rules that repeat it, and its updates.

mod fields;

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{
    Command, IncidentId, IncidentKind, IncidentRecord, Lifecycle, NewIncident, NewRecurrence,
    NewUpdate, Recurrence, RecurrenceId, Texts,
};
use noroshi_ops::Permission;
use noroshi_text::{labels, msg};

use self::fields::{Planned, edit_fields, new_fields};
use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::listing::{self, Listing, Row};
use crate::console::picker::{self, Picker, Target};
use crate::console::sheet::{Button, Sheet, Typed};
use crate::console::visit::{Desk, Visit, shown};
use crate::desk::Refused;

/// How many stand on the screen.
const LISTED: u32 = 50;

/// `GET …/maintenance`.
pub(super) async fn get_maintenance(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let own = desk.page.clone();
    let records = desk
        .visit
        .call(move |app| {
            let kind = Some(IncidentKind::Maintenance);
            Ok(app.store().newest_incidents(&own, kind, LISTED)?)
        })
        .await?;
    let l = desk.locale();
    let (over, open): (Vec<_>, Vec<_>) = records
        .into_iter()
        .partition(|record| !record.incident.is_open());
    let mut open = open;
    open.sort_by_key(|record| record.incident.started_at);
    let rules = desk.state.recurrences.values();
    let rules: Vec<&Recurrence> = rules.filter(|rule| rule.ended_at.is_none()).collect();
    let rows = |records: &[IncidentRecord]| -> Vec<Row> {
        records.iter().map(|record| row(&desk, record)).collect()
    };
    let sections = [
        (msg::console_planned(l), rows(&open)),
        (
            msg::console_recurring(l),
            rules
                .into_iter()
                .map(|rule| rule_row(&desk, rule))
                .collect(),
        ),
        (msg::console_work_over(l), rows(&over)),
    ];
    let listing = Listing {
        shell: desk.shell(&msg::console_maintenance(l)),
        l,
        new: desk
            .may(Permission::PostMaintenance)
            .then(|| (desk.address("/maintenance/new"), msg::console_plan_work(l)))
            .into_iter()
            .collect(),
        sections: listing::sections(sections),
        none: msg::console_maintenance_none(l),
    };
    Ok(shown(&listing))
}

fn row(desk: &Desk, record: &IncidentRecord) -> Row {
    let l = desk.locale();
    let incident = &record.incident;
    let tone = match incident.lifecycle {
        Lifecycle::InProgress | Lifecycle::Verifying => "mnt",
        Lifecycle::Completed => "ok",
        _ => "",
    };
    let window = incident.plan.as_ref().map(|plan| {
        let (from, to) = (
            desk.time(plan.scheduled_for),
            desk.time(plan.scheduled_until),
        );
        msg::console_from_to(l, &from, &to)
    });
    let may = desk.may(Permission::PostMaintenance);
    let path = format!("/maintenance/{}", incident.id);
    Row {
        href: if may {
            desk.address(&path)
        } else {
            String::new()
        },
        title: desk.pick(&incident.name).to_owned(),
        is_member: false,
        status: Some((tone, labels::lifecycle(incident.lifecycle, l))),
        hints: window.into_iter().collect(),
        buttons: Vec::new(),
    }
}

fn rule_row(desk: &Desk, rule: &Recurrence) -> Row {
    let l = desk.locale();
    let end = desk.address(&format!("/recurrences/{}/end", rule.id));
    let button = Button::plain(end, msg::console_recurrence_end(l));
    let may = desk.may(Permission::PostMaintenance);
    Row {
        href: String::new(),
        title: desk.pick(&rule.name).to_owned(),
        is_member: false,
        status: None,
        hints: vec![
            rule.rule.clone(),
            msg::console_made_until(l, &desk.time(rule.made_at)),
        ],
        buttons: may.then_some(button).into_iter().collect(),
    }
}

/// `GET …/maintenance/new`.
pub(super) async fn get_new(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    if let Some(template) = desk.visit.query("template") {
        let mut form = fields::begun();
        form.set("template", template);
        return filled(&desk, Target::Plan, (form, new_sheet)).await;
    }
    let mut sheet = new_sheet(&desk, None);
    sheet.picker = offered(&desk, Target::Plan).await?;
    Ok(sheet.shown())
}

/// The templates that it can begin from.
async fn offered(desk: &Desk, target: Target) -> Result<Picker, Response> {
    let all = desk.templates().await?;
    Ok(picker::offered(&all, target, ""))
}

/// Shows a form with a template filled in.
async fn filled(
    desk: &Desk,
    target: Target,
    (mut form, sheet): (Form, impl FnOnce(&Desk, Option<&Form>) -> Sheet),
) -> Result<Response, Response> {
    let all = desk.templates().await?;
    let picker = picker::fill(desk, (&all, target), &mut form);
    let sheet = sheet(desk, Some(&form));
    Ok(Sheet { picker, ..sheet }.shown())
}

/// `POST …/maintenance/new`: once, or by a rule.
pub(super) async fn post_new(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    if picker::is_asked(&form) {
        return filled(&desk, Target::Plan, (form, new_sheet)).await;
    }
    let picker = offered(&desk, Target::Plan).await?;
    let again = |form: &Form| Sheet {
        picker,
        ..new_sheet(&desk, Some(form))
    };
    let planned = match Planned::read(&desk, &form) {
        Ok(planned) => planned,
        Err(problem) => return Ok(again(&form).refused(problem)),
    };
    let body = form.texts("body", &desk.state.page.locales);
    let command = match Planned::rule(&form) {
        Some(rule) => Command::CreateRecurrence(Box::new(NewRecurrence {
            rule,
            zone: None,
            first_at: planned.from,
            duration_s: planned.to.since_us(planned.from) / noroshi_domain::SECOND_US,
            name: planned.name,
            body,
            components: planned.components,
            flags: planned.flags,
        })),
        None => Command::OpenIncident(Box::new(NewIncident {
            id: None,
            kind: IncidentKind::Maintenance,
            update: NewUpdate {
                body,
                attach: Some(planned.components.clone()),
                ..NewUpdate::default()
            },
            fields: planned.fields(),
            backfilled_at: None,
        })),
    };
    let done = ("/maintenance", Told::WorkPlanned);
    desk.carry_out((command, &form), done, || again(&form))
        .await
}

fn new_sheet(desk: &Desk, form: Option<&Form>) -> Sheet {
    let l = desk.locale();
    let title = msg::console_plan_work(l);
    let sheet = desk.sheet(&title, ("/maintenance/new", "/maintenance"));
    let sheet = sheet.part(String::new(), new_fields(desk, form));
    Sheet {
        submit: msg::console_plan(l),
        ..sheet
    }
}

/// `GET …/maintenance/{incident_id}`.
pub(super) async fn get_work(
    visit: Visit,
    Path((page, work)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let record = found(&desk, &work).await?;
    Ok(sheet(&desk, None, &record).shown())
}

/// `POST …/maintenance/{incident_id}`: its title, its window, what it is about.
pub(super) async fn post_work(
    visit: Visit,
    Path((page, work)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let record = found(&desk, &work).await?;
    let form = Form::read(&body);
    let planned = match Planned::read(&desk, &form) {
        Ok(planned) => planned,
        Err(problem) => return Ok(sheet(&desk, Some(&form), &record).refused(problem)),
    };
    let command = Command::EditIncident {
        incident_id: record.incident.id.clone(),
        attach: Some(planned.components.clone()),
        fields: Box::new(planned.fields()),
    };
    let command = desk.seen(&form, command);
    let done = ("/maintenance", Told::WorkChanged);
    desk.carry_out((command, &form), done, || {
        sheet(&desk, Some(&form), &record)
    })
    .await
}

fn sheet(desk: &Desk, form: Option<&Form>, record: &IncidentRecord) -> Sheet {
    let l = desk.locale();
    let incident = &record.incident;
    let path = format!("/maintenance/{}", incident.id);
    let sheet = desk.sheet(desk.pick(&incident.name), (&path, "/maintenance"));
    let heading = labels::lifecycle(incident.lifecycle, l);
    let mut sheet = sheet.part(heading, edit_fields(desk, form, incident));
    if incident.is_open() {
        sheet.links.push((
            desk.address(&format!("{path}/update")),
            msg::console_write_update(l),
        ));
    }
    sheet.buttons.push(Button {
        hint: msg::console_delete_hint(l),
        sure: msg::console_work_delete_sure(l),
        ..Button::plain(
            desk.address(&format!("{path}/delete")),
            msg::console_work_delete(l),
        )
    });
    sheet
}

/// `GET …/maintenance/{incident_id}/update`.
pub(super) async fn get_update(
    visit: Visit,
    Path((page, work)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let record = found(&desk, &work).await?;
    let as_sheet = |desk: &Desk, form: Option<&Form>| update_sheet(desk, form, &record);
    if let Some(template) = desk.visit.query("template") {
        let mut form = Form::default();
        form.set("lifecycle", record.incident.lifecycle.as_str());
        form.set("template", template);
        return filled(&desk, Target::Stage, (form, as_sheet)).await;
    }
    let mut sheet = as_sheet(&desk, None);
    sheet.picker = offered(&desk, Target::Stage).await?;
    Ok(sheet.shown())
}

/// `POST …/maintenance/{incident_id}/update`.
pub(super) async fn post_update(
    visit: Visit,
    Path((page, work)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let record = found(&desk, &work).await?;
    let form = Form::read(&body);
    if picker::is_asked(&form) {
        let as_sheet = |desk: &Desk, form: Option<&Form>| update_sheet(desk, form, &record);
        return filled(&desk, Target::Stage, (form, as_sheet)).await;
    }
    let picker = offered(&desk, Target::Stage).await?;
    let command = Command::PostUpdate {
        incident_id: record.incident.id.clone(),
        update: Box::new(NewUpdate {
            lifecycle: Lifecycle::parse(form.get("lifecycle")),
            body: form.texts("body", &desk.state.page.locales),
            ..NewUpdate::default()
        }),
        fields: Box::default(),
    };
    let done = ("/maintenance", Told::UpdatePosted);
    desk.carry_out((command, &form), done, || Sheet {
        picker,
        ..update_sheet(&desk, Some(&form), &record)
    })
    .await
}

fn update_sheet(desk: &Desk, form: Option<&Form>, record: &IncidentRecord) -> Sheet {
    let l = desk.locale();
    let incident = &record.incident;
    let typed = Typed::new(desk, form);
    let stages = [
        Lifecycle::Scheduled,
        Lifecycle::InProgress,
        Lifecycle::Verifying,
        Lifecycle::Completed,
    ];
    let stages = stages
        .into_iter()
        .map(|stage| (stage.as_str().to_owned(), labels::lifecycle(stage, l)))
        .collect();
    let path = format!("/maintenance/{}", incident.id);
    let (own, title) = (format!("{path}/update"), desk.pick(&incident.name));
    let sheet = desk.sheet(title, (&own, &path)).part(
        msg::console_write_update(l),
        vec![
            typed.choice(
                "lifecycle",
                msg::console_lifecycle(l),
                (incident.lifecycle.as_str(), stages),
            ),
            typed
                .areas("body", msg::console_message(l), &Texts::default())
                .hint(msg::console_message_hint(l)),
        ],
    );
    Sheet {
        submit: msg::console_post(l),
        ..sheet
    }
}

/// `POST …/maintenance/{incident_id}/delete`.
pub(super) async fn delete(
    visit: Visit,
    Path((page, work)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let record = found(&desk, &work).await?;
    let command = Command::DeleteIncident {
        incident_id: record.incident.id,
        reason: msg::console_work_delete_reason(desk.state.page.default_locale),
    };
    desk.press(command, ("/maintenance", Told::WorkDeleted))
        .await
}

/// `POST …/recurrences/{recurrence_id}/end`.
pub(super) async fn end_recurrence(
    visit: Visit,
    Path((page, recurrence)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let Ok(id) = RecurrenceId::parse(&recurrence) else {
        return Err(desk.visit.refuse(&Refused::NotFound));
    };
    desk.press(
        Command::EndRecurrence(id),
        ("/maintenance", Told::RecurrenceEnded),
    )
    .await
}

/// The work that an address names, however old.
async fn found(desk: &Desk, code: &str) -> Result<IncidentRecord, Response> {
    let Ok(id) = IncidentId::parse(code) else {
        return Err(desk.visit.refuse(&Refused::NotFound));
    };
    let page = desk.page.clone();
    let record = desk
        .visit
        .call(move |app| Ok(app.store().incident(&page, &id)?))
        .await?;
    record
        .filter(|record| {
            let incident = &record.incident;
            incident.kind == IncidentKind::Maintenance && incident.deleted_at.is_none()
        })
        .ok_or_else(|| desk.visit.refuse(&Refused::NotFound))
}
