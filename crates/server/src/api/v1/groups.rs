//! Groups of components.

use noroshi_domain::{Command, ComponentId, Group, GroupId, State, Texts};
use noroshi_page::api_v1;
use serde_json::Value;

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::pages::{in_default, or_none};
use super::paging::Part;

/// All groups, in page order.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let state = ask.state()?;
    let shapes = part.cut(api_v1::groups(&ask.view(&state)));
    Ok(Reply::Ok(shapes.into()))
}

/// One group.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask, ask.name("group_id")).map(Reply::Ok)
}

fn shape(ask: &Ask, code: &str) -> Result<Value, Fault> {
    let state = ask.state()?;
    api_v1::group(&ask.view(&state), code).ok_or(Fault::NotFound)
}

/// The group that the address names.
pub(super) fn named<'s>(ask: &Ask, state: &'s State) -> Result<&'s Group, Fault> {
    let id = GroupId::parse(ask.name("group_id")).map_err(|_| Fault::NotFound)?;
    state.groups.get(&id).ok_or(Fault::NotFound)
}

/// Makes a group of components that are there.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let fields = ask.wrapped("component_group")?;
    let locale = state.page.default_locale;
    let description = description_of(ask, &fields)?.filter(|text| !text.is_empty());
    let name = Texts::of(locale, fields.required("name")?);
    let components = fields.codes("components", ComponentId::parse)?;
    let made = ask.execute(Command::CreateGroup {
        id: None,
        name,
        description: description.map_or_else(Texts::default, |text| Texts::of(locale, text)),
        components: components.unwrap_or_default(),
        position: None,
    })?;
    Ok(Reply::Made(shape(ask, &made.id)?))
}

/// Changes what is sent; `components` replaces the members.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let stood = named(ask, &state)?;
    let fields = ask.maybe_wrapped("component_group")?;
    let page = &state.page;
    let name = fields.text("name")?;
    let description = description_of(ask, &fields)?;
    let components = fields.codes("components", ComponentId::parse)?;
    if name.is_none() && description.is_none() && components.is_none() {
        return get(ask);
    }
    ask.execute(Command::UpdateGroup {
        id: stood.id.clone(),
        name: name.map(|name| in_default(page, &stood.name, name)),
        description: description.map(|text| or_none(page, &stood.description, text)),
        components,
        position: None,
    })?;
    get(ask)
}

/// It stands beside the object, and some clients put it within.
fn description_of(ask: &Ask, fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    match fields.text("description")? {
        Some(text) => Ok(Some(text)),
        None => ask.fields().text("description"),
    }
}

/// Takes a group away; its components stay.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let id = named(ask, &state)?.id.clone();
    let gone = shape(ask, id.as_str())?;
    ask.execute(Command::RemoveGroup(id))?;
    Ok(Reply::Ok(gone))
}
