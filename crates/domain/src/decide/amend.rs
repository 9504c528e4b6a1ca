//! Amending: correcting what people said of the past.

use crate::command::{Command, NEEDS_DAYS_MAX};
use crate::decide::draft::Draft;
use crate::facts::{Claim, Fact, FactKey, FactKind, Holder, ImpactTime, Incident};
use crate::id::{ClaimId, ComponentId};
use crate::refusal::Refusal;
use crate::status::{Impact, IncidentKind, Status};
use crate::time::{DAY_US, Instant};

/// Cuts every claim inside [from, to) and adds the holder's, none for `operational`.
pub(super) fn amend(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    let Command::Amend {
        component_id,
        from,
        to,
        status,
        incident_id,
    } = command
    else {
        unreachable!("only amendments are sent here");
    };
    let (from, to) = (*from, *to);
    draft.any_component(component_id)?;
    if !status.can_be_said() {
        return Err(Refusal::Unsayable(*status));
    }
    if from >= to {
        return Err(Refusal::EmptyWindow { from, to });
    }
    if to > draft.now {
        return Err(Refusal::InFuture {
            field: "to",
            at: to,
        });
    }
    if to.since_us(from) > NEEDS_DAYS_MAX * DAY_US {
        return Err(Refusal::TooFar {
            field: "to",
            at: to,
            days: NEEDS_DAYS_MAX,
        });
    }
    let holder = match incident_id {
        Some(id) => attach(draft, id, component_id, *status)?,
        None => Holder::Standing,
    };
    draft.acts("amended", component_id);
    cut(draft, component_id, from, to);
    if *status != Status::Operational {
        let id = ClaimId::from(draft.draw());
        let component_id = component_id.clone();
        let claim = Claim {
            id,
            component_id,
            holder,
            status: *status,
            from,
            to: Some(to),
        };
        draft.put_claim(claim);
    }
    Ok(())
}

/// A component that an amendment ties to an incident is attached to it.
fn attach(
    draft: &mut Draft<'_>,
    id: &crate::id::IncidentId,
    component: &ComponentId,
    status: Status,
) -> Result<Holder, Refusal> {
    let mut incident = draft.incident(id)?;
    if !incident.components.contains(component) {
        incident.components.push(component.clone());
    }
    raise_impact(&mut incident, status);
    incident.automatic = false;
    let holder = incident.holder();
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(holder)
}

/// Impact follows the worst status ever claimed and never falls by itself (reference 3.4).
pub(super) fn raise_impact(incident: &mut Incident, status: Status) {
    if incident.kind == IncidentKind::Incident {
        incident.impact = incident.impact.max(Impact::of_status(status));
    }
}

/// Takes [from, to) out of every claim on a component.
fn cut(draft: &mut Draft<'_>, component: &ComponentId, from: Instant, to: Instant) {
    let claims: Vec<Claim> = draft
        .state
        .claims
        .values()
        .filter(|claim| claim.component_id == *component)
        .filter(|claim| claim.from < to && claim.to.is_none_or(|end| end > from))
        .cloned()
        .collect();
    for claim in claims {
        draft.touch(component, from, to);
        if claim.to.is_none_or(|end| end > to) {
            let id = ClaimId::from(draft.draw());
            draft.put(Fact::Claim(Claim {
                id,
                from: to,
                ..claim.clone()
            }));
        }
        if claim.from < from {
            draft.put(Fact::Claim(Claim {
                to: Some(from),
                ..claim
            }));
        } else {
            draft.remove(FactKey {
                kind: FactKind::Claim,
                id: claim.id.to_string(),
            });
        }
    }
}

/// Moves an incident's impact window: edges of its claims that stood at the old value move, and
/// what lies outside the new window is cut.
pub(super) fn move_window(
    draft: &mut Draft<'_>,
    incident: &Incident,
    old: (Option<ImpactTime>, Option<ImpactTime>),
) {
    let holder = incident.holder();
    let claims: Vec<Claim> = draft
        .state
        .claims
        .values()
        .filter(|claim| claim.holder == holder)
        .cloned()
        .collect();
    let from = incident.impact_from.map(|time| time.at);
    let to = incident.impact_to.map(|time| time.at);
    for claim in claims {
        let mut moved = claim.clone();
        if let Some(from) = from {
            let stood = old.0.is_some_and(|old| old.at == claim.from);
            moved.from = if stood { from } else { moved.from.max(from) };
        }
        if let Some(to) = to {
            let stood = old.1.is_some_and(|old| Some(old.at) == claim.to);
            moved.to = Some(if stood {
                to
            } else {
                moved.to.unwrap_or(Instant::MAX).min(to)
            });
        }
        if moved == claim {
            continue;
        }
        let end = |claim: &Claim| claim.to.unwrap_or(Instant::MAX);
        draft.touch(
            &claim.component_id,
            claim.from.min(moved.from),
            end(&claim).max(end(&moved)),
        );
        if moved.from >= end(&moved) {
            draft.remove(FactKey {
                kind: FactKind::Claim,
                id: claim.id.to_string(),
            });
        } else {
            draft.put(Fact::Claim(moved));
        }
    }
}
