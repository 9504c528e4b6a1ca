//! Incidents and maintenances, and their updates.

use noroshi_domain::{
    Answer, Command, Incident, IncidentId, IncidentKind, IncidentRecord, Lifecycle, PageId, State,
    UpdateId,
};
use noroshi_ops::Permission;
use noroshi_page::api_v1;
use serde_json::Value;

use super::ask::{Ask, Fault, Reply};
use super::incident_write::{self, Write};
use super::pages::in_default;
use super::paging::Part;

/// How many that a search finds are looked at.
const FOUND_MAX: usize = 1_000;
/// What the journal says of an incident that a script deleted.
const DELETED: &str = "deleted through the API";

/// All of both kinds, the newest first; `q` searches their words.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::limited(ask)?;
    let state = ask.state()?;
    let page = &state.page.id;
    let records = if let Some(words) = ask.query("q") {
        let most = part.offset.saturating_add(part.limit).min(FOUND_MAX);
        let found = ask.app.store().search(page, &words, most as u32);
        let ids = part.cut(found.map_err(noroshi_ops::OpError::from)?);
        ask.app.store().incidents_by_id(page, &ids)
    } else {
        let offset = u32::try_from(part.offset).unwrap_or(u32::MAX);
        let asked = (offset, part.limit as u32);
        ask.app.store().incidents_part(page, asked)
    };
    let mut records = records.map_err(noroshi_ops::OpError::from)?;
    records.sort_by(|one, two| {
        let key = |record: &IncidentRecord| record.incident.created_at;
        (key(two), &two.incident.id).cmp(&(key(one), &one.incident.id))
    });
    let view = ask.view(&state);
    let told = records.iter().filter_map(|record| view.told_of(record));
    let shapes: Vec<Value> = told.map(|told| api_v1::incident(&view, &told)).collect();
    Ok(Reply::Ok(shapes.into()))
}

/// Incidents that are not over.
pub(super) fn list_unresolved(ask: &Ask) -> Result<Reply, Fault> {
    list_open(ask, IncidentKind::Incident, |lifecycle| {
        !lifecycle.is_over()
    })
}

/// Maintenances that are not over.
pub(super) fn list_scheduled(ask: &Ask) -> Result<Reply, Fault> {
    list_open(ask, IncidentKind::Maintenance, |lifecycle| {
        !lifecycle.is_over()
    })
}

/// Maintenances that have not begun.
pub(super) fn list_upcoming(ask: &Ask) -> Result<Reply, Fault> {
    list_open(ask, IncidentKind::Maintenance, |lifecycle| {
        lifecycle == Lifecycle::Scheduled
    })
}

/// Maintenances under way.
pub(super) fn list_active(ask: &Ask) -> Result<Reply, Fault> {
    list_open(ask, IncidentKind::Maintenance, |lifecycle| {
        matches!(lifecycle, Lifecycle::InProgress | Lifecycle::Verifying)
    })
}

/// Open ones: all of them stand in the state. Incidents come newest first, maintenances soonest
/// first, as in API v2.
fn list_open(
    ask: &Ask,
    kind: IncidentKind,
    wanted: impl Fn(Lifecycle) -> bool,
) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let state = ask.state()?;
    let view = ask.view(&state);
    let mut open: Vec<&Incident> = view
        .incidents()
        .iter()
        .copied()
        .filter(|incident| incident.kind == kind && wanted(incident.lifecycle))
        .collect();
    match kind {
        IncidentKind::Incident => {
            open.sort_by(|one, two| (two.created_at, &two.id).cmp(&(one.created_at, &one.id)));
        }
        IncidentKind::Maintenance => open.sort_by_key(|own| (own.started_at, own.id.clone())),
    }
    let told = part.cut(open).into_iter();
    let told = told.filter_map(|incident| view.told(&incident.id));
    let shapes: Vec<Value> = told.map(|told| api_v1::incident(&view, &told)).collect();
    Ok(Reply::Ok(shapes.into()))
}

/// One incident or maintenance.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    shape(ask, &record).map(Reply::Ok)
}

/// The incident that the address names; one that was deleted is not there.
pub(super) fn named(ask: &Ask) -> Result<IncidentRecord, Fault> {
    let page = ask.state()?.page.id.clone();
    let id = IncidentId::parse(ask.name("incident_id")).map_err(|_| Fault::NotFound)?;
    found(ask, &page, &id)
}

fn found(ask: &Ask, page: &PageId, id: &IncidentId) -> Result<IncidentRecord, Fault> {
    let record = ask.app.store().incident(page, id);
    let record = record.map_err(noroshi_ops::OpError::from)?;
    record
        .filter(|record| record.incident.deleted_at.is_none())
        .ok_or(Fault::NotFound)
}

/// An incident as this API writes it.
pub(super) fn shape(ask: &Ask, record: &IncidentRecord) -> Result<Value, Fault> {
    let state = ask.state()?;
    let view = ask.view(&state);
    let told = view.told_of(record).ok_or(Fault::NotFound)?;
    Ok(api_v1::incident(&view, &told))
}

/// Whoever posts incidents needs not be the one who posts maintenances.
pub(super) fn require_to_post(ask: &Ask, kind: IncidentKind) -> Result<(), Fault> {
    ask.require(match kind {
        IncidentKind::Incident => Permission::PostIncident,
        IncidentKind::Maintenance => Permission::PostMaintenance,
    })
}

/// Opens an incident or plans a maintenance, with its first update.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let write = Write::read(&state.page, &ask.wrapped("incident")?)?;
    let new = incident_write::new_incident(&state.page, write)?;
    require_to_post(ask, new.kind)?;
    let made = ask.execute(Command::OpenIncident(Box::new(new)))?;
    let id = IncidentId::parse(&made.id).map_err(|_| Fault::NotFound)?;
    let record = found(ask, &state.page.id, &id)?;
    shape(ask, &record).map(Reply::Made)
}

/// Changes what is sent; `status` or `body` add an update.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let stood = named(ask)?;
    require_to_post(ask, stood.incident.kind)?;
    ask.execute_together(|state: &State| {
        let write = Write::read(&state.page, &ask.wrapped("incident")?)?;
        Ok(incident_write::changes(&state.page, &stood.incident, write))
    })?;
    get(ask)
}

/// Deletes an incident; answers with what it was.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    require_to_post(ask, record.incident.kind)?;
    let gone = shape(ask, &record)?;
    ask.execute(Command::DeleteIncident {
        incident_id: record.incident.id,
        reason: DELETED.to_owned(),
    })?;
    Ok(Reply::Ok(gone))
}

/// Edits an update's words, shown time and notify flag.
pub(super) fn edit_update(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    require_to_post(ask, record.incident.kind)?;
    let wanted = ask.name("update_id");
    let mut updates = record.updates.iter();
    let stood = updates
        .find(|update| update.id.as_str() == wanted && update.hidden_at.is_none())
        .ok_or(Fault::NotFound)?;
    let state = ask.state()?;
    let fields = ask.wrapped("incident_update")?;
    let body = fields.said("body")?;
    incident_write::check_body(&fields, body.as_deref())?;
    let display_at = fields.time("display_at", &state.page.zone)?;
    let notify = fields.flag("deliver_notifications")?;
    if body.is_some() || display_at.is_some() || notify.is_some() {
        let _: Answer = ask.execute(Command::EditUpdate {
            incident_id: record.incident.id.clone(),
            update_id: stood.id.clone(),
            body: body.map(|text| in_default(&state.page, &stood.body, text)),
            display_at,
            notify,
        })?;
    }
    let update_id = stood.id.clone();
    update_shape(ask, &update_id).map(Reply::Ok)
}

fn update_shape(ask: &Ask, id: &UpdateId) -> Result<Value, Fault> {
    let record = named(ask)?;
    let state = ask.state()?;
    let view = ask.view(&state);
    let told = view.told_of(&record).ok_or(Fault::NotFound)?;
    api_v1::update(&view, &told, id).ok_or(Fault::NotFound)
}
