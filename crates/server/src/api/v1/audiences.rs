//! Page access groups: people who see the same restricted things.

use noroshi_domain::ComponentId;
use noroshi_ops::viewers::{Audience, Viewer};
use noroshi_ops::{Stored, VIEWERS_MAX, Writes};
use noroshi_page::api_v1;
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::granted::{self, Grant};
use super::paging::Part;
use super::records::{self, conflict};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 255;

/// All.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let found = records::part::<Audience>(ask, Part::pages(ask)?)?;
    let viewers = records::all::<Viewer>(ask)?;
    let shapes = found.iter().map(|own| {
        let is_in = |viewer: &&Stored<Viewer>| viewer.value.groups.contains(&own.id);
        shape_with(ask, own, viewers.iter().filter(is_in))
    });
    let shapes: Vec<Value> = shapes.collect::<Result<_, _>>()?;
    Ok(Reply::Ok(shapes.into()))
}

/// Makes one.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let page = ask.state()?.page.id.clone();
    let fields = ask.wrapped("page_access_group")?;
    let mut audience = Audience {
        page,
        name: fields.required("name")?,
        external_identifier: None,
        components: Vec::new(),
        metrics: Vec::new(),
        updated_at: ask.now,
    };
    let users = take(ask, &fields, &mut audience)?;
    let made = records::make(ask, audience, ("audience_created", VIEWERS_MAX)).map_err(conflict)?;
    set_users(ask, &made.id, users)?;
    shape(ask, &made).map(Reply::Made)
}

/// Takes what is sent over; gives who is to be in it, where that is sent.
fn take(
    ask: &Ask,
    fields: &Fields<'_>,
    audience: &mut Audience,
) -> Result<Option<Vec<String>>, Fault> {
    if let Some(name) = fields.short("name", NAME_CHARS_MAX)? {
        if name.trim().is_empty() {
            return Err(fields.invalid("name", "must not be empty"));
        }
        audience.name = name;
    }
    if let Some(text) = fields.short("external_identifier", NAME_CHARS_MAX)? {
        audience.external_identifier = Some(text).filter(|text| !text.trim().is_empty());
    }
    if let Some(components) = granted::components(ask, fields)? {
        audience.components = components;
    }
    if let Some(metrics) = granted::metrics(ask, fields)? {
        audience.metrics = metrics;
    }
    let users = fields.list("page_access_user_ids")?;
    if let Some(users) = &users {
        granted::check_known::<Viewer>(ask, fields, "page_access_user_ids", users)?;
    }
    Ok(users)
}

/// Who is in a group stands at the people.
fn set_users(ask: &Ask, group: &str, users: Option<Vec<String>>) -> Result<(), Fault> {
    let Some(users) = users else {
        return Ok(());
    };
    let mut writes = Writes::default();
    for mut viewer in records::all::<Viewer>(ask)? {
        let is_in = viewer.value.groups.iter().any(|own| own == group);
        let shall = users.contains(&viewer.id);
        if is_in == shall {
            continue;
        }
        viewer.value.groups.retain(|own| own != group);
        if shall {
            viewer.value.groups.push(group.to_owned());
        }
        viewer.value.updated_at = ask.now;
        writes
            .put(&viewer)?
            .note(&viewer, "viewer_changed", json!({}));
    }
    Ok(ask.app.write_records(&ask.caller, writes)?)
}

fn one(ask: &Ask) -> Result<Stored<Audience>, Fault> {
    records::find(ask, ask.name("access_group_id"))
}

/// One.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask, &one(ask)?).map(Reply::Ok)
}

/// Changes what is sent.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    let fields = ask.maybe_wrapped("page_access_group")?;
    let users = take(ask, &fields, &mut found.value)?;
    set_users(ask, &found.id, users)?;
    put(ask, found).map(Reply::Ok)
}

fn put(ask: &Ask, mut found: Stored<Audience>) -> Result<Value, Fault> {
    found.value.updated_at = ask.now;
    let found = records::put(ask, &found, "audience_changed").map_err(conflict)?;
    shape(ask, &found)
}

/// Takes one away; its people stay.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let found = one(ask)?;
    let gone = shape(ask, &found)?;
    set_users(ask, &found.id, Some(Vec::new()))?;
    records::remove(ask, &found, "audience_deleted")?;
    Ok(Reply::Ok(gone))
}

/// The components granted to it.
pub(super) fn list_components(ask: &Ask) -> Result<Reply, Fault> {
    granted::list_components(ask, &one(ask)?.value.components)
}

/// Grants more components.
pub(super) fn add_components(ask: &Ask) -> Result<Reply, Fault> {
    change_components(ask, Grant::Add).map(Reply::Ok)
}

/// Grants these components and no others.
pub(super) fn replace_components(ask: &Ask) -> Result<Reply, Fault> {
    change_components(ask, Grant::Replace).map(Reply::Made)
}

/// Takes components away; all where none are named.
pub(super) fn remove_components(ask: &Ask) -> Result<Reply, Fault> {
    change_components(ask, Grant::Remove).map(Reply::Ok)
}

fn change_components(ask: &Ask, grant: Grant) -> Result<Value, Fault> {
    let mut found = one(ask)?;
    let sent = granted::components(ask, &ask.fields())?;
    grant.apply(&mut found.value.components, sent, "component_ids")?;
    put(ask, found)
}

/// Takes one component away.
pub(super) fn remove_component(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    let id = ComponentId::parse(ask.name("component_id")).map_err(|_| Fault::NotFound)?;
    granted::take_out(&mut found.value.components, &id)?;
    put(ask, found).map(Reply::Ok)
}

fn shape(ask: &Ask, audience: &Stored<Audience>) -> Result<Value, Fault> {
    let viewers = ask.app.records_by_key::<Viewer>("group", &audience.id)?;
    shape_with(ask, audience, viewers.iter())
}

/// The same with who is in it.
fn shape_with<'a>(
    ask: &Ask,
    audience: &Stored<Audience>,
    viewers: impl Iterator<Item = &'a Stored<Viewer>>,
) -> Result<Value, Fault> {
    let state = ask.state()?;
    let value = &audience.value;
    let mut users: Vec<&Stored<Viewer>> = viewers.collect();
    users.sort_by_key(|user| (user.created_at, &user.id));
    let users: Vec<&str> = users.into_iter().map(|user| user.id.as_str()).collect();
    Ok(json!({
        "id": audience.id,
        "page_id": state.page.id,
        "name": value.name,
        "page_access_user_ids": users,
        "external_identifier": value.external_identifier,
        "metric_ids": value.metrics,
        "component_ids": value.components,
        "created_at": api_v1::time(&state.page.zone, audience.created_at),
        "updated_at": api_v1::time(&state.page.zone, value.updated_at),
    }))
}
