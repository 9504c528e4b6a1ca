//! What is granted to people and groups: components and metrics, and the same from the other end.

use noroshi_domain::ComponentId;
use noroshi_ops::metrics::Metric;
use noroshi_ops::viewers::{Audience, Viewer};
use noroshi_ops::{PrivateRecord, Writes};
use noroshi_page::api_v1;
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::components::{named, shape};
use super::fields::Fields;
use super::paging::Part;
use super::templates::is_there;
use super::{measures, records};

/// What is done to a list of what is granted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Grant {
    Add,
    Replace,
    Remove,
}

impl Grant {
    /// Does it with what was sent.
    pub(super) fn apply<T: PartialEq>(
        self,
        held: &mut Vec<T>,
        sent: Option<Vec<T>>,
        field: &str,
    ) -> Result<(), Fault> {
        match (self, sent) {
            (Self::Remove, None) => held.clear(),
            (Self::Remove, Some(sent)) => held.retain(|own| !sent.contains(own)),
            (_, None) => return Err(Fault::Invalid(format!("{field} must not be empty"))),
            (Self::Replace, Some(sent)) => *held = sent,
            (Self::Add, Some(sent)) => {
                for own in sent {
                    if !held.contains(&own) {
                        held.push(own);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Takes one out that is in.
pub(super) fn take_out<T: PartialEq>(held: &mut Vec<T>, one: &T) -> Result<(), Fault> {
    let count = held.len();
    held.retain(|own| own != one);
    if held.len() == count {
        return Err(Fault::NotFound);
    }
    Ok(())
}

/// `component_ids`, all of them there.
pub(super) fn components(
    ask: &Ask,
    fields: &Fields<'_>,
) -> Result<Option<Vec<ComponentId>>, Fault> {
    let sent = fields.codes("component_ids", ComponentId::parse)?;
    let state = ask.state()?;
    let mut all = sent.iter().flatten();
    match all.find(|id| !is_there(&state, id)) {
        Some(unknown) => Err(unknown_in(fields, "component_ids", unknown.as_str())),
        None => Ok(sent),
    }
}

/// `metric_ids`, all of them there.
pub(super) fn metrics(ask: &Ask, fields: &Fields<'_>) -> Result<Option<Vec<String>>, Fault> {
    let sent = fields.list("metric_ids")?;
    if let Some(sent) = &sent {
        check_known::<Metric>(ask, fields, "metric_ids", sent)?;
    }
    Ok(sent)
}

/// Refuses identifiers of records that the page has not.
pub(super) fn check_known<T: PrivateRecord>(
    ask: &Ask,
    fields: &Fields<'_>,
    field: &str,
    ids: &[String],
) -> Result<(), Fault> {
    for id in ids {
        match records::find::<T>(ask, id) {
            Ok(_) => {}
            Err(Fault::NotFound) => return Err(unknown_in(fields, field, id)),
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn unknown_in(fields: &Fields<'_>, field: &str, id: &str) -> Fault {
    let reason = format!("names {id}, which does not exist on this page");
    fields.invalid(field, &reason)
}

/// Granted components, those that are there.
pub(super) fn list_components(ask: &Ask, ids: &[ComponentId]) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let state = ask.state()?;
    let view = ask.view(&state);
    let shapes = ids.iter().filter_map(|id| api_v1::component(&view, id));
    Ok(Reply::Ok(part.cut(shapes).into()))
}

/// Granted metrics, those that are there.
pub(super) fn list_metrics(ask: &Ask, ids: &[String]) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let mut shapes: Vec<Value> = Vec::new();
    for id in ids {
        match records::find::<Metric>(ask, id) {
            Ok(metric) => shapes.push(measures::shape(ask, &metric)?),
            Err(Fault::NotFound) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(Reply::Ok(part.cut(shapes).into()))
}

/// Grants the component of the address to people.
pub(super) fn grant_to_users(ask: &Ask) -> Result<Reply, Fault> {
    let id = named(ask, &*ask.state()?)?;
    let fields = ask.fields();
    let sent = required(&fields, "page_access_user_ids")?;
    check_known::<Viewer>(ask, &fields, "page_access_user_ids", &sent)?;
    let grants = |own: &str| sent.iter().any(|sent| sent == own);
    change_users(ask, &id, &|own, has| has || grants(own))?;
    shape(ask).map(Reply::Made)
}

/// Takes it from all people.
pub(super) fn take_from_users(ask: &Ask) -> Result<Reply, Fault> {
    let id = named(ask, &*ask.state()?)?;
    change_users(ask, &id, &|_, _| false)?;
    shape(ask).map(Reply::Ok)
}

/// Grants it to groups.
pub(super) fn grant_to_groups(ask: &Ask) -> Result<Reply, Fault> {
    let id = named(ask, &*ask.state()?)?;
    let fields = ask.fields();
    let sent = required(&fields, "page_access_group_ids")?;
    check_known::<Audience>(ask, &fields, "page_access_group_ids", &sent)?;
    let grants = |own: &str| sent.iter().any(|sent| sent == own);
    change_groups(ask, &id, &|own, has| has || grants(own))?;
    shape(ask).map(Reply::Made)
}

/// Takes it from all groups.
pub(super) fn take_from_groups(ask: &Ask) -> Result<Reply, Fault> {
    let id = named(ask, &*ask.state()?)?;
    change_groups(ask, &id, &|_, _| false)?;
    shape(ask).map(Reply::Ok)
}

fn required(fields: &Fields<'_>, name: &str) -> Result<Vec<String>, Fault> {
    let sent = fields.list(name)?.filter(|sent| !sent.is_empty());
    sent.ok_or_else(|| fields.invalid(name, "must not be empty"))
}

/// Who shall have it, given who has.
type Shall<'a> = &'a dyn Fn(&str, bool) -> bool;

fn change_users(ask: &Ask, id: &ComponentId, shall: Shall<'_>) -> Result<(), Fault> {
    let mut writes = Writes::default();
    for mut own in records::all::<Viewer>(ask)? {
        if set(&mut own.value.components, id, |has| shall(&own.id, has)) {
            own.value.updated_at = ask.now;
            writes.put(&own)?.note(&own, "viewer_changed", json!({}));
        }
    }
    Ok(ask.app.write_records(&ask.caller, writes)?)
}

fn change_groups(ask: &Ask, id: &ComponentId, shall: Shall<'_>) -> Result<(), Fault> {
    let mut writes = Writes::default();
    for mut own in records::all::<Audience>(ask)? {
        if set(&mut own.value.components, id, |has| shall(&own.id, has)) {
            own.value.updated_at = ask.now;
            writes.put(&own)?.note(&own, "audience_changed", json!({}));
        }
    }
    Ok(ask.app.write_records(&ask.caller, writes)?)
}

/// Puts one in or out; whether that changed anything.
fn set(held: &mut Vec<ComponentId>, id: &ComponentId, shall: impl Fn(bool) -> bool) -> bool {
    let has = held.contains(id);
    let shall = shall(has);
    if has == shall {
        return false;
    }
    held.retain(|own| own != id);
    if shall {
        held.push(id.clone());
    }
    true
}
