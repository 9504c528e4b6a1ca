//! Groups: titled sets of components, never empty.

use serde_json::json;

use crate::command::Command;
use crate::decide::NAME_CHARS_MAX;
use crate::decide::draft::{Draft, check_said};
use crate::decide::seen::{Subject, plain};
use crate::facts::{Fact, FactKey, FactKind, Group};
use crate::id::{ComponentId, GroupId};
use crate::refusal::Refusal;

/// Decides what is asked of a group.
pub(super) fn decide(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::CreateGroup {
            id,
            name,
            description,
            components,
            position,
        } => {
            let id = id.clone().unwrap_or_else(|| GroupId::from(draft.draw()));
            if draft.state.groups.contains_key(&id) {
                return Err(Refusal::Taken {
                    kind: "group",
                    id: id.to_string(),
                });
            }
            let group = Group {
                id: id.clone(),
                name: name.clone(),
                description: description.clone(),
                position: position.unwrap_or_else(|| place_of(draft, components)),
                created_at: draft.now,
                updated_at: draft.now,
                edited_seq: None,
            };
            draft.acts("group_created", &id);
            put(draft, group)?;
            set_members(draft, &id, components)
        }
        Command::UpdateGroup {
            id,
            name,
            description,
            components,
            position,
        } => {
            let mut group = find(draft, id)?;
            group.name = name.clone().unwrap_or(group.name);
            group.description = description.clone().unwrap_or(group.description);
            group.position = position.unwrap_or(group.position);
            group.updated_at = draft.now;
            group.edited_seq = Some(draft.seq());
            draft.acts("group_changed", id);
            put(draft, group)?;
            match components {
                Some(components) => set_members(draft, id, components),
                None => Ok(()),
            }
        }
        Command::RemoveGroup(id) => {
            find(draft, id)?;
            draft.acts("group_removed", id);
            set_group(draft, id, None);
            draft.remove(FactKey {
                kind: FactKind::Group,
                id: id.to_string(),
            });
            Ok(())
        }
        _ => unreachable!("only commands about groups are sent here"),
    }
}

fn find(draft: &Draft<'_>, id: &GroupId) -> Result<Group, Refusal> {
    let found = draft.state.groups.get(id).cloned();
    found.ok_or_else(|| Refusal::NotFound {
        kind: "group",
        id: id.to_string(),
    })
}

fn put(draft: &mut Draft<'_>, group: Group) -> Result<(), Refusal> {
    check_said("name", &group.name)?;
    draft.check_text("name", &group.name, NAME_CHARS_MAX)?;
    draft.check_text("description", &group.description, super::BODY_CHARS_MAX)?;
    draft.put(Fact::Group(group));
    Ok(())
}

/// A new group stands where the first of its members stood at the top level, else last.
fn place_of(draft: &Draft<'_>, members: &[ComponentId]) -> i64 {
    let own = members
        .iter()
        .filter_map(|id| draft.state.components.get(id));
    own.filter(|component| component.group_id.is_none())
        .map(|component| component.position)
        .min()
        .unwrap_or_else(|| next_position(draft))
}

/// The place after the last top-level row.
pub(super) fn next_position(draft: &Draft<'_>) -> i64 {
    let components = draft
        .state
        .components
        .values()
        .filter(|own| own.group_id.is_none());
    let groups = draft.state.groups.values().map(|group| group.position);
    components
        .map(|own| own.position)
        .chain(groups)
        .max()
        .unwrap_or(0)
        + 1
}

fn set_members(
    draft: &mut Draft<'_>,
    id: &GroupId,
    components: &[ComponentId],
) -> Result<(), Refusal> {
    if components.is_empty() {
        return Err(Refusal::EmptyGroup);
    }
    set_group(draft, id, Some(components));
    for (index, component) in components.iter().enumerate() {
        let mut component = draft.component(component)?;
        let position = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
        if component.group_id.as_ref() == Some(id) && component.position == position {
            continue;
        }
        let left = component.group_id.replace(id.clone());
        component.position = position;
        component.updated_at = draft.now;
        draft.put(Fact::Component(Box::new(component)));
        if let Some(left) = left {
            draft.leaves(left);
        }
    }
    Ok(())
}

/// Members that are not kept leave the group and go to the end of the top level.
fn set_group(draft: &mut Draft<'_>, id: &GroupId, keep: Option<&[ComponentId]>) {
    let leaving: Vec<_> = draft
        .state
        .components
        .values()
        .filter(|component| component.group_id.as_ref() == Some(id))
        .filter(|component| keep.is_none_or(|keep| !keep.contains(&component.id)))
        .cloned()
        .collect();
    for mut component in leaving {
        component.group_id = None;
        component.position = next_position(draft);
        component.updated_at = draft.now;
        draft.put(Fact::Component(Box::new(component)));
    }
}

/// What a change of a group replaces.
pub(super) fn seen(draft: &Draft<'_>, command: &Command) -> Option<Subject> {
    let Command::UpdateGroup {
        id,
        name,
        description,
        components,
        position,
    } = command
    else {
        return None;
    };
    let group = draft.state.groups.get(id)?;
    let members = draft.state.members_of(id).into_iter();
    let mut stands = plain(group);
    stands["components"] = members.map(|own| json!(own.id)).collect();
    let sent = json!({
        "name": name, "description": description, "components": components,
        "position": position,
    });
    Some(Subject {
        stands,
        sent,
        edited_seq: group.edited_seq,
    })
}
