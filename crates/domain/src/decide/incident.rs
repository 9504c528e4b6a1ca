//! Incidents and maintenances: opened, updated, edited, related, deleted, erased.

use std::collections::BTreeSet;

use serde_json::json;

use crate::command::{AtEnd, Command, IncidentFields, NewIncident, NewUpdate, PlanFlags};
use crate::decide::draft::{Draft, check_said};
use crate::decide::seen::{Subject, flags, plain};
use crate::decide::{BODY_CHARS_MAX, METADATA_BYTES_MAX, NAME_CHARS_MAX, amend, maintenance};
use crate::decide::{postmortem, promise};
use crate::erase;
use crate::facts::{Affected, Change, Fact, ImpactTime, Incident, Update};
use crate::id::{ComponentId, IncidentId, UpdateId};
use crate::journal::Audience;
use crate::refusal::Refusal;
use crate::standard;
use crate::status::{IncidentKind, Lane, Lifecycle, Status};
use crate::time::{DAY_US, HOUR_US, Instant};

/// The most components attached to one incident.
const ATTACHED_MAX: usize = 10_000;
/// The most incidents related to one.
const RELATED_MAX: usize = 20;

/// Decides what is asked of an incident or a maintenance.
pub(super) fn decide(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::OpenIncident(new) => open(draft, new),
        Command::PostUpdate {
            incident_id,
            update,
            fields,
        } => {
            let mut incident = draft.incident(incident_id)?;
            draft.acts("update_posted", incident_id);
            take_over(&mut incident);
            edit_fields(draft, &mut incident, fields)?;
            post(draft, incident, update)
        }
        Command::EditIncident {
            incident_id,
            fields,
            attach,
        } => {
            let mut incident = draft.incident(incident_id)?;
            draft.acts("incident_changed", incident_id);
            take_over(&mut incident);
            edit_fields(draft, &mut incident, fields)?;
            if let Some(attach) = attach {
                let stood = incident.components.clone();
                reattach(draft, &mut incident, attach.iter().cloned().collect())?;
                if incident.components != stood {
                    incident.edited_seq = Some(draft.seq());
                }
            }
            incident.updated_at = draft.now;
            draft.put(Fact::Incident(Box::new(incident)));
            Ok(())
        }
        Command::EditUpdate { .. } => edit_update(draft, command),
        Command::RelateIncidents {
            incident_id,
            related,
        } => relate(draft, incident_id, related),
        Command::PublishPostmortem { .. } => postmortem::publish(draft, command),
        Command::RevertPostmortem(id) => postmortem::revert(draft, id),
        Command::IgnorePostmortem(id) => postmortem::ignore(draft, id),
        Command::LiftPromise { promise_id, reason } => promise::lift(draft, promise_id, reason),
        Command::TakeOver(id) => {
            let mut incident = draft.incident(id)?;
            draft.acts("incident_taken_over", id);
            take_over(&mut incident);
            draft.put(Fact::Incident(Box::new(incident)));
            Ok(())
        }
        Command::DeleteIncident {
            incident_id,
            reason,
        } => delete(draft, incident_id, reason),
        Command::RestoreIncident(id) => restore(draft, id),
        Command::EraseUpdate { .. } => erase_update(draft, command),
        _ => unreachable!("only commands about incidents are sent here"),
    }
}

/// Any act of a person ends the robot's part for good.
fn take_over(incident: &mut Incident) {
    incident.automatic = false;
}

fn open(draft: &mut Draft<'_>, new: &NewIncident) -> Result<(), Refusal> {
    let id = new
        .id
        .clone()
        .unwrap_or_else(|| IncidentId::from(draft.draw()));
    if draft.state.incidents.contains_key(&id) {
        return Err(Refusal::Taken {
            kind: "incident",
            id: id.to_string(),
        });
    }
    let shortcode = IncidentId::from(draft.draw()).to_string();
    let at = match new.backfilled_at {
        Some(at) if at > draft.now => {
            return Err(Refusal::InFuture {
                field: "backfilled_at",
                at,
            });
        }
        at => at.unwrap_or(draft.now),
    };
    let plan = maintenance::first_plan(new)?;
    let started_at = plan.as_ref().map_or(draft.now, |plan| plan.scheduled_for);
    let listed_at = plan.as_ref().map_or(at, |plan| plan.scheduled_for);
    let mut incident = Incident {
        created_at: at,
        started_at,
        listed_at,
        shortcode,
        backfilled: new.backfilled_at.is_some(),
        plan,
        first_published_at: Some(draft.now),
        ..Incident::new(id.clone(), new.kind, draft.now)
    };
    edit_fields(draft, &mut incident, &new.fields)?;
    check_said("name", &incident.name)?;
    draft.acts("incident_opened", &id);
    let mut update = new.update.clone();
    update.lifecycle = Some(first_lifecycle(new));
    if new.backfilled_at.is_some() {
        update.display_at = update.display_at.or(Some(at));
        update.notify = Some(false);
    }
    post(draft, incident, &update)
}

fn first_lifecycle(new: &NewIncident) -> Lifecycle {
    new.update
        .lifecycle
        .unwrap_or(match (new.kind, new.backfilled_at) {
            (IncidentKind::Maintenance, _) => Lifecycle::Scheduled,
            (IncidentKind::Incident, Some(_)) => Lifecycle::Resolved,
            (IncidentKind::Incident, None) => Lifecycle::Investigating,
        })
}

/// Takes new field values over, checked; moves claims with the impact window.
fn edit_fields(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    fields: &IncidentFields,
) -> Result<(), Refusal> {
    let stood = incident.clone();
    let old_window = (incident.impact_from, incident.impact_to);
    let fields = fields.clone();
    incident.name = fields.name.unwrap_or_else(|| incident.name.clone());
    if let Some(texts) = fields.who_is_affected {
        incident.who_is_affected = texts;
    }
    if let Some(notes) = fields.affected_notes {
        incident.affected_notes = notes;
    }
    if let Some(texts) = fields.how_to_check {
        incident.how_to_check = texts;
    }
    if let Some(texts) = fields.what_to_do {
        incident.what_to_do = texts;
    }
    incident.effects_until = fields.effects_until.over(incident.effects_until);
    incident.impact_from = fields.impact_from.over(incident.impact_from);
    incident.impact_to = fields.impact_to.over(incident.impact_to);
    incident.impact_override = fields.impact_override.over(incident.impact_override);
    incident.metadata = fields.metadata.over(incident.metadata.take());
    incident.reminder_intervals = fields
        .reminder_intervals
        .over(incident.reminder_intervals.take());
    let times = (fields.scheduled_for, fields.scheduled_until);
    edit_plan(incident, times, fields.flags.as_ref())?;
    check_fields(draft, incident)?;
    if *incident != stood {
        incident.edited_seq = Some(draft.seq());
    }
    if (incident.impact_from, incident.impact_to) != old_window {
        amend::move_window(draft, incident, old_window);
    }
    Ok(())
}

fn edit_plan(
    incident: &mut Incident,
    times: (Option<Instant>, Option<Instant>),
    flags: Option<&PlanFlags>,
) -> Result<(), Refusal> {
    let Some(plan) = &mut incident.plan else {
        return match (times, flags) {
            ((None, None), None) => Ok(()),
            _ => Err(Refusal::MaintenanceOnly {
                field: "scheduled_for",
            }),
        };
    };
    let moved = times.0.is_some_and(|at| at != plan.scheduled_for);
    plan.scheduled_for = times.0.unwrap_or(plan.scheduled_for);
    plan.scheduled_until = times.1.unwrap_or(plan.scheduled_until);
    if let Some(flags) = flags {
        plan.auto_start = flags.auto_start;
        plan.auto_complete = flags.auto_complete;
        plan.auto_maintenance = flags.auto_maintenance;
        plan.auto_free = flags.auto_free;
        plan.notify_start = flags.notify_start;
        plan.notify_end = flags.notify_end;
        plan.remind_min.clone_from(&flags.remind_min);
    }
    let (from, to) = (plan.scheduled_for, plan.scheduled_until);
    if from >= to {
        return Err(Refusal::EmptyWindow { from, to });
    }
    if moved {
        plan.reminded_min.clear();
        plan.detached = plan.recurrence_id.is_some();
        incident.started_at = from;
        incident.listed_at = from;
    }
    Ok(())
}

fn check_fields(draft: &Draft<'_>, incident: &Incident) -> Result<(), Refusal> {
    draft.check_text("name", &incident.name, NAME_CHARS_MAX)?;
    let texts = [
        ("who_is_affected", &incident.who_is_affected),
        ("how_to_check", &incident.how_to_check),
        ("what_to_do", &incident.what_to_do),
    ];
    for (field, texts) in texts {
        draft.check_text(field, texts, BODY_CHARS_MAX)?;
    }
    for (component, texts) in &incident.affected_notes {
        draft.any_component(component)?;
        draft.check_text("affected_notes", texts, NAME_CHARS_MAX)?;
    }
    if let Some(metadata) = &incident.metadata {
        let (given, most) = (metadata.len(), METADATA_BYTES_MAX);
        if given > most {
            return Err(Refusal::TooLong {
                field: "metadata",
                given,
                most,
            });
        }
        if serde_json::from_str::<serde::de::IgnoredAny>(metadata).is_err() {
            let reason = "it must be JSON".to_owned();
            return Err(Refusal::BadSetting {
                field: "metadata",
                reason,
            });
        }
    }
    let window = (incident.impact_from, incident.impact_to);
    if let Some(at) = window.0.map(|time| time.at).filter(|at| *at > draft.now) {
        return Err(Refusal::InFuture {
            field: "impact_from",
            at,
        });
    }
    if let Some(at) = window.1.map(|time| time.at).filter(|at| *at > draft.now) {
        return Err(Refusal::InFuture {
            field: "impact_to",
            at,
        });
    }
    match window {
        (Some(from), Some(to)) if from.at >= to.at => Err(Refusal::EmptyWindow {
            from: from.at,
            to: to.at,
        }),
        _ => Ok(()),
    }
}

/// Posts an update: the one place where lifecycle, claims, snapshots and promises move.
pub(super) fn post(
    draft: &mut Draft<'_>,
    mut incident: Incident,
    new: &NewUpdate,
) -> Result<(), Refusal> {
    let lifecycle = new.lifecycle.unwrap_or(incident.lifecycle);
    if lifecycle.kind() != incident.kind || (new.lifecycle == Some(Lifecycle::Postmortem)) {
        return Err(Refusal::WrongKind(lifecycle));
    }
    let display_at = new.display_at.unwrap_or(draft.now);
    if display_at > draft.now {
        return Err(Refusal::InFuture {
            field: "display_at",
            at: display_at,
        });
    }
    draft.check_text("body", &new.body, BODY_CHARS_MAX)?;
    let body = if new.body.is_empty() {
        standard::texts(&draft.state.page, lifecycle)
    } else {
        new.body.clone()
    };
    let mut attached: BTreeSet<ComponentId> = match &new.attach {
        Some(attach) => attach.iter().cloned().collect(),
        None => incident.components.iter().cloned().collect(),
    };
    attached.extend(new.statuses.keys().cloned());
    let before = snapshot(draft, &attached)?;
    reattach(draft, &mut incident, attached)?;
    let was = incident.lifecycle;
    incident.lifecycle = lifecycle;
    speak(draft, &mut incident, new, was)?;
    draft.settle();
    let update = Update {
        id: UpdateId::from(draft.draw()),
        incident_id: incident.id.clone(),
        lifecycle,
        body,
        created_at: draft.now,
        updated_at: draft.now,
        display_at,
        affected: before
            .into_iter()
            .map(|(code, name, old_status)| Affected {
                new_status: draft.state.public_at(&code, draft.now),
                code,
                name,
                old_status,
            })
            .collect(),
        notify: new.notify.unwrap_or(true),
        edited_at: None,
        erased_at: None,
        hidden_at: None,
        custom_tweet: new.custom_tweet.clone(),
        edited_seq: None,
    };
    draft.answer.update_id = Some(update.id.to_string());
    draft.put(Fact::Update(Box::new(update.clone())));
    follow_updates(draft, &mut incident);
    note_first_measured(draft, &mut incident);
    incident.updated_at = draft.now;
    promise::meet_next_update(draft, &incident);
    for new in &new.promises {
        promise::make(draft, &incident, &update, new)?;
    }
    if let Some(resolved_at) = incident.resolved_at.filter(|_| !was.is_over()) {
        promise::date_postmortem(draft, &incident, resolved_at);
    }
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

/// Names and public statuses of components, as an update finds them.
fn snapshot(
    draft: &Draft<'_>,
    components: &BTreeSet<ComponentId>,
) -> Result<Vec<(ComponentId, String, Status)>, Refusal> {
    let default = draft.state.page.default_locale;
    components
        .iter()
        .map(|id| {
            let component = draft.any_component(id)?;
            let name = component.name.pick(default, default).0.to_owned();
            Ok((id.clone(), name, draft.state.public_at(id, draft.now)))
        })
        .collect()
}

/// Sets which components are attached; the claims of detached ones are handed over.
fn reattach(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    attached: BTreeSet<ComponentId>,
) -> Result<(), Refusal> {
    let given = attached.len();
    if given > ATTACHED_MAX {
        return Err(Refusal::TooLong {
            field: "components",
            given,
            most: ATTACHED_MAX,
        });
    }
    for id in &attached {
        if !incident.components.contains(id) {
            draft.component(id)?;
        }
    }
    let detached: Vec<ComponentId> = incident
        .components
        .iter()
        .filter(|id| !attached.contains(id))
        .cloned()
        .collect();
    if !detached.is_empty() {
        draft.hand_over(&incident.holder(), Some(&detached), draft.now);
    }
    let kept = incident
        .components
        .iter()
        .filter(|id| attached.contains(id))
        .cloned();
    let mut ordered: Vec<ComponentId> = kept.collect();
    ordered.extend(
        attached
            .into_iter()
            .filter(|id| !incident.components.contains(id)),
    );
    incident.components = ordered;
    Ok(())
}

/// What an update says of components: claims set, and at the end released or handed over.
fn speak(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    new: &NewUpdate,
    was: Lifecycle,
) -> Result<(), Refusal> {
    let holder = incident.holder();
    let first = draft.open_claims_of(&holder).is_empty() && incident.impact_from.is_none();
    let from = incident
        .impact_from
        .filter(|_| draft.open_claims_of(&holder).is_empty());
    let at = new
        .impact_at
        .or(from.map(|time| time.at))
        .unwrap_or(draft.now);
    if at > draft.now {
        return Err(Refusal::InFuture {
            field: "impact_at",
            at,
        });
    }
    let mut statuses = new.statuses.clone();
    if maintenance::begins(incident, was) {
        for id in &incident.components {
            statuses
                .entry(id.clone())
                .or_insert(Status::UnderMaintenance);
        }
    }
    for (component, status) in &statuses {
        draft.say(component, &holder, (*status, new.act), at)?;
        amend::raise_impact(incident, *status);
    }
    let claimed = statuses
        .values()
        .any(|status| *status != Status::Operational);
    if first && incident.kind == IncidentKind::Incident {
        let begins = if claimed {
            at
        } else {
            new.display_at.unwrap_or(draft.now)
        };
        incident.impact_from = Some(ImpactTime {
            at: begins,
            about: false,
        });
    }
    if !incident.lifecycle.is_over() {
        if was.is_over() {
            incident.impact_to = None;
        }
        return Ok(());
    }
    let end = incident
        .impact_to
        .map(|time| time.at)
        .or(new.impact_at)
        .unwrap_or(draft.now);
    let at_end = match (&incident.plan, new.at_end) {
        (Some(plan), AtEnd::Release) if !plan.auto_free => AtEnd::HandOver,
        (_, at_end) => at_end,
    };
    match at_end {
        AtEnd::Release => draft.release(&holder, end),
        AtEnd::HandOver => draft.hand_over(&holder, None, draft.now),
    }
    let began = incident.impact_from.is_none_or(|from| from.at < end);
    if incident.kind == IncidentKind::Incident && incident.impact_to.is_none() && began {
        incident.impact_to = Some(ImpactTime {
            at: end,
            about: false,
        });
    }
    Ok(())
}

/// Brings `monitoring_at`, `resolved_at` and the clock facts in line with the shown updates.
pub(super) fn follow_updates(draft: &Draft<'_>, incident: &mut Incident) {
    let updates = draft.state.updates_of(&incident.id);
    let shown = |wanted: Lifecycle| {
        updates
            .iter()
            .filter(move |own| own.lifecycle == wanted)
            .map(|own| own.display_at)
    };
    let watching = match incident.kind {
        IncidentKind::Incident => Lifecycle::Monitoring,
        IncidentKind::Maintenance => Lifecycle::Verifying,
    };
    incident.monitoring_at = shown(watching).next_back();
    incident.mitigated_at = shown(watching).next();
    incident.resolved_at = match (&incident.plan, incident.lifecycle.is_over()) {
        (_, false) => None,
        (Some(plan), true) => Some(plan.scheduled_until),
        (None, true) => shown(Lifecycle::Resolved).next().or(incident.resolved_at),
    };
    if incident.plan.is_none()
        && let Some(first) = updates.last()
    {
        incident.listed_at = first.display_at;
    }
}

/// Clock fact: the start of the earliest measured trouble of its components that touches the time
/// from an hour before the impact to its end. The first that was found stays.
fn note_first_measured(draft: &Draft<'_>, incident: &mut Incident) {
    let Some(began) = incident.impact_from.filter(|_| incident.plan.is_none()) else {
        return;
    };
    let from = began.at.plus_us(-HOUR_US);
    let to = incident.impact_to.map_or(draft.now, |end| end.at);
    let found = incident
        .components
        .iter()
        .flat_map(|id| draft.state.spans_of(Lane::Measured, id))
        .filter(|span| span.status.is_bad() && span.from <= to)
        .filter(|span| span.to.is_none_or(|end| end > from))
        .map(|span| span.from);
    incident.first_measured_at = found.chain(incident.first_measured_at).min();
}

fn edit_update(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    let Command::EditUpdate {
        incident_id,
        update_id,
        body,
        display_at,
        notify,
    } = command
    else {
        unreachable!("only edits of updates are sent here");
    };
    let mut incident = draft.incident(incident_id)?;
    let mut update = draft.update(incident_id, update_id)?;
    draft.acts("update_edited", incident_id);
    draft.answer.update_id = Some(update_id.to_string());
    if let Some(body) = body {
        check_said("body", body)?;
        draft.check_text("body", body, BODY_CHARS_MAX)?;
        update.body = body.clone();
        update.erased_at = None;
        update.edited_at = Some(draft.now);
    }
    if let Some(at) = *display_at {
        if at > draft.now {
            return Err(Refusal::InFuture {
                field: "display_at",
                at,
            });
        }
        update.display_at = at;
    }
    update.notify = notify.unwrap_or(update.notify);
    update.edited_seq = Some(draft.seq());
    update.updated_at = draft.now;
    draft.put(Fact::Update(Box::new(update)));
    take_over(&mut incident);
    follow_updates(draft, &mut incident);
    incident.updated_at = draft.now;
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

/// Says which incidents have one cause; each points to the others.
fn relate(draft: &mut Draft<'_>, id: &IncidentId, related: &[IncidentId]) -> Result<(), Refusal> {
    let mut incident = draft.incident(id)?;
    let given = related.len();
    if given > RELATED_MAX {
        return Err(Refusal::TooLong {
            field: "related",
            given,
            most: RELATED_MAX,
        });
    }
    draft.acts("incidents_related", id);
    let left: Vec<IncidentId> = incident
        .related
        .iter()
        .filter(|own| !related.contains(own))
        .cloned()
        .collect();
    for other in left {
        if let Ok(mut other) = draft.any_incident(&other) {
            other.related.retain(|own| own != id);
            draft.put(Fact::Incident(Box::new(other)));
        }
    }
    for other in related.iter().filter(|own| *own != id) {
        let mut other = draft.incident(other)?;
        if !other.related.contains(id) {
            other.related.push(id.clone());
            draft.put(Fact::Incident(Box::new(other)));
        }
    }
    take_over(&mut incident);
    incident.edited_seq = Some(draft.seq());
    incident.related = related.iter().filter(|own| *own != id).cloned().collect();
    incident.updated_at = draft.now;
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

/// Hides an incident everywhere; its claims are handed over.
fn delete(draft: &mut Draft<'_>, id: &IncidentId, reason: &str) -> Result<(), Refusal> {
    let mut incident = draft.incident(id)?;
    draft.acts("incident_deleted", id);
    // Its entries, this one among them, leave the public journal; the headers stay.
    draft.audience = Audience::Team;
    draft.tell_deletion(&incident, reason);
    draft.hand_over(&incident.holder(), None, draft.now);
    take_over(&mut incident);
    incident.deleted_at = Some(draft.now);
    incident.deleted_reason = Some(reason.to_owned());
    incident.updated_at = draft.now;
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

/// Brings a hidden incident back within 30 days; its claims stay handed over.
fn restore(draft: &mut Draft<'_>, id: &IncidentId) -> Result<(), Refusal> {
    let mut incident = draft.any_incident(id)?;
    let deleted_at = incident.deleted_at.take().ok_or(Refusal::NotDeleted)?;
    if draft.now.since_us(deleted_at) > super::page::UNDO_DAYS * DAY_US {
        return Err(Refusal::UndoOver);
    }
    incident.deleted_reason = None;
    incident.updated_at = draft.now;
    draft.acts("incident_restored", id);
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

/// Erases an update's words: it keeps its time and status, and says that its text was erased.
fn erase_update(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    let Command::EraseUpdate {
        incident_id,
        update_id,
        remains,
    } = command
    else {
        unreachable!("only erasing is sent here");
    };
    let mut incident = draft.any_incident(incident_id)?;
    take_over(&mut incident);
    draft.put(Fact::Incident(Box::new(incident.clone())));
    let update = draft.update(incident_id, update_id)?;
    draft.acts("erased", update_id);
    draft.answer.update_id = Some(update_id.to_string());
    draft.remains.clone_from(remains);
    let facts = [
        Fact::Update(Box::new(update)),
        Fact::Incident(Box::new(incident)),
    ];
    for fact in facts {
        if let Some(stripped) = erase::strip(&[Change::Put(fact)], update_id) {
            for change in stripped {
                if let Change::Put(fact) = change {
                    draft.put(marked_erased(fact, draft.now));
                }
            }
        }
    }
    Ok(())
}

fn marked_erased(fact: Fact, now: Instant) -> Fact {
    match fact {
        Fact::Update(update) => Fact::Update(Box::new(Update {
            erased_at: Some(now),
            updated_at: now,
            ..*update
        })),
        Fact::Incident(incident) => Fact::Incident(Box::new(Incident {
            updated_at: now,
            ..*incident
        })),
        other => other,
    }
}

/// What an edit of an incident, of one of its updates or of what it is related to replaces, and
/// what an update changes of its incident's own fields.
pub(super) fn seen(draft: &Draft<'_>, command: &Command) -> Option<Subject> {
    let incident = |id: &IncidentId| draft.state.incidents.get(id);
    let (stands, sent, edited_seq) = match command {
        Command::PostUpdate {
            incident_id,
            fields,
            ..
        } => {
            let incident = incident(incident_id)?;
            (plain(incident), plain(fields), incident.edited_seq)
        }
        Command::EditIncident {
            incident_id,
            fields,
            attach,
        } => {
            let incident = incident(incident_id)?;
            let mut sent = plain(fields);
            sent["components"] = json!(attach);
            let mut stands = plain(incident);
            if let Some(plan) = &incident.plan {
                stands["scheduled_for"] = json!(plan.scheduled_for);
                stands["scheduled_until"] = json!(plan.scheduled_until);
                stands["flags"] = flags(plan);
            }
            (stands, sent, incident.edited_seq)
        }
        Command::EditUpdate {
            incident_id,
            update_id,
            body,
            display_at,
            notify,
        } => {
            let update = draft.update(incident_id, update_id).ok()?;
            let sent = json!({ "body": body, "display_at": display_at, "notify": notify });
            (plain(&update), sent, update.edited_seq)
        }
        Command::RelateIncidents {
            incident_id,
            related,
        } => {
            let incident = incident(incident_id)?;
            let stands = json!({ "related": incident.related });
            (stands, json!({ "related": related }), incident.edited_seq)
        }
        _ => return None,
    };
    Some(Subject {
        stands,
        sent,
        edited_seq,
    })
}
