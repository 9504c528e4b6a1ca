//! Page access users: who may see restricted components and metrics.

use noroshi_domain::ComponentId;
use noroshi_ops::viewers::{Audience, Viewer};
use noroshi_ops::{Stored, VIEWERS_MAX};
use noroshi_page::api_v1;
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::granted::{self, Grant};
use super::paging::Part;
use super::records::{self, conflict};

/// Longest address or login, in characters.
const NAME_CHARS_MAX: usize = 500;

/// All, or the one with an address.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let found = match ask.query("email") {
        None => records::part::<Viewer>(ask, part)?,
        Some(email) => {
            let key = format!("{}/{}", ask.state()?.page.id, email.trim().to_lowercase());
            part.cut(ask.app.records_by_key::<Viewer>("email", &key)?)
        }
    };
    let shapes = found.iter().map(|own| shape(ask, own));
    let shapes: Vec<Value> = shapes.collect::<Result<_, _>>()?;
    Ok(Reply::Ok(shapes.into()))
}

/// Makes one; 409 where there is one with this address or login.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let page = ask.state()?.page.id.clone();
    let fields = ask.wrapped("page_access_user")?;
    let mut viewer = Viewer {
        page,
        email: None,
        external_login: None,
        groups: Vec::new(),
        components: Vec::new(),
        metrics: Vec::new(),
        updated_at: ask.now,
    };
    take(ask, &fields, &mut viewer)?;
    if viewer.email.is_none() && viewer.external_login.is_none() {
        return Err(fields.invalid("email", "must not be empty"));
    }
    let made = records::make(ask, viewer, ("viewer_created", VIEWERS_MAX)).map_err(conflict)?;
    shape(ask, &made).map(Reply::Ok)
}

/// Takes what is sent over.
fn take(ask: &Ask, fields: &Fields<'_>, viewer: &mut Viewer) -> Result<(), Fault> {
    if let Some(email) = fields.short("email", NAME_CHARS_MAX)? {
        viewer.email = Some(email).filter(|text| !text.trim().is_empty());
    }
    if let Some(login) = fields.short("external_login", NAME_CHARS_MAX)? {
        viewer.external_login = Some(login).filter(|text| !text.trim().is_empty());
    }
    let mut groups = fields.list("page_access_group_ids")?;
    if let (None, Some(group)) = (&groups, fields.said("page_access_group_id")?) {
        groups = Some(vec![group]);
    }
    if let Some(groups) = groups {
        granted::check_known::<Audience>(ask, fields, "page_access_group_ids", &groups)?;
        viewer.groups = groups;
    }
    if let Some(components) = granted::components(ask, fields)? {
        viewer.components = components;
    }
    if let Some(metrics) = granted::metrics(ask, fields)? {
        viewer.metrics = metrics;
    }
    Ok(())
}

fn one(ask: &Ask) -> Result<Stored<Viewer>, Fault> {
    records::find(ask, ask.name("user_id"))
}

/// One.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask, &one(ask)?).map(Reply::Ok)
}

/// Changes what is sent.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    let fields = ask.maybe_wrapped("page_access_user")?;
    take(ask, &fields, &mut found.value)?;
    put(ask, found).map(Reply::Ok)
}

fn put(ask: &Ask, mut found: Stored<Viewer>) -> Result<Value, Fault> {
    found.value.updated_at = ask.now;
    let found = records::put(ask, &found, "viewer_changed").map_err(conflict)?;
    shape(ask, &found)
}

/// Takes one away.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    records::remove(ask, &one(ask)?, "viewer_deleted")?;
    Ok(Reply::Gone)
}

/// The components granted to one.
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

/// The metrics granted to one.
pub(super) fn list_metrics(ask: &Ask) -> Result<Reply, Fault> {
    granted::list_metrics(ask, &one(ask)?.value.metrics)
}

/// Grants more metrics.
pub(super) fn add_metrics(ask: &Ask) -> Result<Reply, Fault> {
    change_metrics(ask, Grant::Add).map(Reply::Ok)
}

/// Grants these metrics and no others.
pub(super) fn replace_metrics(ask: &Ask) -> Result<Reply, Fault> {
    change_metrics(ask, Grant::Replace).map(Reply::Made)
}

/// Takes metrics away; all where none are named.
pub(super) fn remove_metrics(ask: &Ask) -> Result<Reply, Fault> {
    change_metrics(ask, Grant::Remove).map(Reply::Ok)
}

fn change_metrics(ask: &Ask, grant: Grant) -> Result<Value, Fault> {
    let mut found = one(ask)?;
    let sent = granted::metrics(ask, &ask.fields())?;
    grant.apply(&mut found.value.metrics, sent, "metric_ids")?;
    put(ask, found)
}

/// Takes one metric away.
pub(super) fn remove_metric(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    let id = ask.name("metric_id").to_owned();
    granted::take_out(&mut found.value.metrics, &id)?;
    put(ask, found).map(Reply::Ok)
}

fn shape(ask: &Ask, viewer: &Stored<Viewer>) -> Result<Value, Fault> {
    let state = ask.state()?;
    let value = &viewer.value;
    Ok(json!({
        "id": viewer.id,
        "page_id": state.page.id,
        "email": value.email,
        "external_login": value.external_login,
        "page_access_group_id": value.groups.first(),
        "page_access_group_ids": value.groups,
        "created_at": api_v1::time(&state.page.zone, viewer.created_at),
        "updated_at": api_v1::time(&state.page.zone, value.updated_at),
    }))
}
