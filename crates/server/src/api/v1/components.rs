//! Components.

use noroshi_domain::{
    Act, Command, ComponentId, ComponentPatch, GroupId, NewComponent, Patch, StartDate, State,
    Status, Texts,
};
use noroshi_ops::Permission;
use noroshi_page::api_v1;
use serde_json::Value;

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::pages::{in_default, or_none};
use super::paging::Part;

/// Components and groups, in page order.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::components(ask)?;
    let state = ask.state()?;
    let shapes = part.cut(api_v1::components(&ask.view(&state)));
    Ok(Reply::Ok(shapes.into()))
}

/// One component.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask).map(Reply::Ok)
}

/// The component of the address as it stands.
pub(super) fn shape(ask: &Ask) -> Result<Value, Fault> {
    let state = ask.state()?;
    let id = ComponentId::parse(ask.name("component_id")).map_err(|_| Fault::NotFound)?;
    api_v1::component(&ask.view(&state), &id).ok_or(Fault::NotFound)
}

/// The component that the address names, which is there; a group is none.
pub(super) fn named(ask: &Ask, state: &State) -> Result<ComponentId, Fault> {
    let id = ComponentId::parse(ask.name("component_id")).map_err(|_| Fault::NotFound)?;
    match state.components.get(&id) {
        Some(component) if component.retired_at.is_none() => Ok(id),
        _ => Err(Fault::NotFound),
    }
}

/// Makes a component; it stands last among its siblings.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let fields = ask.wrapped("component")?;
    let status = status_of(&fields)?.unwrap_or_default();
    if status != Status::Operational {
        ask.require(Permission::PostIncident)?;
    }
    let locale = state.page.default_locale;
    let description = fields.said("description")?;
    let new = NewComponent {
        id: None,
        name: Texts::of(locale, fields.required("name")?),
        description: description.map_or_else(Texts::default, |text| Texts::of(locale, text)),
        group_id: group_of(&fields)?,
        position: None,
        showcase: fields.flag("showcase")?.unwrap_or(false),
        start_date: fields
            .date("start_date")?
            .map_or(StartDate::Today, StartDate::On),
        only_show_if_degraded: fields.flag("only_show_if_degraded")?.unwrap_or(false),
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        status,
        created_at: None,
    };
    let made = ask.execute(Command::CreateComponent(Box::new(new)))?;
    let state = ask.state()?;
    let id = ComponentId::parse(&made.id).map_err(|_| Fault::NotFound)?;
    let shape = api_v1::component(&ask.view(&state), &id).ok_or(Fault::NotFound)?;
    Ok(Reply::Made(shape))
}

/// Changes what is sent; a status is said for everyone.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let fields = ask.wrapped("component")?;
    let status = status_of(&fields)?;
    if status.is_some() {
        ask.require(Permission::PostIncident)?;
    }
    let id = named(ask, &state)?;
    ask.execute_together(|state| {
        let mut commands = Vec::new();
        let patch = patch_of(state, &id, &fields)?;
        if patch != ComponentPatch::default() {
            ask.require(Permission::EditComponents)?;
            commands.push(Command::UpdateComponent {
                id: id.clone(),
                patch: Box::new(patch),
            });
        }
        commands.extend(status.map(|status| Command::SetStatus {
            id: id.clone(),
            status,
            act: Act::Override,
        }));
        Ok(commands)
    })?;
    get(ask)
}

fn patch_of(state: &State, id: &ComponentId, fields: &Fields<'_>) -> Result<ComponentPatch, Fault> {
    let component = state.components.get(id).ok_or(Fault::NotFound)?;
    let page = &state.page;
    let name = fields.text("name")?;
    let description = fields.text("description")?;
    let group = group_of(fields)?;
    Ok(ComponentPatch {
        name: name.map(|name| in_default(page, &component.name, name)),
        description: description.map(|text| or_none(page, &component.description, text)),
        // Here null means something: it leaves its group.
        group_id: match (fields.raw("group_id"), group) {
            (_, Some(group)) => Patch::Set(group),
            (Some(_), None) => Patch::Clear,
            (None, None) => Patch::Keep,
        },
        showcase: fields.flag("showcase")?,
        start_date: fields.date("start_date")?.map_or(Patch::Keep, Patch::Set),
        only_show_if_degraded: fields.flag("only_show_if_degraded")?,
        ..ComponentPatch::default()
    })
}

fn group_of(fields: &Fields<'_>) -> Result<Option<GroupId>, Fault> {
    fields.word("group_id", |text| GroupId::parse(text).ok())
}

/// A status that can be said.
pub(super) fn status_of(fields: &Fields<'_>) -> Result<Option<Status>, Fault> {
    fields.word("status", sayable)
}

/// Reads a status that can be said.
pub(super) fn sayable(text: &str) -> Option<Status> {
    Status::parse(text).filter(|status| status.can_be_said())
}

/// Retires a component.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let id = named(ask, &state)?;
    ask.execute(Command::RetireComponent(id))?;
    Ok(Reply::Gone)
}
