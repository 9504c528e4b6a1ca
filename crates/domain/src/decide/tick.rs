//! What the passing of time makes due: one step of the clock.

use crate::decide::draft::Draft;
use crate::decide::{maintenance, recurrence};
use crate::facts::{Fact, Promise};
use crate::journal::Audience;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::Instant;

/// The most occurrences one step makes up for one recurrence.
const OCCURRENCES_MAX: usize = 100;

/// Makes every step that is due; changes nothing when all are done already.
pub(super) fn tick(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let mut open: Vec<_> = draft
        .state
        .incidents
        .values()
        .filter(|incident| incident.is_open())
        .cloned()
        .collect();
    open.sort_by_key(|incident| incident.plan.as_ref().map(|plan| plan.scheduled_for));
    for incident in open {
        maintenance::catch_up(draft, &incident)?;
    }
    let recurrences: Vec<_> = draft.state.recurrences.keys().cloned().collect();
    for id in recurrences {
        recurrence::catch_up(draft, &id, OCCURRENCES_MAX)?;
    }
    let late: Vec<Promise> = draft
        .state
        .promises
        .values()
        .filter(|own| falls_due(own, draft.now))
        .cloned()
        .collect();
    for promise in late {
        let overdue_at = Some(promise.due_at);
        draft.put(Fact::Promise(Box::new(Promise {
            overdue_at,
            ..promise
        })));
    }
    draft.acts("clock", "");
    draft.answer.update_id = None;
    // Reminders are for the team, and so have an entry of their own.
    if !draft.has_changed() {
        remind(draft);
    }
    Ok(())
}

/// Reminds operators of what is promised and not given; at most once a promise and step.
fn remind(draft: &mut Draft<'_>) {
    let due: Vec<Promise> = reminders(&draft.state)
        .filter(|(at, _)| *at <= draft.now)
        .map(|(_, promise)| promise.clone())
        .collect();
    if due.is_empty() {
        return;
    }
    draft.acts("operators_reminded", "");
    draft.audience = Audience::Team;
    for promise in due {
        draft.put(Fact::Promise(Box::new(Promise {
            reminder_count: promise.reminder_count + 1,
            reminded_at: Some(draft.now),
            ..promise
        })));
    }
}

/// Open promises of incidents that are not hidden, with the next reminder of each.
fn reminders(state: &State) -> impl Iterator<Item = (Instant, &Promise)> {
    state
        .promises
        .values()
        .filter(|promise| {
            let incident = state.incidents.get(&promise.incident_id);
            incident.is_some_and(|incident| incident.deleted_at.is_none())
        })
        .filter_map(|promise| Some((promise.next_reminder_at()?, promise)))
}

fn falls_due(promise: &Promise, now: Instant) -> bool {
    promise.overdue_at.is_none() && promise.is_overdue(now)
}

/// When the clock next has something to do on a page; `None`: nothing is planned.
pub fn next_due(state: &State) -> Option<Instant> {
    let steps = state
        .incidents
        .values()
        .filter_map(maintenance::next_step)
        .map(|(due, _)| due);
    let promises = state
        .promises
        .values()
        .filter(|promise| falls_due(promise, Instant::MAX))
        .map(Promise::late_from);
    let occurrences = state
        .recurrences
        .values()
        .filter_map(|own| recurrence::next_making(own, state))
        .map(|(due, _)| due);
    let reminders = reminders(state).map(|(due, _)| due);
    steps
        .chain(promises)
        .chain(occurrences)
        .chain(reminders)
        .min()
}
