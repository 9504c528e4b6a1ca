//! Maintenances: their plan, and the steps that time makes.

use crate::command::{NewIncident, NewUpdate, PlanFlags};
use crate::decide::draft::Draft;
use crate::decide::incident;
use crate::facts::{Fact, Incident, Plan};
use crate::refusal::Refusal;
use crate::standard;
use crate::status::{IncidentKind, Lifecycle};
use crate::time::{HOUR_US, Instant, MINUTE_US};

/// An automatic step later than this tells nobody, in microseconds.
const LATE_US: i64 = HOUR_US;

/// The plan of a new maintenance; none for an incident.
pub(super) fn first_plan(new: &NewIncident) -> Result<Option<Plan>, Refusal> {
    if new.kind == IncidentKind::Incident {
        return Ok(None);
    }
    let (Some(from), Some(to)) = (new.fields.scheduled_for, new.fields.scheduled_until) else {
        return Err(Refusal::NoPlan);
    };
    let flags = new.fields.flags.clone().unwrap_or_default();
    Ok(Some(flags.plan(from, to)))
}

/// Whether an update makes a maintenance begin, with its components under maintenance.
pub(super) fn begins(incident: &Incident, was: Lifecycle) -> bool {
    incident.lifecycle == Lifecycle::InProgress
        && was != Lifecycle::InProgress
        && was != Lifecycle::Verifying
        && incident
            .plan
            .as_ref()
            .is_some_and(|plan| plan.auto_maintenance)
}

/// What is due next of a maintenance that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// A reminder, so many minutes ahead.
    Remind(i64),
    /// The start.
    Start,
    /// The end.
    Complete,
}

/// The next step of a maintenance, and when it falls due.
pub(super) fn next_step(incident: &Incident) -> Option<(Instant, Step)> {
    let plan = incident.plan.as_ref().filter(|_| incident.is_open())?;
    match incident.lifecycle {
        Lifecycle::Scheduled => {
            let reminders = plan
                .remind_min
                .iter()
                .filter(|minutes| !plan.reminded_min.contains(minutes))
                .map(|minutes| {
                    (
                        plan.scheduled_for.plus_us(-minutes * MINUTE_US),
                        Step::Remind(*minutes),
                    )
                });
            let start = plan.auto_start.then_some((plan.scheduled_for, Step::Start));
            reminders.chain(start).min()
        }
        _ => plan
            .auto_complete
            .then_some((plan.scheduled_until, Step::Complete)),
    }
}

/// Makes up what is due of one maintenance, in order, with the planned instants.
pub(super) fn catch_up(draft: &mut Draft<'_>, maintenance: &Incident) -> Result<(), Refusal> {
    let id = maintenance.id.clone();
    while let Some((due, step)) =
        next_step(&draft.incident(&id)?).filter(|(due, _)| *due <= draft.now)
    {
        let incident = draft.incident(&id)?;
        match step {
            Step::Remind(minutes) => remind(draft, incident, minutes)?,
            Step::Start => start(draft, incident, due)?,
            Step::Complete => complete(draft, incident, due)?,
        }
    }
    Ok(())
}

/// The first reminder writes an update; others only tell. One whose start has passed is dropped.
fn remind(draft: &mut Draft<'_>, mut incident: Incident, minutes: i64) -> Result<(), Refusal> {
    let Some(plan) = &mut incident.plan else {
        return Ok(());
    };
    let first = plan.reminded_at.is_none();
    let dropped = plan.scheduled_for <= draft.now;
    plan.reminded_min.push(minutes);
    if dropped {
        draft.put(Fact::Incident(Box::new(incident)));
        return Ok(());
    }
    plan.reminded_at = Some(draft.now);
    if !first {
        draft.put(Fact::Incident(Box::new(incident)));
        return Ok(());
    }
    let attached = std::mem::take(&mut incident.components);
    let id = incident.id.clone();
    // Reference 3.5: the reminder's own update names no components.
    let update = NewUpdate {
        body: standard::reminders(&draft.state.page, minutes),
        attach: Some(Vec::new()),
        ..NewUpdate::default()
    };
    incident::post(draft, incident, &update)?;
    let mut incident = draft.incident(&id)?;
    incident.components = attached;
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

fn start(draft: &mut Draft<'_>, incident: Incident, due: Instant) -> Result<(), Refusal> {
    let plan = incident
        .plan
        .clone()
        .unwrap_or_else(|| PlanFlags::default().plan(due, due));
    let ends_too = plan.auto_complete && plan.scheduled_until <= draft.now;
    let update = NewUpdate {
        lifecycle: Some(Lifecycle::InProgress),
        display_at: Some(due),
        impact_at: Some(due),
        notify: Some(plan.notify_start && !ends_too && in_time(draft, due)),
        ..NewUpdate::default()
    };
    incident::post(draft, incident, &update)
}

fn complete(draft: &mut Draft<'_>, incident: Incident, due: Instant) -> Result<(), Refusal> {
    let plan = incident
        .plan
        .clone()
        .unwrap_or_else(|| PlanFlags::default().plan(due, due));
    let update = NewUpdate {
        lifecycle: Some(Lifecycle::Completed),
        display_at: Some(due),
        impact_at: Some(due),
        notify: Some(plan.notify_end && in_time(draft, due)),
        ..NewUpdate::default()
    };
    incident::post(draft, incident, &update)
}

fn in_time(draft: &Draft<'_>, due: Instant) -> bool {
    draft.now.since_us(due) <= LATE_US
}
