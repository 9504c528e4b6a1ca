//! Automatic incidents: what the measurement alone makes a page tell (DOMAIN "Automatic
//! incidents"). Robots never claim: they refer to what is measured and say what is known.

use std::collections::{BTreeSet, VecDeque};

use crate::facts::{AutomaticIncidents, Component, Holder, Incident};
use crate::id::{ComponentId, IncidentId};
use crate::state::State;
use crate::status::{IncidentKind, Lane, Lifecycle, Policy, Status};
use crate::time::Instant;

/// Bad for this many seconds before an incident opens, unless the page says otherwise.
pub const DELAY_S: i64 = 120;
/// Good for this many seconds before it is resolved, unless the page says otherwise.
pub const QUIET_S: i64 = 600;
/// At most one update that tells of more trouble in this many seconds.
pub const WORSE_EVERY_S: i64 = 60;

/// A component that is bad by measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Which.
    pub component_id: ComponentId,
    /// What it is measured to be.
    pub status: Status,
    /// Since when it has been bad, be it more or less.
    pub since: Instant,
    /// What of the same incident it depends on, itself or through others.
    pub cause: Option<ComponentId>,
}

/// What is due of automatic incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// One opens.
    Open {
        /// Everything that is bad now, in the page's order.
        troubles: Vec<Trouble>,
    },
    /// More is bad: it is, or goes back to, `investigating`.
    Worsen {
        /// Which incident.
        incident_id: IncidentId,
        /// Its own components that turned bad after all were good.
        again: Vec<Trouble>,
        /// Further components, which join it.
        joined: Vec<Trouble>,
    },
    /// All its components are good: `monitoring`.
    Watch {
        /// Which incident.
        incident_id: IncidentId,
    },
    /// They have been so for the quiet time: `resolved`.
    Resolve {
        /// Which incident.
        incident_id: IncidentId,
        /// Since when all have been good.
        good_since: Instant,
        /// The quiet time, in seconds.
        quiet_s: i64,
    },
}

/// What is due at `now`; deciding it and asking again gives what is due after it.
pub fn due(state: &State, now: Instant) -> Option<Step> {
    if state.page.deleted_at.is_some() {
        return None;
    }
    let policy = state.page.settings.automatic.as_ref();
    match untaken(state) {
        None => opens(state, policy?, now),
        Some(incident) => moves(state, incident, policy, now),
    }
}

/// The open automatic incident that nobody has taken over; there is at most one.
pub fn untaken(state: &State) -> Option<&Incident> {
    state
        .incidents
        .values()
        .find(|incident| incident.automatic && incident.is_open())
}

/// What of an incident a component depends on, itself or through others; the nearest.
pub fn cause_of(
    state: &State,
    component: &ComponentId,
    members: &BTreeSet<ComponentId>,
) -> Option<ComponentId> {
    let mut seen = BTreeSet::from([component.clone()]);
    let mut waiting = VecDeque::from([component.clone()]);
    while let Some(id) = waiting.pop_front() {
        let Some(own) = state.components.get(&id) else {
            continue;
        };
        for other in &own.depends_on {
            if members.contains(other) {
                return Some(other.clone());
            }
            if seen.insert(other.clone()) {
                waiting.push_back(other.clone());
            }
        }
    }
    None
}

fn opens(state: &State, policy: &AutomaticIncidents, now: Instant) -> Option<Step> {
    let mut troubles = troubles(state, now);
    let is_old = |trouble: &Trouble| {
        let since = trouble.since.max(last_told_over(state, trouble));
        since.plus_seconds(policy.delay_s) <= now
    };
    if !troubles.iter().any(is_old) {
        return None;
    }
    name_causes(state, &mut troubles, BTreeSet::new());
    Some(Step::Open { troubles })
}

fn moves(
    state: &State,
    incident: &Incident,
    policy: Option<&AutomaticIncidents>,
    now: Instant,
) -> Option<Step> {
    let incident_id = incident.id.clone();
    let members: BTreeSet<ComponentId> = incident.components.iter().cloned().collect();
    let (mut again, mut joined): (Vec<Trouble>, Vec<Trouble>) = troubles(state, now)
        .into_iter()
        .partition(|trouble| members.contains(&trouble.component_id));
    if incident.lifecycle != Lifecycle::Monitoring {
        again.clear();
    }
    if policy.is_none() {
        joined.clear();
    }
    if !again.is_empty() || !joined.is_empty() {
        name_causes(state, &mut joined, members);
        let told_at = state
            .all_updates_of(&incident_id)
            .map(|update| update.created_at)
            .max();
        let may_tell = told_at.is_none_or(|at| at.plus_seconds(WORSE_EVERY_S) <= now);
        return may_tell.then_some(Step::Worsen {
            incident_id,
            again,
            joined,
        });
    }
    let mut good_since = incident.created_at;
    for id in &incident.components {
        good_since = good_since.max(good_from(state, id, incident.created_at, now)?);
    }
    if incident.lifecycle != Lifecycle::Monitoring {
        return Some(Step::Watch { incident_id });
    }
    let quiet_s = policy.map_or(QUIET_S, |policy| policy.quiet_s);
    (good_since.plus_seconds(quiet_s) <= now).then_some(Step::Resolve {
        incident_id,
        good_since,
        quiet_s,
    })
}

fn name_causes(state: &State, troubles: &mut [Trouble], mut members: BTreeSet<ComponentId>) {
    members.extend(troubles.iter().map(|trouble| trouble.component_id.clone()));
    for trouble in troubles {
        trouble.cause = cause_of(state, &trouble.component_id, &members);
    }
}

/// Every component that is bad and that a robot may speak of, in the page's order.
fn troubles(state: &State, now: Instant) -> Vec<Trouble> {
    let bad = state
        .components
        .values()
        .filter(|component| component.retired_at.is_none())
        .any(|component| bad_from(state, &component.id, now).is_some());
    if !bad {
        return Vec::new();
    }
    state
        .live_components()
        .into_iter()
        .filter_map(|component| {
            let (status, since) = bad_from(state, &component.id, now)?;
            (!is_left_to_people(state, component, now)).then(|| Trouble {
                component_id: component.id.clone(),
                status,
                since,
                cause: None,
            })
        })
        .collect()
}

/// Whether a component is under maintenance or a hold, has policy `declared`, is named by an open
/// incident of people, or may be seen by few (what a robot writes is for everyone).
fn is_left_to_people(state: &State, component: &Component, now: Instant) -> bool {
    let id = &component.id;
    let is_worked_on = state.open_claims_on(id).any(|claim| {
        claim.status == Status::UnderMaintenance || matches!(claim.holder, Holder::Maintenance(_))
    });
    let is_told = state.incidents.values().any(|incident| {
        incident.kind == IncidentKind::Incident
            && incident.is_open()
            && !incident.automatic
            && incident.components.contains(id)
    });
    component.restricted
        || is_worked_on
        || is_told
        || state.policy_at(id, now) == Policy::Declared
        || state.hold_at(id, now).is_some()
}

/// When readers were last told that trouble with this component was over: whoever said so while
/// it was still measured has the delay again before a robot says otherwise.
fn last_told_over(state: &State, trouble: &Trouble) -> Instant {
    state
        .incidents
        .values()
        .filter(|incident| {
            incident.kind == IncidentKind::Incident
                && !incident.is_open()
                && incident.components.contains(&trouble.component_id)
        })
        .filter_map(|incident| incident.deleted_at.or(incident.resolved_at))
        .max()
        .unwrap_or(Instant::MIN)
}

/// What a component is measured to be and since when it is bad; `None`: it is not bad.
fn bad_from(state: &State, component: &ComponentId, now: Instant) -> Option<(Status, Instant)> {
    let mut spans = state
        .spans_of(Lane::Measured, component)
        .rev()
        .skip_while(|span| span.from > now);
    let newest = spans
        .next()
        .filter(|span| span.status.is_bad() && span.to.is_none_or(|to| now < to))?;
    let mut since = newest.from;
    for span in spans {
        if !span.status.is_bad() || span.to != Some(since) {
            break;
        }
        since = span.from;
    }
    Some((newest.status, since))
}

/// Since when, from `first` on, a component has been good; `None`: it is not, or nobody can judge.
fn good_from(
    state: &State,
    component: &ComponentId,
    first: Instant,
    now: Instant,
) -> Option<Instant> {
    let retired = state.components.get(component)?.retired_at;
    if retired.is_some() {
        return Some(first);
    }
    let is_good = |at: Instant| {
        let held = state.hold_at(component, at).map(|hold| hold.status);
        let counted = held.or_else(|| state.measured_at(component, at));
        counted
            .is_none_or(|status| status < Status::DegradedPerformance && status != Status::Unknown)
    };
    if !is_good(now) {
        return None;
    }
    let spans = state
        .spans_of(Lane::Measured, component)
        .flat_map(|span| [Some(span.from), span.to]);
    let holds = state
        .holds
        .values()
        .filter(|hold| hold.component_id == *component)
        .flat_map(|hold| [Some(hold.from), Some(hold.to)]);
    let mut edges: Vec<Instant> = spans
        .chain(holds)
        .flatten()
        .chain([first])
        .filter(|edge| (first..=now).contains(edge))
        .collect();
    edges.sort_unstable();
    let good = edges.into_iter().rev().take_while(|edge| is_good(*edge));
    Some(good.last().unwrap_or(now))
}
