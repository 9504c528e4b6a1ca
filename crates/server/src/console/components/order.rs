//! The order in which systems and groups stand, changed one step at a time.

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{Command, ComponentId, ComponentPatch, GroupId, State};

use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::visit::{Desk, Visit};
use crate::desk::Refused;

/// A row that stands in no group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Top {
    Component(ComponentId),
    Group(GroupId),
}

/// The rows that stand in no group, in the page's order.
pub(super) fn top(state: &State) -> Vec<Top> {
    let mut rows: Vec<(i64, String, Top)> = state
        .groups
        .values()
        .map(|group| {
            let id = group.id.clone();
            (group.position, id.to_string(), Top::Group(id))
        })
        .collect();
    let alone = state.components.values().filter(|component| {
        component.retired_at.is_none()
            && component
                .group_id
                .as_ref()
                .is_none_or(|group| !state.groups.contains_key(group))
    });
    rows.extend(alone.map(|component| {
        let id = component.id.clone();
        (component.position, id.to_string(), Top::Component(id))
    }));
    rows.sort_by(|one, two| (one.0, &one.1).cmp(&(two.0, &two.1)));
    rows.into_iter().map(|(_, _, top)| top).collect()
}

/// `POST …/components/{component_id}/move`.
pub(in crate::console) async fn move_component(
    visit: Visit,
    Path((page, component)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let id = ComponentId::parse(&component).ok();
    let Some(component) = id.and_then(|id| desk.state.components.get(&id)) else {
        return Err(desk.visit.refuse(&Refused::NotFound));
    };
    let id = component.id.clone();
    let form = Form::read(&body);
    let Some(group) = component.group_id.clone() else {
        return move_top(desk, &Top::Component(id), &form).await;
    };
    let members = desk.state.members_of(&group).into_iter();
    let mut members: Vec<ComponentId> = members.map(|member| member.id.clone()).collect();
    let commands = if step(&mut members, &id, &form) {
        vec![Command::UpdateGroup {
            id: group,
            name: None,
            description: None,
            components: Some(members),
            position: None,
        }]
    } else {
        Vec::new()
    };
    carry_out(desk, commands).await
}

/// `POST …/groups/{group_id}/move`.
pub(in crate::console) async fn move_group(
    visit: Visit,
    Path((page, group)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let id = GroupId::parse(&group).ok();
    let Some(id) = id.filter(|id| desk.state.groups.contains_key(id)) else {
        return Err(desk.visit.refuse(&Refused::NotFound));
    };
    move_top(desk, &Top::Group(id), &Form::read(&body)).await
}

async fn move_top(desk: Desk, row: &Top, form: &Form) -> Result<Response, Response> {
    let mut rows = top(&desk.state);
    let commands = if step(&mut rows, row, form) {
        placed(&desk.state, rows)
    } else {
        Vec::new()
    };
    carry_out(desk, commands).await
}

/// Moves one step up or down; whether anything moved.
fn step<T: PartialEq>(rows: &mut [T], row: &T, form: &Form) -> bool {
    let Some(at) = rows.iter().position(|own| own == row) else {
        return false;
    };
    let to = match form.get("way") {
        "up" => at.checked_sub(1),
        _ => Some(at + 1).filter(|to| *to < rows.len()),
    };
    let Some(to) = to else {
        return false;
    };
    rows.swap(at, to);
    true
}

/// What gives each row its place, counted from 1.
fn placed(state: &State, rows: Vec<Top>) -> Vec<Command> {
    let places = (1_i64..).zip(rows);
    places
        .filter_map(|(place, row)| match row {
            Top::Component(id) => {
                let stands = state.components.get(&id)?.position;
                (stands != place).then(|| Command::UpdateComponent {
                    id,
                    patch: Box::new(ComponentPatch {
                        position: Some(place),
                        ..ComponentPatch::default()
                    }),
                })
            }
            Top::Group(id) => {
                let stands = state.groups.get(&id)?.position;
                (stands != place).then(|| Command::UpdateGroup {
                    id,
                    name: None,
                    description: None,
                    components: None,
                    position: Some(place),
                })
            }
        })
        .collect()
}

async fn carry_out(desk: Desk, commands: Vec<Command>) -> Result<Response, Response> {
    if commands.is_empty() {
        return Ok(desk.done("/components", Told::OrderChanged));
    }
    let together = Command::Together {
        seq: desk.state.head.seq,
        commands,
    };
    desk.press(together, ("/components", Told::OrderChanged))
        .await
}
