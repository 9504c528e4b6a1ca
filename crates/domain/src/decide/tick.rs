//! What the passing of time makes due: one step of the clock.

use crate::decide::draft::Draft;
use crate::decide::{maintenance, recurrence};
use crate::facts::{Fact, Promise, PromiseKind};
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
    Ok(())
}

fn falls_due(promise: &Promise, now: Instant) -> bool {
    promise.is_open()
        && promise.overdue_at.is_none()
        && promise.kind != PromiseKind::NextUpdateWhen
        && promise.late_from() <= now
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
    steps.chain(promises).chain(occurrences).min()
}
