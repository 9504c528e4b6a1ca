//! Contradictions: what monitors find is worse than what the page says (DOMAIN "Holds and
//! contradictions").

use crate::facts::{Claim, Component, Holder};
use crate::id::ComponentId;
use crate::state::State;
use crate::status::{IncidentKind, Lane, Lifecycle, Policy, Status};
use crate::time::Instant;

/// Default grace before operators are told, in seconds.
pub const GRACE_S: i64 = 300;
/// Default grace before readers are told, in seconds.
pub const PUBLIC_GRACE_S: i64 = 900;

/// A component whose measurement is worse than its public status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Which.
    pub component_id: ComponentId,
    /// Since when.
    pub since: Instant,
    /// When operators are told.
    pub told_at: Instant,
    /// When readers are told; `None`: never, by the page's setting.
    pub public_at: Option<Instant>,
}

/// Every contradiction that is open at `now`, by component.
pub fn open(state: &State, now: Instant) -> Vec<Contradiction> {
    state
        .components
        .values()
        .filter(|component| component.retired_at.is_none())
        .filter_map(|component| open_for(state, component, now))
        .collect()
}

fn open_for(state: &State, component: &Component, now: Instant) -> Option<Contradiction> {
    let id = &component.id;
    if !contradicts(state, id, now) || under_planned_work(state, id, now) {
        return None;
    }
    let since = edges_before(state, id, now)
        .into_iter()
        .rev()
        .take_while(|edge| contradicts(state, id, *edge))
        .last()
        .unwrap_or(now);
    let settings = &state.page.settings;
    let grace_s = component.grace_s.or(settings.grace_s).unwrap_or(GRACE_S);
    let public_grace_s = settings
        .public_grace_s
        .unwrap_or(PUBLIC_GRACE_S)
        .max(grace_s);
    let hidden =
        settings.hide_declared_contradictions && state.policy_at(id, now) == Policy::Declared;
    let public_at = (!hidden).then(|| since.plus_seconds(public_grace_s));
    Some(Contradiction {
        component_id: id.clone(),
        since,
        told_at: since.plus_seconds(grace_s),
        public_at,
    })
}

fn contradicts(state: &State, component: &ComponentId, at: Instant) -> bool {
    let measured = state
        .measured_at(component, at)
        .unwrap_or(Status::Operational);
    measured.is_bad() && measured > state.public_at(component, at)
}

/// Whether a maintenance that holds the component is in progress within its plan.
fn under_planned_work(state: &State, component: &ComponentId, now: Instant) -> bool {
    let planned = |claim: &Claim| match &claim.holder {
        Holder::Maintenance(id) => state.incidents.get(id).is_some_and(|maintenance| {
            maintenance.kind == IncidentKind::Maintenance
                && matches!(
                    maintenance.lifecycle,
                    Lifecycle::InProgress | Lifecycle::Verifying
                )
                && maintenance
                    .plan
                    .as_ref()
                    .is_some_and(|plan| now < plan.scheduled_until)
        }),
        _ => false,
    };
    state.open_claims_on(component).any(planned)
}

fn edges_before(state: &State, component: &ComponentId, now: Instant) -> Vec<Instant> {
    let mut edges: Vec<Instant> = [Lane::Measured, Lane::Public]
        .into_iter()
        .flat_map(|lane| state.spans_of(lane, component))
        .flat_map(|span| [Some(span.from), span.to])
        .flatten()
        .filter(|edge| *edge <= now)
        .collect();
    edges.sort_unstable();
    edges
}
