//! Groups of components.

use noroshi_domain::{Command, ComponentId, Group, GroupId, State as PageState, Texts};
use noroshi_ops::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listGroups",
            "/api/noroshi/v1/pages/{page_id}/groups",
            "Lists the groups.",
        ),
        list_of::<GroupView>,
        list,
    ),
    Operation::change(
        (
            "createGroup",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/groups",
            "Makes a group of components that exist.",
        ),
        Permission::EditComponents,
        create,
    )
    .with_body(of::<NewGroup>)
    .answering(201, of::<GroupView>),
    Operation::get(
        (
            "getGroup",
            "/api/noroshi/v1/pages/{page_id}/groups/{group}",
            "Gives a group.",
        ),
        of::<GroupView>,
        get,
    ),
    Operation::change(
        (
            "updateGroup",
            Method::Patch,
            "/api/noroshi/v1/pages/{page_id}/groups/{group}",
            "Changes a group; `components` replaces its members.",
        ),
        Permission::EditComponents,
        update,
    )
    .with_body(of::<GroupPatch>)
    .answering(200, of::<GroupView>),
    Operation::change(
        (
            "removeGroup",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/groups/{group}",
            "Removes a group; its members stay.",
        ),
        Permission::EditComponents,
        remove,
    ),
];

/// A group and its members.
#[derive(Debug, Serialize, JsonSchema)]
struct GroupView {
    #[serde(flatten)]
    group: Group,
    /// Its members, in order.
    components: Vec<ComponentId>,
}

impl GroupView {
    fn of(state: &PageState, group: &Group) -> Self {
        let members = state.members_of(&group.id).into_iter();
        Self {
            components: members.map(|member| member.id.clone()).collect(),
            group: group.clone(),
        }
    }
}

/// A new group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    /// A code taken from elsewhere; absent: drawn.
    #[serde(default)]
    id: Option<GroupId>,
    name: Texts,
    #[serde(default)]
    description: Texts,
    /// Its members, in order; at least one.
    components: Vec<ComponentId>,
    /// Place among top-level rows; absent: last.
    #[serde(default)]
    position: Option<i64>,
}

/// Changes of a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct GroupPatch {
    name: Option<Texts>,
    description: Option<Texts>,
    /// Its members, in order; at least one.
    components: Option<Vec<ComponentId>>,
    /// Place among top-level rows.
    position: Option<i64>,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    let mut groups: Vec<&Group> = state.groups.values().collect();
    groups.sort_by_key(|group| (group.position, group.id.clone()));
    let views: Vec<GroupView> = groups
        .into_iter()
        .map(|group| GroupView::of(&state, group))
        .collect();
    Reply::of(&views, Some(state.head.seq))
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewGroup = call.body()?;
    let answer = call.send(Command::CreateGroup {
        id: new.id,
        name: new.name,
        description: new.description,
        components: new.components,
        position: new.position,
    })?;
    view(call, &answer.id)
}

fn get(call: &Call) -> Result<Reply, Problem> {
    view(call, call.name("group"))
}

fn view(call: &Call, id: &str) -> Result<Reply, Problem> {
    let state = call.state()?;
    let found = GroupId::parse(id).ok();
    let group = found.and_then(|id| state.groups.get(&id));
    let group = group.ok_or_else(|| Problem::no_such("group", id))?;
    Reply::of(&GroupView::of(&state, group), Some(state.head.seq))
}

fn update(call: &Call) -> Result<Reply, Problem> {
    let patch: GroupPatch = call.body()?;
    call.send(Command::UpdateGroup {
        id: id(call)?,
        name: patch.name,
        description: patch.description,
        components: patch.components,
        position: patch.position,
    })?;
    get(call)
}

fn remove(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::RemoveGroup(id(call)?))
        .map(|answer| Reply::done(answer.seq))
}

fn id(call: &Call) -> Result<GroupId, Problem> {
    call.id("group", GroupId::parse)
}
