//! Promises: made by updates, met by updates, late by the clock, lifted by people.

use crate::command::NewPromise;
use crate::decide::NAME_CHARS_MAX;
use crate::decide::draft::{Draft, check_said};
use crate::facts::{Fact, Incident, Promise, PromiseKind, Update};
use crate::id::PromiseId;
use crate::refusal::Refusal;
use crate::time::{DAY_US, Instant, end_of_working_day_after};

/// How far ahead a next update may be promised, in days.
pub(super) const PROMISE_DAYS_MAX: i64 = 7;
/// The cadence where a page sets none, in seconds.
pub(super) const CADENCE_S: i64 = 3_600;
/// A postmortem is owed by the end of this working day after the end.
pub const POSTMORTEM_WORKING_DAYS: u32 = 5;

/// Makes a promise; the open one of its kind is met by the same update already.
pub(super) fn make(
    draft: &mut Draft<'_>,
    incident: &Incident,
    update: &Update,
    new: &NewPromise,
) -> Result<(), Refusal> {
    let now = draft.now;
    let (kind, due_at, words) = match new {
        NewPromise::By(at) => (PromiseKind::NextUpdateBy, *at, None),
        NewPromise::WithinS(seconds) => {
            (PromiseKind::NextUpdateBy, now.plus_seconds(*seconds), None)
        }
        NewPromise::When(words) => {
            check_said("promise", words)?;
            draft.check_text("promise", words, NAME_CHARS_MAX)?;
            let cadence = draft.state.page.settings.cadence_s.unwrap_or(CADENCE_S);
            (
                PromiseKind::NextUpdateWhen,
                now.plus_seconds(cadence),
                Some(words.clone()),
            )
        }
        NewPromise::Postmortem(day) => {
            let zone = &draft.state.page.zone;
            let due = day.map_or_else(
                || {
                    end_of_working_day_after(
                        zone,
                        incident.resolved_at.unwrap_or(now),
                        POSTMORTEM_WORKING_DAYS,
                    )
                },
                |day| zone.bounds_of(day).1,
            );
            (PromiseKind::Postmortem, due, None)
        }
    };
    if due_at <= now {
        return Err(Refusal::InPast {
            field: "promise",
            at: due_at,
        });
    }
    if kind == PromiseKind::NextUpdateBy && due_at.since_us(now) > PROMISE_DAYS_MAX * DAY_US {
        return Err(Refusal::TooFar {
            field: "promise",
            at: due_at,
            days: PROMISE_DAYS_MAX,
        });
    }
    let open = open_of(draft, incident)
        .into_iter()
        .find(|own| (own.kind == PromiseKind::Postmortem) == (kind == PromiseKind::Postmortem));
    if let Some(open) = open {
        draft.put(Fact::Promise(Box::new(Promise {
            met_at: Some(now),
            ..open
        })));
    }
    let id = PromiseId::from(draft.draw());
    draft.put(Fact::Promise(Box::new(Promise {
        id,
        incident_id: incident.id.clone(),
        kind,
        words: words.unwrap_or_default(),
        made_at: now,
        made_by: update.id.clone(),
        due_at,
        met_at: None,
        lifted_at: None,
        lifted_reason: None,
        reminder_count: 0,
        reminded_at: None,
        overdue_at: None,
    })));
    Ok(())
}

fn open_of(draft: &Draft<'_>, incident: &Incident) -> Vec<Promise> {
    draft
        .state
        .promises_of(&incident.id)
        .into_iter()
        .filter(|own| own.is_open())
        .cloned()
        .collect()
}

/// An update was posted: open next-update promises are met.
pub(super) fn meet_next_update(draft: &mut Draft<'_>, incident: &Incident) {
    for promise in open_of(draft, incident) {
        if promise.kind != PromiseKind::Postmortem {
            let met_at = Some(draft.now);
            draft.put(Fact::Promise(Box::new(Promise { met_at, ..promise })));
        }
    }
}

/// The incident is over: a report without a named day is owed from now on.
pub(super) fn date_postmortem(draft: &mut Draft<'_>, incident: &Incident, resolved_at: Instant) {
    let zone = draft.state.page.zone.clone();
    for promise in open_of(draft, incident) {
        let provisional = end_of_working_day_after(&zone, promise.made_at, POSTMORTEM_WORKING_DAYS);
        if promise.kind == PromiseKind::Postmortem && promise.due_at == provisional {
            let due_at = end_of_working_day_after(&zone, resolved_at, POSTMORTEM_WORKING_DAYS);
            draft.put(Fact::Promise(Box::new(Promise { due_at, ..promise })));
        }
    }
}

/// The report was published, or will not be.
pub(super) fn close_postmortem(draft: &mut Draft<'_>, incident: &Incident, lifted: Option<&str>) {
    for promise in open_of(draft, incident) {
        if promise.kind == PromiseKind::Postmortem {
            let now = Some(draft.now);
            let closed = match lifted {
                Some(reason) => Promise {
                    lifted_at: now,
                    lifted_reason: Some(reason.to_owned()),
                    ..promise
                },
                None => Promise {
                    met_at: now,
                    ..promise
                },
            };
            draft.put(Fact::Promise(Box::new(closed)));
        }
    }
}

/// An operator lifts a promise, with a reason that is shown.
pub(super) fn lift(draft: &mut Draft<'_>, id: &PromiseId, reason: &str) -> Result<(), Refusal> {
    let found = draft.state.promises.get(id).cloned();
    let promise = found.ok_or_else(|| Refusal::NotFound {
        kind: "promise",
        id: id.to_string(),
    })?;
    if !promise.is_open() {
        return Err(Refusal::PromiseClosed);
    }
    if reason.trim().is_empty() {
        return Err(Refusal::Empty { field: "reason" });
    }
    draft.acts("promise_lifted", id);
    draft.put(Fact::Promise(Box::new(Promise {
        lifted_at: Some(draft.now),
        lifted_reason: Some(reason.to_owned()),
        ..promise
    })));
    Ok(())
}
