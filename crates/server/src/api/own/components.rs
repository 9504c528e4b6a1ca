//! Components: what they are, what is said and measured of them now, and corrections.

use noroshi_domain::{
    Act, Claim, Command, Component, ComponentId, ComponentPatch, IncidentId, Instant, NewComponent,
    Policy, State as PageState, Status,
};
use noroshi_ops::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listComponents",
            "/api/noroshi/v1/pages/{page_id}/components",
            "Lists the components that are not retired, in the page's order.",
        ),
        list_of::<ComponentView>,
        list,
    )
    .with_query(&[("retired", "`true`: those that are retired, instead")]),
    Operation::change(
        (
            "createComponent",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/components",
            "Makes a component.",
        ),
        Permission::EditComponents,
        create,
    )
    .with_body(of::<NewComponent>)
    .answering(201, of::<ComponentView>),
    Operation::get(
        (
            "getComponent",
            "/api/noroshi/v1/pages/{page_id}/components/{component}",
            "Gives a component with what is said and measured of it now.",
        ),
        of::<ComponentView>,
        get,
    ),
    Operation::change(
        (
            "updateComponent",
            Method::Patch,
            "/api/noroshi/v1/pages/{page_id}/components/{component}",
            "Changes a component's own fields.",
        ),
        Permission::EditComponents,
        update,
    )
    .with_body(of::<ComponentPatch>)
    .answering(200, of::<ComponentView>),
    Operation::change(
        (
            "retireComponent",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/components/{component}",
            "Retires a component: gone from every list, kept in the history.",
        ),
        Permission::EditComponents,
        retire,
    ),
    Operation::change(
        (
            "restoreComponent",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/components/{component}/restore",
            "Brings a retired component back, without what was said of it.",
        ),
        Permission::EditComponents,
        restore,
    )
    .answering(200, of::<ComponentView>),
    Operation::change(
        (
            "setStatus",
            Method::Put,
            "/api/noroshi/v1/pages/{page_id}/components/{component}/status",
            "Says a component's status without an incident.",
        ),
        Permission::PostIncident,
        set_status,
    )
    .with_body(of::<Said>)
    .answering(200, of::<ComponentView>),
    Operation::change(
        (
            "amend",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/components/{component}/amendments",
            "Corrects what people said of a component over a window of the past.",
        ),
        Permission::PostIncident,
        amend,
    )
    .with_body(of::<Amendment>)
    .answering(200, of::<ComponentView>),
];

/// A component, and what is said and measured of it now.
#[derive(Debug, Serialize, JsonSchema)]
struct ComponentView {
    #[serde(flatten)]
    component: Component,
    /// What readers are shown.
    status: Status,
    /// What monitors say; absent: none feeds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<Status>,
    /// How both are joined.
    policy: Policy,
    /// What people say now.
    claims: Vec<Claim>,
}

impl ComponentView {
    fn of(state: &PageState, component: &Component, now: Instant) -> Self {
        let id = &component.id;
        Self {
            status: state.public_at(id, now),
            measured: state.measured_at(id, now),
            policy: state.policy_at(id, now),
            claims: state.open_claims_on(id).cloned().collect(),
            component: component.clone(),
        }
    }
}

/// A status that is said.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Said {
    status: Status,
    /// `override` ends everybody's claims first.
    #[serde(default)]
    act: Act,
}

/// A correction of the past.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Amendment {
    from: Instant,
    to: Instant,
    /// What it was; `operational` for nothing.
    status: Status,
    /// The incident or maintenance it belongs to; absent: none.
    #[serde(default)]
    incident_id: Option<IncidentId>,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    let are_retired = call.query("retired").as_deref() == Some("true");
    let components: Vec<&Component> = if are_retired {
        let all = state.components.values();
        all.filter(|one| one.retired_at.is_some()).collect()
    } else {
        state.live_components()
    };
    let views: Vec<ComponentView> = components
        .into_iter()
        .map(|component| ComponentView::of(&state, component, call.now))
        .collect();
    Reply::of(&views, Some(state.head.seq))
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewComponent = call.body()?;
    let answer = call.send(Command::CreateComponent(Box::new(new)))?;
    view(call, &answer.id)
}

fn get(call: &Call) -> Result<Reply, Problem> {
    view(call, call.name("component"))
}

fn view(call: &Call, id: &str) -> Result<Reply, Problem> {
    let state = call.state()?;
    let found = ComponentId::parse(id).ok();
    let component = found.and_then(|id| state.components.get(&id));
    let component = component.ok_or_else(|| Problem::no_such("component", id))?;
    let view = ComponentView::of(&state, component, call.now);
    Reply::of(&view, Some(state.head.seq))
}

fn update(call: &Call) -> Result<Reply, Problem> {
    let patch: ComponentPatch = call.body()?;
    call.send(Command::UpdateComponent {
        id: id(call)?,
        patch: Box::new(patch),
    })?;
    get(call)
}

fn retire(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::RetireComponent(id(call)?))
        .map(|answer| Reply::done(answer.seq))
}

fn restore(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::RestoreComponent(id(call)?))?;
    get(call)
}

fn set_status(call: &Call) -> Result<Reply, Problem> {
    let Said { status, act } = call.body()?;
    call.send(Command::SetStatus {
        id: id(call)?,
        status,
        act,
    })?;
    get(call)
}

fn amend(call: &Call) -> Result<Reply, Problem> {
    let asked: Amendment = call.body()?;
    call.send(Command::Amend {
        component_id: id(call)?,
        from: asked.from,
        to: asked.to,
        status: asked.status,
        incident_id: asked.incident_id,
    })?;
    get(call)
}

fn id(call: &Call) -> Result<ComponentId, Problem> {
    call.id("component", ComponentId::parse)
}
