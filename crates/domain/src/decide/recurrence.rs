//! Recurrences: rules that make one maintenance after another.

use crate::command::{Command, PlanFlags};
use crate::command::{IncidentFields, NewIncident, NewRecurrence, NewUpdate};
use crate::decide::draft::{Draft, check_said};
use crate::decide::seen::{Subject, flags, plain};
use crate::decide::{BODY_CHARS_MAX, NAME_CHARS_MAX, incident};
use crate::facts::{Fact, Recurrence};
use crate::id::{IncidentId, RecurrenceId};
use crate::recur::Rule;
use crate::refusal::Refusal;
use crate::status::{IncidentKind, Lifecycle};
use crate::time::{DAY_US, Instant};

/// The longest occurrence, in days.
const OCCURRENCE_DAYS_MAX: i64 = 31;

/// Makes a recurrence and its first occurrence.
pub(super) fn create(draft: &mut Draft<'_>, new: &NewRecurrence) -> Result<(), Refusal> {
    let id = RecurrenceId::from(draft.draw());
    let recurrence = checked(draft, id.clone(), new)?;
    occur(draft, &recurrence, recurrence.first_at)?;
    draft.put(Fact::Recurrence(Box::new(recurrence)));
    draft.acts("recurrence_created", &id);
    Ok(())
}

fn checked(
    draft: &Draft<'_>,
    id: RecurrenceId,
    new: &NewRecurrence,
) -> Result<Recurrence, Refusal> {
    Rule::parse(&new.rule)?;
    check_said("name", &new.name)?;
    draft.check_text("name", &new.name, NAME_CHARS_MAX)?;
    draft.check_text("body", &new.body, BODY_CHARS_MAX)?;
    let until = new.first_at.plus_seconds(new.duration_s);
    if new.duration_s <= 0 {
        return Err(Refusal::EmptyWindow {
            from: new.first_at,
            to: until,
        });
    }
    if until.since_us(new.first_at) > OCCURRENCE_DAYS_MAX * DAY_US {
        return Err(Refusal::TooFar {
            field: "duration",
            at: until,
            days: OCCURRENCE_DAYS_MAX,
        });
    }
    for component in &new.components {
        draft.component(component)?;
    }
    Ok(Recurrence {
        id,
        rule: new.rule.clone(),
        zone: new
            .zone
            .clone()
            .unwrap_or_else(|| draft.state.page.zone.clone()),
        first_at: new.first_at,
        duration_s: new.duration_s,
        name: new.name.clone(),
        body: new.body.clone(),
        components: new.components.clone(),
        plan: new.flags.plan(new.first_at, until),
        made_at: new.first_at,
        sequence: 0,
        ended_at: None,
        edited_seq: None,
    })
}

/// Makes one occurrence.
fn occur(draft: &mut Draft<'_>, recurrence: &Recurrence, at: Instant) -> Result<(), Refusal> {
    let plan = &recurrence.plan;
    let id = IncidentId::from(draft.draw());
    let new = NewIncident {
        id: Some(id.clone()),
        kind: IncidentKind::Maintenance,
        fields: IncidentFields {
            name: Some(recurrence.name.clone()),
            scheduled_for: Some(at),
            scheduled_until: Some(at.plus_seconds(recurrence.duration_s)),
            flags: Some(PlanFlags {
                auto_start: plan.auto_start,
                auto_complete: plan.auto_complete,
                auto_maintenance: plan.auto_maintenance,
                auto_free: plan.auto_free,
                notify_start: plan.notify_start,
                notify_end: plan.notify_end,
                remind_min: plan.remind_min.clone(),
            }),
            ..IncidentFields::default()
        },
        update: NewUpdate {
            lifecycle: Some(Lifecycle::Scheduled),
            body: recurrence.body.clone(),
            attach: Some(recurrence.components.clone()),
            ..NewUpdate::default()
        },
        backfilled_at: None,
    };
    incident::decide(draft, &Command::OpenIncident(Box::new(new)))?;
    let mut made = draft.incident(&id)?;
    if let Some(plan) = &mut made.plan {
        plan.recurrence_id = Some(recurrence.id.clone());
        plan.occurrence_at = Some(at);
    }
    draft.put(Fact::Incident(Box::new(made)));
    Ok(())
}

/// When the next occurrence of a recurrence is to be made, and for which instant.
pub(super) fn next_making(
    recurrence: &Recurrence,
    state: &crate::State,
) -> Option<(Instant, Instant)> {
    if recurrence.ended_at.is_some() {
        return None;
    }
    let rule = Rule::parse(&recurrence.rule).ok()?;
    let next = rule.next_after(&recurrence.zone, recurrence.first_at, recurrence.made_at)?;
    let last = state.incidents.values().find(|incident| {
        incident.plan.as_ref().is_some_and(|plan| {
            plan.recurrence_id.as_ref() == Some(&recurrence.id)
                && plan.occurrence_at == Some(recurrence.made_at)
        })
    });
    // Made when the previous one starts or its planned end passes, whichever is first.
    let due = match last {
        Some(last) if last.lifecycle == Lifecycle::Scheduled && last.deleted_at.is_none() => {
            last.plan.as_ref().map_or(recurrence.made_at, |plan| {
                if plan.auto_start {
                    plan.scheduled_for
                } else {
                    plan.scheduled_until
                }
            })
        }
        _ => Instant::MIN,
    };
    Some((due, next))
}

/// Makes the occurrences that are due, at most as many as `limit`.
pub(super) fn catch_up(
    draft: &mut Draft<'_>,
    id: &RecurrenceId,
    limit: usize,
) -> Result<(), Refusal> {
    for _ in 0..limit {
        let Some(mut recurrence) = draft.state.recurrences.get(id).cloned() else {
            return Ok(());
        };
        let Some((due, next)) = next_making(&recurrence, &draft.state) else {
            return Ok(());
        };
        if due > draft.now {
            return Ok(());
        }
        let planned_end = next.plus_seconds(recurrence.duration_s);
        recurrence.made_at = next;
        // One that would be over already was missed while nobody was there: it is not made up.
        if planned_end > draft.now {
            occur(draft, &recurrence, next)?;
        }
        draft.put(Fact::Recurrence(Box::new(recurrence)));
    }
    Ok(())
}

/// Changes a recurrence and what of it has not started and was not edited on its own.
pub(super) fn update(
    draft: &mut Draft<'_>,
    id: &RecurrenceId,
    new: &NewRecurrence,
) -> Result<(), Refusal> {
    let found = draft.state.recurrences.get(id).cloned();
    let old = found.ok_or_else(|| Refusal::NotFound {
        kind: "recurrence",
        id: id.to_string(),
    })?;
    let mut recurrence = checked(draft, id.clone(), new)?;
    recurrence.sequence = old.sequence + 1;
    recurrence.edited_seq = Some(draft.seq());
    let pending: Vec<_> = draft
        .state
        .incidents
        .values()
        .filter(|incident| incident.lifecycle == Lifecycle::Scheduled && incident.is_open())
        .filter(|incident| {
            incident
                .plan
                .as_ref()
                .is_some_and(|plan| plan.recurrence_id.as_ref() == Some(id) && !plan.detached)
        })
        .cloned()
        .collect();
    for mut incident in pending {
        incident.name = recurrence.name.clone();
        incident.edited_seq = Some(draft.seq());
        incident.components.clone_from(&recurrence.components);
        if let Some(plan) = &mut incident.plan {
            plan.scheduled_for = recurrence.first_at;
            plan.scheduled_until = recurrence.first_at.plus_seconds(recurrence.duration_s);
            plan.occurrence_at = Some(recurrence.first_at);
            plan.reminded_min.clear();
            incident.started_at = plan.scheduled_for;
            incident.listed_at = plan.scheduled_for;
        }
        incident.updated_at = draft.now;
        draft.put(Fact::Incident(Box::new(incident)));
    }
    draft.put(Fact::Recurrence(Box::new(recurrence)));
    draft.acts("recurrence_changed", id);
    Ok(())
}

/// Makes no more occurrences; those that are planned stay.
pub(super) fn end(draft: &mut Draft<'_>, id: &RecurrenceId) -> Result<(), Refusal> {
    let found = draft.state.recurrences.get(id).cloned();
    let mut recurrence = found.ok_or_else(|| Refusal::NotFound {
        kind: "recurrence",
        id: id.to_string(),
    })?;
    recurrence.ended_at = recurrence.ended_at.or(Some(draft.now));
    draft.put(Fact::Recurrence(Box::new(recurrence)));
    draft.acts("recurrence_ended", id);
    Ok(())
}

/// What a change of a recurrence replaces.
pub(super) fn seen(draft: &Draft<'_>, id: &RecurrenceId, sent: &NewRecurrence) -> Option<Subject> {
    let own = draft.state.recurrences.get(id)?;
    let mut stands = plain(own);
    stands["flags"] = flags(&own.plan);
    Some(Subject {
        stands,
        sent: plain(sent),
        edited_seq: own.edited_seq,
    })
}
