//! Components: made, changed, said to be in a status, retired, brought back.

use crate::command::{Act, ComponentPatch, NewComponent, StartDate};
use crate::decide::automatic;
use crate::decide::draft::{Draft, check_said};
use crate::decide::group::next_position;
use crate::decide::seen::{Subject, plain};
use crate::decide::{BODY_CHARS_MAX, COMPONENTS_MAX, NAME_CHARS_MAX};
use crate::facts::{Component, Fact, Holder, PolicySpan};
use crate::id::ComponentId;
use crate::refusal::Refusal;
use crate::status::{Policy, Status};
use crate::time::Instant;

/// Makes a component.
pub(super) fn create(draft: &mut Draft<'_>, new: &NewComponent) -> Result<(), Refusal> {
    let id = new
        .id
        .clone()
        .unwrap_or_else(|| ComponentId::from(draft.draw()));
    if draft.state.components.contains_key(&id) {
        return Err(Refusal::Taken {
            kind: "component",
            id: id.to_string(),
        });
    }
    if draft.state.components.len() >= COMPONENTS_MAX {
        let given = draft.state.components.len() + 1;
        return Err(Refusal::TooLong {
            field: "components",
            given,
            most: COMPONENTS_MAX,
        });
    }
    if let Some(group) = new
        .group_id
        .as_ref()
        .filter(|id| !draft.state.groups.contains_key(id))
    {
        return Err(Refusal::NotFound {
            kind: "group",
            id: group.to_string(),
        });
    }
    let position = new.position.unwrap_or_else(|| match &new.group_id {
        Some(group) => draft.state.members_of(group).len() as i64 + 1,
        None => next_position(draft),
    });
    let component = Component {
        id: id.clone(),
        name: new.name.clone(),
        description: new.description.clone(),
        group_id: new.group_id.clone(),
        position,
        showcase: new.showcase,
        start_date: match new.start_date {
            StartDate::Today => Some(draft.state.page.zone.date_of(draft.now)),
            StartDate::Always => None,
            StartDate::On(date) => Some(date),
        },
        only_show_if_degraded: new.only_show_if_degraded,
        depends_on: new.depends_on.clone(),
        third_party: new.third_party,
        restricted: new.restricted,
        grace_s: None,
        created_at: new.created_at.unwrap_or(draft.now),
        updated_at: new.created_at.unwrap_or(draft.now),
        retired_at: None,
        edited_seq: None,
    };
    draft.acts("component_created", &id);
    put(draft, component)?;
    draft.say(&id, &Holder::Standing, (new.status, Act::Set), draft.now)
}

/// Checks and puts a component.
fn put(draft: &mut Draft<'_>, component: Component) -> Result<(), Refusal> {
    check_said("name", &component.name)?;
    draft.check_text("name", &component.name, NAME_CHARS_MAX)?;
    draft.check_text("description", &component.description, BODY_CHARS_MAX)?;
    for other in &component.depends_on {
        draft.component(other)?;
        if reaches(draft, other, &component.id) {
            return Err(Refusal::DependencyCycle(component.id.to_string()));
        }
    }
    draft.put(Fact::Component(Box::new(component)));
    Ok(())
}

/// Whether a component depends on another, itself or through others.
fn reaches(draft: &Draft<'_>, from: &ComponentId, to: &ComponentId) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(id) = open.pop() {
        if id == *to {
            return true;
        }
        if seen.insert(id.clone())
            && let Some(component) = draft.state.components.get(&id)
        {
            open.extend(component.depends_on.iter().cloned());
        }
    }
    false
}

/// Changes a component's fields.
pub(super) fn update(
    draft: &mut Draft<'_>,
    id: &ComponentId,
    patch: &ComponentPatch,
) -> Result<(), Refusal> {
    let stood = draft.component(id)?;
    let mut component = stood.clone();
    let left = component.group_id.clone();
    let patch = patch.clone();
    component.name = patch.name.unwrap_or(component.name);
    component.description = patch.description.unwrap_or(component.description);
    component.group_id = patch.group_id.over(component.group_id);
    component.position = patch.position.unwrap_or(component.position);
    component.showcase = patch.showcase.unwrap_or(component.showcase);
    component.start_date = patch.start_date.over(component.start_date);
    component.only_show_if_degraded = patch
        .only_show_if_degraded
        .unwrap_or(component.only_show_if_degraded);
    component.depends_on = patch.depends_on.unwrap_or(component.depends_on);
    component.third_party = patch.third_party.unwrap_or(component.third_party);
    component.restricted = patch.restricted.unwrap_or(component.restricted);
    component.grace_s = patch.grace_s.over(component.grace_s);
    let policy = patch.policy;
    let repolicied = policy.is_some_and(|new| new != draft.state.policy_at(id, draft.now));
    if component != stood || repolicied {
        component.edited_seq = Some(draft.seq());
    }
    component.updated_at = draft.now;
    if let Some(group) = component
        .group_id
        .as_ref()
        .filter(|id| !draft.state.groups.contains_key(id))
    {
        return Err(Refusal::NotFound {
            kind: "group",
            id: group.to_string(),
        });
    }
    draft.acts("component_changed", id);
    let moved = left != component.group_id;
    put(draft, component)?;
    if let Some(left) = left.filter(|_| moved) {
        draft.leaves(left);
    }
    match policy {
        Some(policy) => {
            set_policy(draft, id, policy);
            Ok(())
        }
        None => Ok(()),
    }
}

/// A change of policy acts from now on and never changes the past.
fn set_policy(draft: &mut Draft<'_>, id: &ComponentId, policy: Policy) {
    if draft.state.policy_at(id, draft.now) == policy {
        return;
    }
    let open = draft
        .state
        .policies
        .values()
        .find(|span| span.component_id == *id && span.to.is_none())
        .cloned();
    if let Some(span) = open {
        draft.put(Fact::Policy(PolicySpan {
            to: Some(draft.now),
            ..span
        }));
    }
    let from = draft.now;
    draft.put(Fact::Policy(PolicySpan {
        component_id: id.clone(),
        policy,
        from,
        to: None,
    }));
    draft.touch(id, from, Instant::MAX);
}

/// Says a component's status without an incident.
pub(super) fn set_status(
    draft: &mut Draft<'_>,
    id: &ComponentId,
    status: Status,
    act: Act,
) -> Result<(), Refusal> {
    draft.acts("component_status_set", id);
    automatic::end_part_for(draft, id);
    draft.say(id, &Holder::Standing, (status, act), draft.now)
}

/// Retires a component: its open claims end, history keeps its name.
pub(super) fn retire(draft: &mut Draft<'_>, id: &ComponentId) -> Result<(), Refusal> {
    let mut component = draft.component(id)?;
    let group = component.group_id.take();
    draft.acts("component_retired", id);
    let open: Vec<_> = draft.state.open_claims_on(id).cloned().collect();
    for claim in open {
        draft.end_claim(&claim, draft.now);
    }
    component.retired_at = Some(draft.now);
    component.updated_at = draft.now;
    draft.put(Fact::Component(Box::new(component)));
    let dependents: Vec<_> = draft
        .state
        .components
        .values()
        .filter(|other| other.depends_on.contains(id))
        .cloned()
        .collect();
    for mut other in dependents {
        other.depends_on.retain(|own| own != id);
        draft.put(Fact::Component(Box::new(other)));
    }
    if let Some(group) = group {
        draft.leaves(group);
    }
    Ok(())
}

/// Brings a retired component back, without its claims.
pub(super) fn restore(draft: &mut Draft<'_>, id: &ComponentId) -> Result<(), Refusal> {
    let mut component = draft.any_component(id)?;
    component.retired_at.take().ok_or(Refusal::NotDeleted)?;
    component.position = next_position(draft);
    component.updated_at = draft.now;
    draft.acts("component_restored", id);
    draft.put(Fact::Component(Box::new(component)));
    Ok(())
}

/// What a change of a component replaces.
pub(super) fn seen(draft: &Draft<'_>, id: &ComponentId, patch: &ComponentPatch) -> Option<Subject> {
    let component = draft.state.components.get(id)?;
    let mut stands = plain(component);
    stands["policy"] = plain(&draft.state.policy_at(id, draft.now));
    Some(Subject {
        stands,
        sent: plain(patch),
        edited_seq: component.edited_seq,
    })
}
