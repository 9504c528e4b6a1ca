//! When the passing of time alone changes what a page says.

use noroshi_domain::contradiction;
use noroshi_domain::{IncidentKind, Instant, Lane, Lifecycle, SECOND_US, State, Status};

use crate::view::SILENCE_S;
use crate::words::PROMISE_GRACE_S;

/// While a component is not operational its durations grow: shown anew so often, in seconds.
const RUNNING_S: i64 = 60;
/// While today has downtime its figure recovers: shown anew so often, in seconds.
const TODAY_S: i64 = 600;

/// The next instant after `now` at which the page must be rendered again though nothing happened.
pub fn next_change_at(state: &State, now: Instant) -> Instant {
    let zone = &state.page.zone;
    let (today, midnight) = zone.bounds_of(zone.date_of(now));
    let mut next = Earliest {
        now,
        found: midnight,
    };
    for promise in state.promises.values().filter(|promise| promise.is_open()) {
        next.offer(promise.due_at);
        next.offer(promise.late_from());
    }
    for hold in state.holds.values() {
        next.offer(hold.from);
        next.offer(hold.to);
    }
    for incident in state.incidents.values() {
        let Some(plan) = incident.plan.as_ref().filter(|_| incident.is_open()) else {
            continue;
        };
        if incident.kind == IncidentKind::Maintenance {
            let edge = match incident.lifecycle {
                Lifecycle::Scheduled => plan.scheduled_for,
                _ => plan.scheduled_until,
            };
            next.offer(edge);
            next.offer(edge.plus_seconds(PROMISE_GRACE_S));
        }
    }
    for announcement in state.announcements.values() {
        next.offer(announcement.from);
        announcement.to.into_iter().for_each(|to| next.offer(to));
    }
    contradiction::open(state, now)
        .iter()
        .filter_map(|found| found.public_at)
        .for_each(|at| next.offer(at));
    offer_spans(state, today, &mut next);
    next.found
}

fn offer_spans(state: &State, today: Instant, next: &mut Earliest) {
    let now = next.now;
    let public = state
        .spans
        .values()
        .filter(|span| span.lane == Lane::Public && span.status != Status::Operational);
    for span in public {
        next.offer(span.from);
        span.to.into_iter().for_each(|to| next.offer(to));
        let running = span.from <= now && span.to.is_none_or(|to| now < to);
        if running && span.status == Status::Unknown {
            next.offer(span.from.plus_seconds(SILENCE_S));
        }
        if running {
            next.offer(step(now, RUNNING_S));
        } else if span.to.is_some_and(|to| today < to) {
            next.offer(step(now, TODAY_S));
        }
    }
}

/// The next whole step of the clock.
const fn step(now: Instant, length_s: i64) -> Instant {
    let micros = length_s * SECOND_US;
    Instant::from_micros((now.micros().div_euclid(micros) + 1) * micros)
}

/// The earliest instant after now that was offered.
struct Earliest {
    now: Instant,
    found: Instant,
}

impl Earliest {
    fn offer(&mut self, at: Instant) {
        if at > self.now && at < self.found {
            self.found = at;
        }
    }
}
